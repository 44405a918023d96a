import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let claims: [Check] = [
        Check("a claim takes the first waiting tasks of a lane, in order") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(5, to: project)
            let first = try await trial.store.claim(trial.lane(project), limit: 2, at: trial.at(50))
            #expect(first.map(\.task.number) == accepted[0...1].map(\.task))
            #expect(first.map(\.work.episode?.content) == ["episode 0", "episode 1"])
            let rest = try await trial.store.claim(trial.lane(project), limit: 10, at: trial.at(51))
            #expect(rest.map(\.task.number) == accepted[2...4].map(\.task))
            #expect(try await trial.store.claim(trial.lane(project), limit: 10, at: trial.at(52)).isEmpty)
        },
        Check("a claim of none takes none") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(1, to: project)
            #expect(try await trial.store.claim(trial.lane(project), limit: 0, at: trial.at()).isEmpty)
            #expect(try await trial.backlog(project) == 1)
        },
        Check("a claim counts attempt and revision, and changes nothing else") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number))
            var expected = try await trial.task(accepted.taskID)
            expected.status = .processing
            expected.attempt = 1
            expected.revision += 1
            expected.startedAt = trial.at(50)
            let claims = try await trial.store.claim(trial.lane(project), limit: 1, at: trial.at(50))
            #expect(claims.map(\.task) == [expected])
            #expect(try await trial.task(accepted.taskID) == expected)
            #expect(try await trial.memory(accepted.memoryID).taskStatus == .processing)
        },
        Check("a claim brings the whole episode") { trial in
            let project = try await trial.project()
            var submission = trial.submission(to: project.number, #"{"a":1}"#, title: "t")
            submission.episode.contentType = .json
            submission.episode.occurredAt = trial.at(-5)
            submission.episode.entities = [SuppliedEntity(name: "n", type: "t", description: "d")]
            submission.episode.relationships = [SuppliedRelationship(source: "n", target: "n", type: "IS")]
            try await trial.accept(submission)
            #expect(try await trial.store.claim(trial.lane(project), limit: 1, at: trial.at()).map(\.work.episode) == [submission.episode])
        },
        Check("lanes are separate by project and priority") { trial in
            let projects = [try await trial.project(), try await trial.project()]
            var byLane: [Lane: [TaskNumber]] = [:]
            for index in 0..<8 {
                let lane = trial.lane(projects[index % 2], index % 4 < 2 ? .bulk : .interactive)
                byLane[lane, default: []].append(
                    try await trial.accept(trial.submission(to: lane.project, priority: lane.priority)).task)
            }
            for (index, lane) in byLane.keys.enumerated() {
                let claims = try await trial.store.claim(lane, limit: 10, at: trial.at())
                #expect(claims.map(\.task.number) == byLane[lane])
                #expect(claims.allSatisfy { $0.task.priority == lane.priority && $0.task.project == lane.project })
                #expect(try await trial.store.backlog().count == 3 - index)
            }
        },
        Check("no task is claimed twice, however many claim at once") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(40, to: project)
            let claimed = try await withThrowingTaskGroup(of: [TaskNumber].self) { group in
                for _ in 0..<16 {
                    group.addTask { try await trial.store.claim(trial.lane(project), limit: 3, at: trial.at()).map(\.task.number) }
                }
                return try await group.reduce(into: [TaskNumber]()) { all, some in
                    #expect(some == some.sorted())
                    all += some
                }
            }
            #expect(claimed.sorted() == accepted.map(\.task))
        },
        Check("a cancelled task is not claimed") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(6, to: project)
            for index in [2, 0, 5, 3] { _ = try await trial.store.cancel(id: accepted[index].taskID, at: trial.at()) }
            #expect(try await trial.backlog(project) == 2)
            #expect(try await trial.claim(2, of: project).map(\.number) == [accepted[1].task, accepted[4].task])
            #expect(try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at()).isEmpty)
        },
        Check("another attempt is counted while the task stays held") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            try await trial.store.snapshot([trial.snapshot(TaskGuard(task))])
            var expected = try await trial.task(task.id)
            let again = try await trial.store.claimAgain(TaskGuard(task), at: trial.at(70))
            expected.attempt = 2
            expected.revision += 1
            expected.startedAt = trial.at(70)
            #expect(again == expected)
            #expect(try await trial.task(task.id) == expected)
            #expect(try await trial.backlog(project) == 0)
            await trial.refuses(.lostRace) { _ = try await trial.store.claimAgain(TaskGuard(task), at: trial.at()) }
            #expect(try await trial.task(task.id) == expected)
        },
        Check("only a held task is claimed again") { trial in
            let project = try await trial.project()
            let waiting = try await trial.task(trial.accept(trial.submission(to: project.number)).taskID)
            await trial.refuses(.lostRace) { _ = try await trial.store.claimAgain(TaskGuard(waiting), at: trial.at()) }
            let held = try await trial.claim(1, of: project)[0]
            let cancelled = try await trial.store.cancel(id: held.id, at: trial.at()).task
            await trial.refuses(.lostRace) { _ = try await trial.store.claimAgain(TaskGuard(cancelled), at: trial.at()) }
            await trial.refuses(.lostRace) {
                _ = try await trial.store.claimAgain(TaskGuard(task: TaskNumber(99_999), revision: 0), at: trial.at())
            }
            #expect(try await trial.task(held.id) == cancelled)
        },
        Check("release gives the attempt back, marks the task, and it waits where it did") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(5, to: project)
            let held = try await trial.claim(3, of: project)
            try await trial.store.snapshot([trial.snapshot(TaskGuard(held[1]))])
            var expected = try await trial.task(held[1].id)
            expected.status = .pending
            expected.attempt = 0
            expected.revision += 1
            expected.isResumed = true
            expected.stage = "pending"
            expected.progress = 0
            expected.message = "Resumed after restart"
            try await trial.store.release([TaskGuard(held[2]), TaskGuard(held[1])])
            #expect(try await trial.task(held[1].id) == expected)
            #expect(try await trial.backlog(project) == 4)
            let again = try await trial.claim(4, of: project)
            #expect(again.map(\.number) == accepted[1...4].map(\.task))
            #expect(again.map(\.attempt) == [1, 1, 1, 1])
            #expect(again.map(\.isResumed) == [true, true, false, false])
            #expect(again.map(\.message) == ["Resumed after restart", "Resumed after restart", "Queued", "Queued"])
            #expect(again.map(\.progress) == [0, 0, 0, 0])
            #expect(try await trial.store.claimAgain(TaskGuard(again[0]), at: trial.at()).isResumed == false)
        },
        Check("release leaves alone what has moved on") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(5, to: project)
            let held = try await trial.claim(4, of: project)
            let cancelled = try await trial.store.cancel(id: held[0].id, at: trial.at()).task
            let again = try await trial.store.claimAgain(TaskGuard(held[1]), at: trial.at())
            let waiting = try #require(try await trial.store.tasks(TaskQuery(projects: nil, status: .pending), slice: trial.all).first)
            let unknown = TaskGuard(task: TaskNumber(99_999), revision: 1)
            try await trial.store.release([TaskGuard(waiting), unknown] + held.map { TaskGuard($0) } + [TaskGuard(cancelled)])
            #expect(try await trial.task(cancelled.id) == cancelled)
            #expect(try await trial.task(again.id) == again)
            #expect(try await trial.task(waiting.id) == waiting)
            #expect(try await trial.backlog(project) == 3)
            try await trial.store.release([])
        },
        Check("a snapshot is written only while its task is held") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(4, to: project)
            let held = try await trial.claim(3, of: project)
            let cancelled = try await trial.store.cancel(id: held[1].id, at: trial.at()).task
            let again = try await trial.store.claimAgain(TaskGuard(held[2]), at: trial.at())
            let waiting = try #require(try await trial.store.tasks(TaskQuery(projects: nil, status: .pending), slice: trial.all).first)
            let unknown = TaskGuard(task: TaskNumber(99_999), revision: 1)
            let guards = held.map { TaskGuard($0) } + [TaskGuard(cancelled), TaskGuard(waiting), unknown]
            try await trial.store.snapshot(guards.map { trial.snapshot($0) })
            var expected = held[0]
            expected.stage = "extract"
            expected.progress = 42
            expected.message = "2 of 5 parts"
            expected.timeline = trial.timeline
            #expect(try await trial.task(held[0].id) == expected)
            for task in [cancelled, again, waiting] { #expect(try await trial.task(task.id) == task) }
            try await trial.store.snapshot([])
        }
    ]
}
