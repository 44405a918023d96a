import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let endings: [Check] = [
        Check("an end is stored whole") { trial in
            for status in [.completed, .failed, .cancelled] as [TaskStatus] {
                let project = try await trial.project()
                let task = try await trial.running(in: project)
                let ending = trial.ending(status)
                var expected = task
                expected.status = status
                expected.revision += 1
                expected.stage = ending.stage
                expected.progress = ending.progress
                expected.message = ending.message
                expected.error = ending.error
                expected.result = ending.result
                expected.timeline = ending.timeline
                expected.endedEpoch = trial.store.epoch
                expected.endedAt = ending.at
                #expect(try await trial.store.end(TaskGuard(task), ending) == expected)
                #expect(try await trial.task(task.id) == expected)
                #expect(try await trial.header(project).version == 0)
            }
        },
        Check("only the task as it was believed to be is ended, by a step that is allowed") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(2, to: project)
            let task = try await trial.claim(1, of: project)[0]
            let waiting = try #require(try await trial.store.tasks(TaskQuery(projects: nil, status: .pending), slice: trial.all).first)
            for revision in [task.revision - 1, task.revision + 1] {
                await trial.refuses(.lostRace) {
                    _ = try await trial.store.end(TaskGuard(task: task.number, revision: revision), trial.ending(.failed))
                }
            }
            await trial.refuses(.lostRace) { _ = try await trial.store.end(TaskGuard(waiting), trial.ending(.completed)) }
            await trial.refuses(.lostRace) {
                _ = try await trial.store.end(TaskGuard(task: TaskNumber(99_999), revision: 1), trial.ending(.failed))
            }
            #expect(try await trial.task(task.id) == task)
            #expect(try await trial.task(waiting.id) == waiting)
            let ended = try await trial.store.end(TaskGuard(task), trial.ending(.failed))
            for status in [.completed, .failed, .cancelled] as [TaskStatus] {
                await trial.refuses(.lostRace) { _ = try await trial.store.end(TaskGuard(ended), trial.ending(status)) }
            }
            #expect(try await trial.task(task.id) == ended)
        },
        Check("a waiting task can fail, and leaves its lane") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(3, to: project)
            let middle = try await trial.task(accepted[1].taskID)
            #expect(try await trial.store.end(TaskGuard(middle), trial.ending(.failed)).status == .failed)
            #expect(try await trial.backlog(project) == 2)
            #expect(try await trial.claim(2, of: project).map(\.number) == [accepted[0].task, accepted[2].task])
        },
        Check("a waiting task is cancelled") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number))
            var expected = try await trial.task(accepted.taskID)
            expected.status = .cancelled
            expected.revision += 1
            expected.message = "Cancelled"
            expected.endedEpoch = trial.store.epoch
            expected.endedAt = trial.at(60)
            let answer = try await trial.store.cancel(id: accepted.taskID, at: trial.at(60))
            #expect(answer.didCancel)
            #expect(answer.task == expected)
            #expect(try await trial.task(accepted.taskID) == expected)
            #expect(try await trial.store.backlog().isEmpty)
        },
        Check("a running task is cancelled; its stage, progress and timeline stay as last written") { trial in
            let task = try await trial.running(in: trial.project())
            try await trial.store.snapshot([trial.snapshot(TaskGuard(task))])
            let answer = try await trial.store.cancel(id: task.id, at: trial.at(60))
            #expect(answer.didCancel)
            #expect(answer.task.status == .cancelled)
            #expect(answer.task.stage == "extract")
            #expect(answer.task.progress == 42)
            #expect(answer.task.message == "Cancelled")
            #expect(answer.task.timeline == trial.timeline)
            #expect(answer.task.startedAt == task.startedAt)
            #expect(answer.task.endedAt == trial.at(60))
            #expect(answer.task.revision == task.revision + 1)
            #expect(answer.task.attempt == task.attempt)
        },
        Check("cancelling a task that has ended answers with its end and changes nothing") { trial in
            for status in [.completed, .failed, .cancelled] as [TaskStatus] {
                let task = try await trial.running(in: trial.project())
                let ended = try await trial.store.end(TaskGuard(task), trial.ending(status))
                for _ in 0..<2 {
                    let answer = try await trial.store.cancel(id: task.id, at: trial.at(900))
                    #expect(!answer.didCancel)
                    #expect(answer.task == ended)
                }
                #expect(try await trial.task(task.id) == ended)
            }
            await trial.refuses(.notFound) { _ = try await trial.store.cancel(id: trial.newID(), at: trial.at()) }
        },
        Check("many cancels at once: one of them did it") { trial in
            let task = try await trial.running(in: trial.project())
            let did = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { try await trial.store.cancel(id: task.id, at: trial.at()).didCancel } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(did == 1)
            #expect(try await trial.task(task.id).revision == task.revision + 1)
        }
    ]
}
