import Knowledge
import Persistence
import Testing

extension Trial {
    /// An import of the lines "Line 1", … under external ids, closed.
    func fileImported(_ count: Int, in project: ProjectRecord) async throws -> ImportRecord {
        let record = try await begin(in: project)
        let lines = (1...count).map { line($0, "Line \($0)", of: record, externalID: "\($0)") }
        return try await store.acceptBatch(batch(lines, of: record, isLast: true)).record
    }

    func made(by record: ImportRecord) async throws -> [MemoryNumber] {
        try await store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 99).map(\.number)
    }

    /// Cancels an import with all that has not ended of it.
    func cancelWhole(_ record: ImportRecord) async throws {
        _ = try await store.cancel(id: record.task.id, at: at(300))
        _ = try await store.cancelChildren(of: record.task.number, after: TaskNumber(0), limit: 999, at: at(301))
    }
}

extension StoreConformance {
    static let reruns: [Check] = [
        Check("the file of a cancelled import, sent again, brings what was not ingested to its end") { trial in
            let store = trial.store
            let project = try await trial.project()
            let first = try await trial.fileImported(5, in: project)
            let children = try await trial.claim(2, of: project, .bulk)
            _ = try await store.end(TaskGuard(children[0]), trial.ending(.completed))
            _ = try await store.end(TaskGuard(children[1]), trial.ending(.failed))
            try await trial.cancelWhole(first)
            let before = try await trial.record(of: first.task)
            let all = try await trial.made(by: first)

            let second = try await trial.begin(in: project)
            let lines = (1...6).map { trial.line($0, "Line \($0)", of: second, externalID: "\($0)") }
            let acceptance = try await store.acceptBatch(trial.batch(lines, of: second, isLast: true))
            let counts = acceptance.record.counts
            #expect((counts.accepted, counts.retried, counts.unchanged, counts.revised) == (1, 4, 1, 0))
            #expect((counts.children, counts.memories, counts.settled) == (5, 6, 1))
            #expect(acceptance.lanes == [trial.lane(project, .bulk): 5] && acceptance.superseded.isEmpty)
            #expect(try await trial.backlog(project, .bulk) == 5)
            // What the first came to stays as it was, and so do its tasks; they are not the memories' any more.
            #expect(try await trial.record(of: first.task) == before)
            #expect(try await trial.task(children[1].id).status == .failed)
            await trial.refuses(.notRetryable) { _ = try await store.retry(id: children[1].id, at: trial.at(400)) }
            for memory in try await store.memories(MemoryQuery(projects: [project.number]), slice: trial.all).elements {
                let task = try await trial.task(memory.taskID)
                #expect(memory.version == 1 && task.parent == (memory.number == all[0] ? first : second).task.number)
                let history = try await store.tasks(TaskQuery(projects: nil, entity: memory.id), slice: trial.all)
                #expect(history.count == (all.dropFirst().contains(memory.number) ? 2 : 1))
            }
            // It goes with the import that brought it in the end.
            #expect(try await trial.made(by: first) == [all[0]])
            #expect(try await trial.made(by: second).count == 5)

            let again = try await trial.claim(5, of: project, .bulk)
            #expect(again.allSatisfy { $0.attempt == 1 && $0.parentID == second.task.id })
            _ = try await store.end(TaskGuard(again[0]), trial.ending(.failed))
            #expect(try await store.importFailures(of: second.task.number, limit: 9).map(\.line) == [2])
            for task in again.dropFirst() { _ = try await store.end(TaskGuard(task), trial.ending(.completed)) }
            let over = try await trial.record(of: second.task)
            #expect((over.counts.completed, over.counts.failed, over.counts.cancelled) == (4, 1, 0))
            _ = try await store.finishImport(over, trial.ending(.failed))
            #expect(try await trial.record(of: first.task) == before)
            // The first has nothing left to be tried again.
            _ = try await store.reopenImport(first.task.id, at: trial.at(500))
            for status in [TaskStatus.failed, .cancelled] {
                let selection = RetrySelection(project: project.number, status: status, parent: first.task.number)
                #expect(try await store.retryNext(selection, limit: 9, at: trial.at(501)).tasks.isEmpty)
            }
            #expect(try await trial.record(of: first.task).counts == before.counts)
        },
        Check("what is still to be cancelled of an import is taken over at once") { trial in
            let store = trial.store
            let project = try await trial.project()
            let first = try await trial.fileImported(3, in: project)
            _ = try await store.cancel(id: first.task.id, at: trial.at(300))
            let second = try await trial.begin(in: project)
            let lines = (1...2).map { trial.line($0, "Line \($0)", of: second, externalID: "\($0)") }
            let acceptance = try await store.acceptBatch(trial.batch(lines, of: second, isLast: true, at: 310))
            #expect(acceptance.record.counts.retried == 2 && acceptance.superseded.count == 2)
            for task in acceptance.superseded {
                #expect(task.status == .cancelled && task.message == "Cancelled" && task.parent == first.task.number)
            }
            #expect(try await trial.record(of: first.task).counts.cancelled == 2)
            #expect(
                try await store.cancelChildren(of: first.task.number, after: TaskNumber(0), limit: 9, at: trial.at(311)).tasks.count == 1)
            #expect(try await trial.record(of: first.task).counts.cancelled == 3)
            #expect(try await trial.claim(2, of: project, .bulk).map(\.parentID) == [second.task.id, second.task.id])
        },
        Check("what is on its way is left to whoever sent it first") { trial in
            let store = trial.store
            let project = try await trial.project()
            let first = try await trial.fileImported(3, in: project)
            _ = try await trial.claim(1, of: project, .bulk)
            let second = try await trial.begin(in: project)
            let lines = (1...3).map { trial.line($0, "Line \($0)", of: second, externalID: "\($0)") }
            let record = try await store.acceptBatch(trial.batch(lines, of: second)).record
            #expect((record.counts.unchanged, record.counts.retried) == (3, 0))
            #expect(try await trial.backlog(project, .bulk) == 2)
            // Nor does an import try its own again: that is for a retry.
            let third = [trial.line(4, "mine", of: second, externalID: "x")]
            let after = try await store.acceptBatch(trial.batch(third, of: record)).record
            let task = try #require(try await store.tasks(TaskQuery(projects: nil, parent: second.task.id), slice: trial.all).first)
            _ = try await store.cancel(id: task.id, at: trial.at(30))
            let repeated = [trial.line(5, "mine", of: second, externalID: "x")]
            let counts = try await store.acceptBatch(trial.batch(repeated, of: after)).record.counts
            #expect((counts.unchanged, counts.retried, counts.accepted) == (4, 0, 1))
            #expect(try await trial.made(by: first).count == 3)
        },
        Check("a memory of nobody's import is tried again and stays nobody's, though its task is forgotten") { trial in
            let store = trial.store
            let project = try await trial.project()
            let posted = try await trial.accept(trial.submission(to: project.number, "Line 1", externalID: "1"))
            let forgotten = try await trial.accept(trial.submission(to: project.number, "Line 2", externalID: "2"))
            for task in [posted, forgotten] { _ = try await store.cancel(id: task.taskID, at: trial.at(task.task == posted.task ? 9 : 5)) }
            #expect(try await store.pruneTasks(PruneRule(endedBefore: trial.at(8)), limit: 9).count == 1)
            let record = try await trial.fileImported(2, in: project)
            #expect((record.counts.retried, record.counts.accepted) == (2, 0))
            #expect(try await trial.made(by: record).isEmpty)
            for task in try await trial.claim(2, of: project, .bulk) {
                _ = try await store.end(TaskGuard(task), trial.ending(.completed))
            }
            #expect(try await trial.memory(posted.memoryID).taskStatus == .completed)
            #expect(try await trial.memory(forgotten.memoryID).taskStatus == .completed)
            #expect(try await trial.record(of: record.task).counts.completed == 2)
            try await trial.reopened { trial in
                let counts = try await trial.record(of: record.task).counts
                #expect((counts.retried, counts.ended) == (2, 2))
            }
        },
        Check("what comes again while its import is being removed is taken from the removal") { trial in
            let store = trial.store
            let project = try await trial.project()
            let first = try await trial.fileImported(3, in: project)
            for task in try await trial.claim(3, of: project, .bulk) { _ = try await store.end(TaskGuard(task), trial.ending(.completed)) }
            _ = try await store.finishImport(trial.record(of: first.task), trial.ending(.completed))
            let removal = try await store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, parent: first.task.number, at: trial.at(300)))
            let all = try await trial.made(by: first)
            let second = try await trial.begin(in: project)
            let lines = (1...2).map { trial.line($0, "Line \($0)", of: second, externalID: "\($0)") }
            let record = try await store.acceptBatch(trial.batch(lines, of: second)).record
            #expect((record.counts.unchanged, record.counts.children) == (2, 0))
            #expect(try await trial.made(by: first) == [all[2]])
            #expect(try await trial.made(by: second) == Array(all.prefix(2)))
            func remove(_ memories: [MemoryNumber]) async throws {
                _ = try await store.remove(
                    MemoryRemoval(
                        project: project.number, memories: memories, task: removal.number, delta: trial.delta(0), at: trial.at(310)))
            }
            // What the removal listed before that.
            await trial.refuses(.staleVersion) { try await remove(all) }
            try await remove([all[2]])
            #expect(
                try await store.memories(MemoryQuery(projects: [project.number]), slice: trial.all).elements.map(\.number) == [
                    all[1], all[0]
                ])
            // Once it is over nothing changes hands.
            _ = try await store.cancel(id: removal.id, at: trial.at(320))
            let third = try await trial.fileImported(1, in: project)
            #expect(third.counts.unchanged == 1 && third.counts.children == 0)
            #expect(try await trial.made(by: third).isEmpty)
        },
        Check("what comes again changes hands, though the tasks of the import before are older than those that are kept") { trial in
            let store = trial.store
            let project = try await trial.project()
            let first = try await trial.fileImported(3, in: project)
            let children = try await trial.claim(3, of: project, .bulk)
            for (child, status) in zip(children, [TaskStatus.completed, .failed, .failed]) {
                _ = try await store.end(TaskGuard(child), trial.ending(status, at: 200))
            }
            _ = try await store.finishImport(trial.record(of: first.task), trial.ending(.failed, at: 400))
            let all = try await trial.made(by: first)
            _ = try await store.pruneTasks(PruneRule(endedBefore: trial.at(300)), limit: 99)

            let second = try await trial.begin(in: project)
            let failed = [trial.line(2, "Line 2", of: second, externalID: "2")]
            #expect(try await store.acceptBatch(trial.batch(failed, of: second)).record.counts.retried == 1)
            #expect(try await trial.made(by: first) == [all[0], all[2]])
            #expect(try await trial.made(by: second) == [all[1]])

            _ = try await store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, parent: first.task.number, at: trial.at(410)))
            _ = try await store.pruneTasks(PruneRule(endedBefore: trial.at(300)), limit: 99)
            let third = try await trial.begin(in: project)
            let lines = [1, 3].map { trial.line($0, "Line \($0)", of: third, externalID: "\($0)") }
            let counts = try await store.acceptBatch(trial.batch(lines, of: third)).record.counts
            #expect((counts.unchanged, counts.retried) == (1, 1))
            #expect(try await trial.made(by: first).isEmpty)
            #expect(try await trial.made(by: third) == [all[0], all[2]])
        },
        Check("a retry of an import does not try again what was superseded") { trial in
            let store = trial.store
            let project = try await trial.project()
            for isLast in [true, false] {
                let record = try await trial.begin(in: project)
                let name = "\(isLast)"
                let lines = [trial.line(1, "One", of: record, externalID: name), trial.line(2, "Other", of: record, externalID: name)]
                _ = try await store.acceptBatch(trial.batch(lines, of: record, isLast: isLast))
                let child = try await trial.claim(1, of: project, .bulk)[0]
                _ = try await store.end(TaskGuard(child), trial.ending(.completed))
                try await trial.cancelWhole(record)
                let now = try await trial.record(of: record.task)
                #expect((now.counts.completed, now.counts.cancelled, now.counts.superseded) == (1, 1, 1))
                #expect(now.task.result?["warning"] == "1 memory was superseded: it was given other content before it was ingested.")
                if isLast {
                    #expect(try await store.reopenImport(record.task.id, at: trial.at(400)).children.isEmpty)
                } else {
                    // There is nothing that a retry could do.
                    await trial.refuses(.notRetryable) { _ = try await store.reopenImport(record.task.id, at: trial.at(400)) }
                }
            }
        }
    ]
}
