import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let retention: [Check] = [
        Check("finished tasks are forgotten by age, and their memories keep what came of them") { trial in
            let store = trial.store
            let project = try await trial.project()
            let accepted = try await trial.accept(6, to: project)
            let held = try await trial.claim(5, of: project)
            _ = try await store.end(TaskGuard(held[0]), trial.ending(.completed, at: 200))
            _ = try await store.end(TaskGuard(held[1]), trial.ending(.failed, at: 210))
            _ = try await store.cancel(id: held[2].id, at: trial.at(220))
            _ = try await store.end(TaskGuard(held[3]), trial.ending(.completed, at: 400))
            let pruned = try await store.pruneTasks(PruneRule(endedBefore: trial.at(300)), limit: 100)
            #expect(pruned == PrunedTasks(count: 3, last: nil))

            for (index, status) in [TaskStatus.completed, .failed, .cancelled].enumerated() {
                #expect(try await store.task(id: accepted[index].taskID) == nil)
                let memory = try await trial.memory(accepted[index].memoryID)
                #expect(memory.taskStatus == status)
                #expect(memory.taskID == accepted[index].taskID)
                #expect(memory.taskProgress == [100, 40, 0][index])
                let found = try await store.memories(MemoryQuery(projects: [project.number], status: status), slice: trial.all)
                #expect(found.elements.map(\.id) == (index == 0 ? [accepted[3], accepted[0]] : [accepted[index]]).map(\.memoryID))
                #expect(found.total == found.elements.count)
            }
            let all = try await store.memories(MemoryQuery(projects: nil), slice: trial.all)
            #expect(all.elements.map(\.id) == accepted.reversed().map(\.memoryID))
            #expect(try await store.tasks(TaskQuery(projects: nil), slice: trial.all).map(\.number) == [5, 4, 3].map { accepted[$0].task })
            #expect(try await trial.task(held[4].id).status == .processing)
            #expect(try await trial.backlog(project) == 1)
            await trial.refuses(.notFound) { _ = try await store.retry(id: accepted[1].taskID, at: trial.at()) }
            await trial.refuses(.notFound) { _ = try await store.cancel(id: accepted[1].taskID, at: trial.at()) }
            #expect(try await store.pruneTasks(PruneRule(endedBefore: trial.at(300)), limit: 100).count == 0)
            #expect(try await store.shrink() == false)
        },
        Check("the oldest finished tasks beyond a number are forgotten, a few at a time") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(12, to: project)
            // The first two go on; all others have ended, the older ones later.
            let held = try await trial.claim(11, of: project)
            for (index, task) in held.enumerated().dropFirst(2) {
                _ = try await trial.store.end(TaskGuard(task), trial.ending(.completed, at: Int64(1000 - index)))
            }
            #expect(try await trial.store.finishedTasks() == 9)
            var rule = PruneRule(endedBefore: nil, excess: 5)
            var counts: [Int] = []
            while true {
                let pruned = try await trial.store.pruneTasks(rule, limit: 3)
                counts.append(pruned.count)
                rule.excess -= pruned.count
                guard let last = pruned.last else { break }
                rule.after = last
            }
            #expect(counts.allSatisfy { $0 <= 3 } && counts.reduce(0, +) == 5)
            let left = try await trial.store.tasks(TaskQuery(projects: [project.number]), slice: trial.all).map(\.number)
            #expect(left == ([0, 1] + (7..<12)).map { accepted[$0].task }.reversed())
            #expect(try await trial.store.finishedTasks() == 4)
        },
        Check("a known external id still finds the memory whose task is forgotten") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number, "text", externalID: "x"))
            _ = try await trial.store.cancel(id: first.taskID, at: trial.at(10))
            _ = try await trial.store.pruneTasks(PruneRule(endedBefore: trial.at(20)), limit: 9)
            guard case .existing(let memory) = try await trial.store.accept(trial.submission(to: project.number, "text", externalID: "x"))
            else {
                Issue.record("it was taken for a new one")
                return
            }
            #expect((memory.id, memory.taskID, memory.taskStatus) == (first.memoryID, first.taskID, .cancelled))
        },
        Check("a memory whose task is forgotten can be changed and removed") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number, "text", externalID: "x"))
            _ = try await trial.store.cancel(id: first.taskID, at: trial.at(10))
            _ = try await trial.store.pruneTasks(PruneRule(endedBefore: trial.at(20)), limit: 9)
            let second = trial.submission(to: project.number, "other text", externalID: "x", at: 30)
            guard case .revised(let revision) = try await trial.store.accept(second) else {
                Issue.record("it was not revised")
                return
            }
            #expect(revision.cancelled == nil)
            #expect(try await trial.memory(first.memoryID).taskStatus == .pending)
            for (status, total) in [(TaskStatus.pending, 1), (.cancelled, 0)] {
                #expect(try await trial.store.memories(MemoryQuery(projects: nil, status: status), slice: trial.all).total == total)
            }
            let held = try await trial.claim(1, of: project)[0]
            _ = try await trial.store.end(TaskGuard(held), trial.ending(.failed, at: 40))
            #expect(try await trial.store.pruneTasks(PruneRule(endedBefore: trial.at(50)), limit: 9).count == 1)
            let memory = try await trial.memory(first.memoryID)
            #expect((memory.taskStatus, memory.taskID) == (.failed, second.taskID))
            #expect(try await trial.store.tasks(TaskQuery(projects: nil, entity: first.memoryID), slice: trial.all).isEmpty)
        },
        Check("numbers of forgotten tasks are not given again") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number))
            _ = try await trial.store.cancel(id: first.taskID, at: trial.at(10))
            #expect(try await trial.store.pruneTasks(PruneRule(endedBefore: nil, excess: 1), limit: 9).count == 1)
            try await trial.reopened { trial in
                let later = try await trial.accept(trial.submission(to: project.number))
                #expect(later.task > first.task)
                #expect(try await trial.memory(first.memoryID).taskStatus == .cancelled)
            }
        },
        Check("an import's tasks are kept until it has ended, and then go with what hangs on it") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = [trial.line(1, "one", of: record), trial.bad(2)]
            _ = try await store.acceptBatch(trial.batch(lines, of: record, isLast: true))
            let child = try await trial.claim(1, of: project, .bulk)[0]
            _ = try await store.end(TaskGuard(child), trial.ending(.completed, at: 200))
            let rule = PruneRule(endedBefore: trial.at(5000))
            #expect(try await store.pruneTasks(rule, limit: 9).count == 0)
            let closed = try #require(try await store.importRecord(of: record.task.id))
            _ = try await store.finishImport(closed, trial.ending(.completed, at: 300))
            #expect(try await store.pruneTasks(rule, limit: 9).count == 2)
            #expect(try await store.importRecord(of: record.task.id) == nil)
            #expect(try await store.rejectedLines(of: record.task.number, after: 0, limit: 9).isEmpty)
            while try await store.pruneImports(limit: 1) > 0 {}
            let memory = try #require(try await store.memories(MemoryQuery(projects: nil), slice: trial.all).elements.first)
            #expect((memory.taskStatus, memory.taskProgress, memory.taskID) == (.completed, 100, child.id))
        },
        Check("an import that was cancelled is kept until its children have been") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = [trial.line(1, "one", of: record), trial.line(2, "two", of: record)]
            _ = try await store.acceptBatch(trial.batch(lines, of: record))
            _ = try await store.cancel(id: record.task.id, at: trial.at(30))
            let rule = PruneRule(endedBefore: trial.at(5000))
            #expect(try await store.pruneTasks(rule, limit: 9).count == 0)
            _ = try await store.cancelChildren(of: record.task.number, after: TaskNumber(0), limit: 9, at: trial.at(40))
            #expect(try await store.pruneTasks(rule, limit: 9).count == 3)
            #expect(try await store.tasks(TaskQuery(projects: nil), slice: trial.all).isEmpty)
        },
        Check("what an import that goes on has done is not counted among what may go") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = (1...4).map { trial.line($0, "Line \($0)", of: record) }
            _ = try await store.acceptBatch(trial.batch(lines, of: record))
            let statuses = [TaskStatus.completed, .failed, .cancelled]
            for (child, status) in zip(try await trial.claim(3, of: project, .bulk), statuses) {
                _ = try await store.end(TaskGuard(child), trial.ending(status))
            }
            #expect(try await store.finishedTasks() == 0)
            let other = try await trial.running(in: project)
            _ = try await store.end(TaskGuard(other), trial.ending(.completed))
            #expect(try await store.finishedTasks() == 1)
            _ = try await store.cancel(id: record.task.id, at: trial.at(300))
            _ = try await store.cancelChildren(of: record.task.number, after: TaskNumber(0), limit: 9, at: trial.at(301))
            #expect(try await store.finishedTasks() == 6)
            _ = try await store.reopenImport(record.task.id, at: trial.at(302))
            #expect(try await store.finishedTasks() == 1)
        },
        Check("an import is kept with its children while anything that belongs to it has not ended") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.imported(2, in: project)
            for (child, status) in zip(try await trial.claim(2, of: project, .bulk), [TaskStatus.completed, .failed]) {
                _ = try await store.end(TaskGuard(child), trial.ending(status))
            }
            let child = try #require(try await store.importFailures(of: record.task.number, limit: 1).first)
            _ = try await store.finishImport(trial.record(of: record.task), trial.ending(.failed, at: 300))
            // A memory that is tried again alone, then what undoes the import.
            _ = try await store.retry(id: child.task, at: trial.at(400))
            let removal = try await store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, priority: .bulk, parent: record.task.number,
                    at: trial.at(401)))
            let rule = PruneRule(endedBefore: trial.at(5000), excess: 9)
            #expect(try await store.pruneTasks(rule, limit: 9).count == 0)
            // Nor is the child that may not go counted: something else would go in its place.
            #expect(try await store.finishedTasks() == 1)
            #expect(try await store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 9).count == 2)
            let again = try await trial.claim(2, of: project, .bulk, at: 402)
            #expect(again.map(\.id) == [child.task, removal.id])
            _ = try await store.end(TaskGuard(again[0]), trial.ending(.completed, at: 500))
            #expect(try await store.pruneTasks(rule, limit: 9).count == 0)
            #expect(try await store.importRecord(of: record.task.id) != nil)
            _ = try await store.end(TaskGuard(again[1]), trial.ending(.completed, at: 501))
            #expect(try await store.finishedTasks() == 4)
            #expect(try await store.pruneTasks(rule, limit: 9).count == 4)
            #expect(try await store.importRecord(of: record.task.id) == nil)
        },
        Check("an import goes before its children, whatever room there is for") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            for child in try await trial.claim(3, of: project, .bulk) {
                _ = try await store.end(TaskGuard(child), trial.ending(.completed))
            }
            _ = try await store.finishImport(trial.record(of: record.task), trial.ending(.completed, at: 900))
            // Too young by its own end, which is later than theirs.
            #expect(try await store.pruneTasks(PruneRule(endedBefore: trial.at(800)), limit: 9) == PrunedTasks(count: 0, last: nil))
            #expect(try await store.pruneTasks(PruneRule(endedBefore: nil, excess: 2), limit: 9).count == 2)
            #expect(try await store.importRecord(of: record.task.id) == nil)
            #expect(try await store.tasks(TaskQuery(projects: nil), slice: trial.all).count == 2)
            #expect(try await store.pruneTasks(PruneRule(endedBefore: trial.at(800)), limit: 9).count == 2)
        }
    ]
}
