import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let importCancels: [Check] = [
        Check("a cancelled import takes nothing more, and its children are cancelled bit by bit") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = (1...5).map { trial.line($0, "Line \($0)", of: record) }
            let open = try await trial.store.acceptBatch(trial.batch(lines, of: record)).record
            let first = try await trial.claim(2, of: project, .bulk)
            _ = try await trial.store.end(TaskGuard(first[0]), trial.ending(.completed))
            #expect(
                try await trial.store.cancelChildren(of: record.task.number, after: TaskNumber(0), limit: 9, at: trial.at()).tasks.isEmpty)
            let cancelled = try await trial.store.cancel(id: record.task.id, at: trial.at(30))
            #expect(cancelled.didCancel && cancelled.task.status == .cancelled)
            // What is being processed ends with it; what waits can't be begun any more, and counts as cancelled at once.
            #expect(cancelled.children.map(\.id) == [first[1].id] && cancelled.children.allSatisfy { $0.status == .cancelled })
            #expect(cancelled.task.result?["completed"] == 1 && cancelled.task.result?["cancelled"] == 4)
            #expect(cancelled.task.result?["accepted"] == 5 && cancelled.task.result?["failed"] == 0)
            #expect(try await trial.task(record.task.id) == cancelled.task)
            #expect(try await trial.record(of: record.task).state == .cancelled)
            #expect(try await trial.store.unfinishedImports().map(\.task.id) == [record.task.id])
            await trial.refuses(.lostRace) {
                _ = try await trial.store.acceptBatch(trial.batch([trial.line(6, "x", of: record)], of: open))
            }
            // What undoes the import belongs to it, and is none of its children.
            let removal = try await trial.store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, priority: .bulk, parent: record.task.number,
                    at: trial.at(30)))
            var last: TaskNumber? = TaskNumber(0)
            var tasks: [TaskRecord] = []
            while let after = last {
                let batch = try await trial.store.cancelChildren(of: record.task.number, after: after, limit: 2, at: trial.at(31))
                tasks += batch.tasks
                last = batch.last
            }
            #expect(tasks.count == 3)
            #expect(tasks.allSatisfy { $0.status == .cancelled && $0.message == "Cancelled" && $0.endedAt == trial.at(31) })
            let now = try await trial.record(of: record.task)
            #expect(now.state == .ended && now.counts.completed == 1 && now.counts.cancelled == 4)
            #expect(try await trial.backlog(project, .bulk) == 1)
            #expect(try await trial.claim(1, of: project, .bulk).map(\.id) == [removal.id])
            #expect(try await trial.store.unfinishedImports().isEmpty)
        },
        Check("an import that failed or was cancelled is opened again for its children to be retried") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(2, in: project)
            await trial.refuses(.notRetryable) { _ = try await trial.store.reopenImport(record.task.id, at: trial.at(40)) }
            await trial.refuses(.notFound) { _ = try await trial.store.reopenImport(trial.newID(), at: trial.at(40)) }
            let claimed = try await trial.claim(2, of: project, .bulk)
            _ = try await trial.store.end(TaskGuard(claimed[0]), trial.ending(.completed))
            _ = try await trial.store.end(TaskGuard(claimed[1]), trial.ending(.failed))
            let failed = try await trial.store.finishImport(trial.record(of: record.task), trial.ending(.failed))
            let (reopened, statuses) = try await trial.store.reopenImport(failed.id, at: trial.at(50))
            #expect(statuses == [.failed] && reopened.state == .closed && reopened.changedAt == trial.at(50))
            #expect(reopened.task.status == .processing && reopened.task.revision == 3 && reopened.task.attempt == 2)
            #expect(
                reopened.task.error == nil && reopened.task.result == nil && reopened.task.endedAt == nil && reopened.task.progress == 0)
            #expect(reopened.task.startedAt == trial.at(50) && reopened.counts.failed == 1)
            await trial.refuses(.projectIsBusy) { try await trial.store.deleteProject(id: project.id) }
            _ = try await trial.store.retry(id: claimed[1].id, at: trial.at(51))
            #expect(try await trial.record(of: record.task).counts.failed == 0)
            let again = try await trial.claim(1, of: project, .bulk)[0]
            #expect(again.id == claimed[1].id)
            _ = try await trial.store.end(TaskGuard(again), trial.ending(.completed))
            #expect(try await trial.store.finishImport(trial.record(of: record.task), trial.ending(.completed)).status == .completed)
            await trial.refuses(.notRetryable) { _ = try await trial.store.reopenImport(record.task.id, at: trial.at(60)) }

            let other = try await trial.imported(1, in: project)
            _ = try await trial.store.cancel(id: other.task.id, at: trial.at(61))
            await trial.refuses(.notRetryable) { _ = try await trial.store.reopenImport(other.task.id, at: trial.at(62)) }
            _ = try await trial.store.cancelChildren(of: other.task.number, after: TaskNumber(0), limit: 9, at: trial.at(63))
            #expect(try await trial.task(other.task.id).result?["cancelled"] == 1)
            #expect(try await trial.store.reopenImport(other.task.id, at: trial.at(64)).children == [.cancelled])
            let cut = try await trial.begin(in: project)
            _ = try await trial.store.cancel(id: cut.task.id, at: trial.at(65))
            #expect(try await trial.record(of: cut.task).fault == ImportRecord.cancelledFault)
        },
        Check("an import whose failures were tried again alone is opened again to end well, unless its file is cut off") { trial in
            let store = trial.store
            let project = try await trial.project()
            for isCut in [false, true] {
                let record = try await trial.begin(in: project)
                _ = try await store.acceptBatch(trial.batch([trial.line(1, "one", of: record)], of: record, isLast: !isCut))
                if isCut { _ = try await store.closeImport(record.task.number, fault: "It was cut off.", at: trial.at(25)) }
                let child = try await trial.claim(1, of: project, .bulk)[0]
                _ = try await store.end(TaskGuard(child), trial.ending(.failed))
                _ = try await store.finishImport(trial.record(of: record.task), trial.ending(.failed))
                _ = try await store.retry(id: child.id, at: trial.at(300))
                let again = try await trial.claim(1, of: project, .bulk)[0]
                _ = try await store.end(TaskGuard(again), trial.ending(.completed, at: 310))
                guard !isCut else {
                    await trial.refuses(.notRetryable) { _ = try await store.reopenImport(record.task.id, at: trial.at(320)) }
                    continue
                }
                let (reopened, statuses) = try await store.reopenImport(record.task.id, at: trial.at(320))
                #expect(statuses.isEmpty && reopened.state == .closed && reopened.counts.completed == 1)
                #expect(try await store.finishImport(reopened, trial.ending(.completed, at: 330)).status == .completed)
            }
        },
        Check("nothing of an import is retried as such once it has been cancelled again") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            let claimed = try await trial.claim(3, of: project, .bulk)
            for child in claimed { _ = try await store.end(TaskGuard(child), trial.ending(.failed)) }
            _ = try await store.finishImport(trial.record(of: record.task), trial.ending(.failed))
            var selection = RetrySelection(project: project.number, status: .failed, parent: record.task.number)
            func retried() async throws -> RetryBatch { try await store.retryNext(selection, limit: 2, at: trial.at(42)) }
            #expect(try await retried().tasks.isEmpty, "it is not open again")
            _ = try await store.reopenImport(record.task.id, at: trial.at(40))
            let first = try await store.retryNext(selection, limit: 1, at: trial.at(41))
            #expect(first.tasks.map(\.id) == [claimed[0].id] && first.last == claimed[0].number)
            selection.after = claimed[0].number
            _ = try await store.cancel(id: record.task.id, at: trial.at(42))
            for _ in 0..<2 {
                let batch = try await retried()
                #expect(batch.tasks.isEmpty && batch.last == nil)
                _ = try await store.cancelChildren(of: record.task.number, after: TaskNumber(0), limit: 9, at: trial.at(43))
            }
            #expect(try await trial.record(of: record.task).state == .ended)
            let cancelled = RetrySelection(project: project.number, status: .cancelled, parent: record.task.number)
            #expect(try await store.retryNext(cancelled, limit: 2, at: trial.at(44)).tasks.isEmpty)
            #expect(try await trial.record(of: record.task).counts.ended == 3)
            #expect(try await trial.backlog(project, .bulk) == 0)
        },
        Check("children of a cancelled import are cancelled instead of claimed") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            let after = try await trial.accept(1, to: project, priority: .bulk)[0]
            #expect(try await trial.store.cancel(id: record.task.id, at: trial.at(30)).didCancel)
            let claims = try await trial.store.claim(trial.lane(project, .bulk), limit: 4, at: trial.at(31)).map(\.task)
            #expect(claims.map(\.status) == [.cancelled, .cancelled, .cancelled, .processing])
            #expect(claims.last?.id == after.taskID)
            for claim in claims { #expect(try await trial.task(claim.id) == claim) }
            #expect(try await trial.record(of: record.task).counts.cancelled == 3)
        },
        Check("rejected lines are read in order, page by page, the content of too many is not kept") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let large = String(repeating: "x", count: RejectedLine.contentLimit)
            let lines = [
                trial.bad(1, "first"), trial.bad(3, "second", content: large), trial.bad(4, "third", content: large + "y"),
                trial.bad(9, "fourth", content: nil), trial.bad(10, "fifth", content: "é\u{0}")
            ]
            _ = try await trial.store.acceptBatch(trial.batch(lines, of: record))
            func page(_ line: Int, _ limit: Int = 10) async throws -> [RejectedLine] {
                try await trial.store.rejectedLines(of: record.task.number, after: line, limit: limit)
            }
            #expect(try await page(0).map(\.line) == [1])
            #expect(try await page(1).map(\.line) == [3, 4, 9])
            #expect(try await page(3, 2).map(\.line) == [4, 9])
            let third = try await page(3)
            #expect(third[0].content == nil && third[0].error.hasPrefix("third"))
            #expect(third.last == RejectedLine(line: 10, error: "fifth", content: "é\u{0}"))
            #expect(try await page(10).isEmpty)
            let other = try await trial.begin(in: project)
            #expect(try await trial.store.rejectedLines(of: other.task.number, after: 0, limit: 10).isEmpty)
        },
        Check("the memories that an import made are listed, not those it found") { trial in
            let project = try await trial.project()
            try await trial.accept(trial.submission(to: project.number, "known", externalID: "a"))
            let record = try await trial.begin(in: project)
            let lines = [trial.line(1, "known", of: record, externalID: "a")] + (2...5).map { trial.line($0, "Line \($0)", of: record) }
            _ = try await trial.store.acceptBatch(trial.batch(lines, of: record))
            let all = try await trial.store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 10)
            #expect(all.count == 4 && all.map(\.number) == all.map(\.number).sorted() && all.allSatisfy(\.isUntouched))
            for memory in all { #expect(try await trial.memory(memory.id).number == memory.number) }
            let rest = try await trial.store.importedMemories(of: record.task.number, after: all[1].number, limit: 1)
            #expect(rest == [all[2]])
        },
        Check("what hangs on the imports of a project goes with it") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let open = try await trial.store.acceptBatch(trial.batch([trial.line(1, "one", of: record), trial.bad(2)], of: record)).record
            await trial.refuses(.projectIsBusy) { try await trial.store.deleteProject(id: project.id) }
            _ = try await trial.store.cancel(id: open.task.id, at: trial.at(30))
            try await trial.store.deleteProject(id: project.id)
            #expect(try await trial.store.rejectedLines(of: record.task.number, after: 0, limit: 9).isEmpty)
            while try await trial.store.purge(limit: 1) {}
            while try await trial.store.pruneImports(limit: 1) > 0 {}
            #expect(try await trial.store.importRecord(of: record.task.id) == nil)
            #expect(try await trial.store.unfinishedImports().isEmpty)
            #expect(try await trial.store.rejectedLines(of: record.task.number, after: 0, limit: 9).isEmpty)
            #expect(try await trial.store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 9).isEmpty)
        }
    ]
}
