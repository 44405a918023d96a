import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let retries: [Check] = [
        Check("a client's retry begins another round at the end of the lane") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(3, to: project)
            let held = try await trial.claim(1, of: project)[0]
            let failed = try await trial.store.end(TaskGuard(held), trial.ending(.failed))
            let retried = try await trial.store.retry(id: failed.id, at: trial.at(300))
            var expected = failed
            expected.status = .pending
            expected.revision += 1
            expected.place = retried.place
            expected.earlierAttempts = 1
            expected.stage = "pending"
            expected.progress = 0
            expected.message = "Queued"
            expected.error = nil
            expected.endedEpoch = 0
            expected.queuedAt = trial.at(300)
            expected.startedAt = nil
            expected.endedAt = nil
            #expect(retried == expected)
            #expect(try await trial.task(failed.id) == expected)
            #expect(retried.timeline == trial.timeline)
            #expect(try await trial.memory(accepted[0].memoryID).taskStatus == .pending)
            #expect(try await trial.backlog(project) == 3)
            let later = try await trial.accept(trial.submission(to: project.number))
            let claimed = try await trial.claim(4, of: project)
            #expect(claimed.map(\.number) == [accepted[1].task, accepted[2].task, accepted[0].task, later.task])
            #expect(claimed.map(\.attempt) == [1, 1, 2, 1])
        },
        Check("what was cancelled before its first attempt can be retried, and again") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(2, to: project)
            for _ in 0..<3 {
                _ = try await trial.store.cancel(id: accepted[0].taskID, at: trial.at(10))
                #expect(try await trial.store.retry(id: accepted[0].taskID, at: trial.at(11)).attempt == 0)
            }
            #expect(try await trial.claim(2, of: project).map(\.number) == [accepted[1].task, accepted[0].task])
            #expect(try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at()).isEmpty)
        },
        Check("only what failed or was cancelled is retried") { trial in
            let project = try await trial.project()
            let waiting = try await trial.accept(trial.submission(to: project.number))
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: waiting.taskID, at: trial.at()) }
            let held = try await trial.claim(1, of: project)[0]
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: waiting.taskID, at: trial.at()) }
            #expect(try await trial.task(held.id) == held)
            let done = try await trial.store.end(TaskGuard(held), trial.ending(.completed))
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: waiting.taskID, at: trial.at()) }
            #expect(try await trial.task(held.id) == done)
            await trial.refuses(.notFound) { _ = try await trial.store.retry(id: trial.newID(), at: trial.at()) }
        },
        Check("what the earlier round was told is refused in the next") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            _ = try await trial.store.cancel(id: held.id, at: trial.at(10))
            let retried = try await trial.store.retry(id: held.id, at: trial.at(11))
            await trial.refuses(.lostRace) { _ = try await trial.store.end(TaskGuard(held), trial.ending(.failed)) }
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(held, trial.small(0))).wait() }
            try await trial.store.release([TaskGuard(held)])
            try await trial.store.snapshot([trial.snapshot(TaskGuard(held))])
            #expect(try await trial.task(held.id) == retried)
            let again = try await trial.claim(1, of: project)[0]
            try await trial.store.commit(trial.commit(again, trial.small(0))).wait()
            #expect(try await trial.task(held.id).status == .completed)
        },
        Check("a restart counts the ends of the process since the last retry alone") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            try await trial.reopened { trial in
                #expect(try await trial.store.recover(interruptionLimit: 2, at: trial.at(200)) == Recovery(resumed: 1, failed: 0))
                _ = try await trial.store.cancel(id: held.id, at: trial.at(201))
                _ = try await trial.store.retry(id: held.id, at: trial.at(300))
                #expect(try await trial.claim(1, of: project).map(\.attempt) == [2])
                try await trial.reopened { trial in
                    let recovery = try await trial.store.recover(interruptionLimit: 2, at: trial.at(500))
                    #expect(recovery == Recovery(resumed: 1, failed: 0))
                    _ = try await trial.claim(1, of: project)
                    try await trial.reopened { trial in
                        let recovery = try await trial.store.recover(interruptionLimit: 2, at: trial.at(600))
                        #expect(recovery == Recovery(resumed: 0, failed: 1))
                    }
                }
            }
        },
        Check("places are not given again after a restart") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(2, to: project)
            _ = try await trial.store.cancel(id: accepted[0].taskID, at: trial.at(10))
            let place = try await trial.store.retry(id: accepted[0].taskID, at: trial.at(11)).place
            #expect(place > accepted[1].task)
            try await trial.reopened { trial in
                let later = try await trial.accept(trial.submission(to: project.number))
                #expect(later.task > place)
                #expect(try await trial.claim(3, of: project).map(\.number) == [accepted[1].task, accepted[0].task, later.task])
            }
        },
        Check("a retried task goes back to its new place when it is given back") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(2, to: project)
            _ = try await trial.store.cancel(id: accepted[0].taskID, at: trial.at(10))
            _ = try await trial.store.retry(id: accepted[0].taskID, at: trial.at(11))
            let later = try await trial.accept(trial.submission(to: project.number))
            let held = try await trial.claim(2, of: project)
            try await trial.store.release(held.map { TaskGuard($0) })
            #expect(try await trial.claim(3, of: project).map(\.number) == [accepted[1].task, accepted[0].task, later.task])
        },
        Check("those of a project that failed are retried batch by batch, in order, and no others") { trial in
            let project = try await trial.project()
            let other = try await trial.project("Other")
            let accepted = try await trial.accept(7, to: project)
            let elsewhere = try await trial.running(in: other)
            _ = try await trial.store.end(TaskGuard(elsewhere), trial.ending(.failed))
            for task in try await trial.claim(6, of: project) { _ = try await trial.store.end(TaskGuard(task), trial.ending(.failed)) }
            _ = try await trial.store.cancel(id: accepted[6].taskID, at: trial.at(210))

            var selection = RetrySelection(project: project.number, status: .failed)
            var retried: [TaskNumber] = []
            for expected in [4, 2] {
                let batch = try await trial.store.retryNext(selection, limit: 4, at: trial.at(300))
                #expect(batch.tasks.count == expected)
                retried += batch.tasks.map(\.number)
                selection.after = batch.last ?? selection.after
                #expect((batch.last == nil) == (expected == 2))
            }
            #expect(retried == accepted.prefix(6).map(\.task))
            #expect(try await trial.claim(6, of: project).map(\.number) == retried)
            #expect(try await trial.task(elsewhere.id).status == .failed)
            #expect(try await trial.task(accepted[6].taskID).status == .cancelled)
            let cancelled = RetrySelection(project: project.number, status: .cancelled)
            #expect(try await trial.store.retryNext(cancelled, limit: 9, at: trial.at(300)).tasks.map(\.number) == [accepted[6].task])
            for status in [TaskStatus.pending, .processing, .completed] {
                let none = RetrySelection(project: project.number, status: status)
                #expect(try await trial.store.retryNext(none, limit: 9, at: trial.at(300)).tasks.isEmpty)
            }
        },
        Check("how long the oldest waits is counted from its retry") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number, at: 10))
            try await trial.accept(trial.submission(to: project.number, at: 60))
            _ = try await trial.store.cancel(id: first.taskID, at: trial.at(70))
            _ = try await trial.store.retry(id: first.taskID, at: trial.at(100))
            let statistics = try await trial.store.statistics(since: trial.at(0), now: trial.at(200), projects: nil)
            #expect(statistics.oldestPending == trial.at(60))
            #expect(statistics.counts[.pending] == 2)
        },
        Check("an import is reopened with what failed of it, and ends anew") { trial in
            let store = trial.store
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            await trial.refuses(.notRetryable) { _ = try await store.reopenImport(record.task.id, at: trial.at()) }
            let children = try await trial.claim(3, of: project, .bulk)
            for (child, status) in zip(children, [TaskStatus.completed, .failed, .cancelled]) {
                _ = try await store.end(TaskGuard(child), trial.ending(status))
            }
            let ended = try #require(try await store.importRecord(of: record.task.id))
            let failed = try await store.finishImport(ended, trial.ending(.failed, at: 300))
            await trial.refuses(.notRetryable) { _ = try await store.retry(id: failed.id, at: trial.at(400)) }
            let (reopened, statuses) = try await store.reopenImport(failed.id, at: trial.at(400))
            #expect(statuses == [.failed])
            #expect(reopened.state == .closed)
            #expect(reopened.counts == ended.counts)
            #expect((reopened.task.status, reopened.task.attempt) == (.processing, 2))
            #expect(reopened.task.revision == failed.revision + 1)
            #expect((reopened.task.error, reopened.task.result, reopened.task.endedAt, reopened.task.endedEpoch) == (nil, nil, nil, 0))
            await trial.refuses(.notRetryable) { _ = try await store.reopenImport(failed.id, at: trial.at(401)) }
            await trial.refuses(.projectIsBusy) { try await store.deleteProject(id: project.id) }
            let selection = RetrySelection(project: project.number, status: .failed, parent: failed.number)
            #expect(try await store.retryNext(selection, limit: 9, at: trial.at(402)).tasks.map(\.id) == [children[1].id])
            let counts = try #require(try await store.importRecord(of: failed.id)).counts
            #expect((counts.completed, counts.failed, counts.cancelled) == (1, 0, 1))
            let again = try await trial.claim(1, of: project, .bulk)[0]
            _ = try await store.end(TaskGuard(again), trial.ending(.completed, at: 500))
            let over = try #require(try await store.importRecord(of: failed.id))
            #expect(over.counts.completed == 2)
            let completed = try await store.finishImport(over, trial.ending(.completed, at: 600))
            #expect(completed.status == .completed)
            let statistics = try await store.statistics(since: trial.at(-3600), now: trial.at(700), projects: [project.number])
            #expect(TaskStatus.allCases.map { statistics.counts[$0] ?? 0 } == [0, 0, 3, 0, 1])
            await trial.refuses(.notRetryable) { _ = try await store.reopenImport(failed.id, at: trial.at(701)) }
            await trial.refuses(.notFound) { _ = try await store.reopenImport(children[0].id, at: trial.at(701)) }
        }
    ]
}
