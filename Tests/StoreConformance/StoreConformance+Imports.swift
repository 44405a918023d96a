import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let imports: [Check] = [
        Check("an import is processing from the start, is no one's to claim, and is found by its task") { trial in
            let project = try await trial.project()
            let submission = ImportSubmission(
                id: trial.newID(), project: project.number, name: "notes", isResumable: true, totalBytes: 99, at: trial.at(3))
            let record = try await trial.store.beginImport(submission)
            #expect(record.task.status == .processing && record.task.revision == 1 && record.task.attempt == 1)
            #expect(record.task.type == .importMemories && record.task.priority == .bulk && record.task.startedAt == trial.at(3))
            #expect(record.name == "notes" && record.isResumable && record.totalBytes == 99 && record.state == .open)
            #expect(record.mark == ImportMark() && record.counts == ImportCounts() && record.changedAt == trial.at(3))
            #expect(try await trial.record(of: record.task) == record)
            #expect(try await trial.task(record.task.id) == record.task)
            #expect(try await trial.store.unfinishedImports() == [record])
            #expect(try await trial.store.backlog().isEmpty)
            #expect(try await trial.store.claim(trial.lane(project, .bulk), limit: 5, at: trial.at(4)).isEmpty)
            await trial.refuses(.unavailable) { _ = try await trial.store.beginImport(submission) }
            await trial.refuses(.notFound) {
                _ = try await trial.store.beginImport(
                    ImportSubmission(id: trial.newID(), project: ProjectNumber(999), isResumable: false, at: trial.at()))
            }
            let other = try await trial.running(in: project)
            #expect(try await trial.store.importRecord(of: other.id) == nil)
        },
        Check("an idempotency key makes one import, which is returned as it stands") { trial in
            let project = try await trial.project()
            func submission(_ fingerprint: UInt8 = 1, key: String = "k") -> ImportSubmission {
                ImportSubmission(
                    id: trial.newID(), project: project.number, isResumable: true, at: trial.at(),
                    idempotency: .init(scope: "s", key: key, fingerprint: [fingerprint], answer: []))
            }
            let record = try await trial.store.beginImport(submission())
            let after = try await trial.store.acceptBatch(trial.batch([trial.line(1, "one", of: record)], of: record)).record
            #expect(try await trial.store.beginImport(submission()) == after)
            #expect(try await trial.store.beginImport(submission(key: "other")).task.id != record.task.id)
            await trial.refuses(.idempotencyMismatch) { _ = try await trial.store.beginImport(submission(2)) }
            #expect(try await trial.store.unfinishedImports().count == 2)
        },
        Check("a batch makes memories with tasks in the order of its lines, under the import") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = [
                trial.line(1, "one", of: record), trial.bad(2), trial.line(4, "two", of: record, priority: .interactive),
                trial.line(5, "three", of: record)
            ]
            let accepted = try await trial.store.acceptBatch(trial.batch(lines, of: record))
            #expect(accepted.record.counts.accepted == 3 && accepted.record.counts.rejected == 1 && accepted.record.state == .open)
            #expect(accepted.record.mark == ImportMark(lines: 5, bytes: 50, digest: [5, 7]) && accepted.record.changedAt == trial.at(20))
            #expect(accepted.lanes == [trial.lane(project, .bulk): 2, trial.lane(project): 1])
            #expect(try await trial.record(of: record.task) == accepted.record)
            let claimed = try await trial.claim(2, of: project, .bulk)
            #expect(claimed.allSatisfy { $0.parent == record.task.number && $0.parentID == record.task.id && $0.type == .addEpisode })
            let contents = try await trial.store.memories(MemoryQuery(projects: [project.number]), slice: trial.all).elements
            #expect(contents.map(\.episode.content) == ["three", "two", "one"])
            let children = try await trial.store.tasks(TaskQuery(projects: nil, parent: record.task.id), slice: trial.all)
            #expect(children.count == 3)
        },
        Check("a batch is accepted where the one before ended, and while the import is open") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let first = trial.batch([trial.line(1, "one", of: record)], of: record)
            let after = try await trial.store.acceptBatch(first).record
            await trial.refuses(.lostRace) { _ = try await trial.store.acceptBatch(first) }
            let last = try await trial.store.acceptBatch(trial.batch([], of: after, isLast: true)).record
            #expect(last.state == .closed && last.counts.accepted == 1)
            await trial.refuses(.lostRace) {
                _ = try await trial.store.acceptBatch(trial.batch([trial.line(2, "x", of: record)], of: last))
            }
            var unknown = first
            unknown.task = TaskNumber(9999)
            await trial.refuses(.notFound) { _ = try await trial.store.acceptBatch(unknown) }
            #expect(try await trial.backlog(project, .bulk) == 1)
        },
        Check("an external id that is known with the same content makes nothing, within a batch too") { trial in
            let project = try await trial.project()
            try await trial.accept(trial.submission(to: project.number, "known", externalID: "a"))
            let record = try await trial.begin(in: project)
            let lines = [
                trial.line(1, "known", of: record, externalID: "a"), trial.line(2, "new", of: record, externalID: "b"),
                trial.line(3, "new", of: record, externalID: "b")
            ]
            let counts = try await trial.store.acceptBatch(trial.batch(lines, of: record)).record.counts
            #expect(counts.accepted == 1 && counts.unchanged == 2 && counts.memories == 3 && counts.settled == 2)
            #expect(try await trial.store.memories(MemoryQuery(projects: [project.number]), slice: trial.all).total == 2)
        },
        Check("every end of a child is counted, with what it brought") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(5, in: project)
            let claimed = try await trial.claim(4, of: project, .bulk)
            var ending = trial.ending(.completed)
            var receipt = Receipt()
            receipt.entitiesCreated = 3
            receipt.relationshipsCreated = 2
            receipt.communitiesTouched = 1
            ending.result = receipt.json
            try await trial.store.commit(
                EpisodeCommit(
                    guarding: TaskGuard(claimed[0]), project: project.number, memory: #require(claimed[0].memory),
                    delta: GraphDelta(baseVersion: 0), ending: ending)
            ).wait()
            receipt = Receipt()
            receipt.entitiesCreated = 1
            receipt.warning = "Nothing was found."
            ending.result = receipt.json
            _ = try await trial.store.end(TaskGuard(claimed[1]), ending)
            _ = try await trial.store.end(TaskGuard(claimed[2]), trial.ending(.failed))
            #expect(try await trial.store.cancel(id: claimed[3].id, at: trial.at(30)).didCancel)
            let now = try await trial.record(of: record.task)
            #expect(now.counts.completed == 2 && now.counts.failed == 1 && now.counts.cancelled == 1 && now.counts.ended == 4)
            #expect(now.receipt.entitiesCreated == 4 && now.receipt.relationshipsCreated == 2 && now.receipt.communitiesTouched == 1)
            #expect(now.barren == 1 && now.state == .closed && now.task.status == .processing)
            let failures = try await trial.store.importFailures(of: record.task.number, limit: 5)
            #expect(
                failures == [ImportFailure(task: claimed[2].id, memory: claimed[2].memoryID, line: 3, error: "The model said no.")])
        },
        Check("claims, give-backs and restarts of children are not counted, and the import goes on") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            let claimed = try await trial.claim(2, of: project, .bulk)
            try await trial.store.release([TaskGuard(claimed[0])])
            #expect(try await trial.record(of: record.task).counts == record.counts)
            try await trial.reopened { trial in
                let recovery = try await trial.store.recover(interruptionLimit: 1, at: trial.at(50))
                #expect(recovery == Recovery(resumed: 0, failed: 1))
                let now = try await trial.record(of: record.task)
                #expect(now.counts.failed == 1 && now.task == record.task)
                #expect(try await trial.store.unfinishedImports() == [now])
            }
        },
        Check("children that newer versions of their memories take the place of are counted as such") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let lines = [
                trial.line(1, "One", of: record, externalID: "a"), trial.line(2, "Two", of: record, externalID: "b"),
                trial.line(3, "Other", of: record, externalID: "a")
            ]
            _ = try await trial.store.acceptBatch(trial.batch(lines, of: record, isLast: true))
            let once = try await trial.record(of: record.task).counts
            #expect((once.accepted, once.revised, once.cancelled, once.superseded) == (2, 1, 1, 1))
            // Also by what isn't the import's own.
            _ = try await trial.store.accept(trial.submission(to: project.number, "Third", externalID: "b", at: 30))
            let claimed = try await trial.claim(1, of: project, .bulk)
            _ = try await trial.store.cancel(id: claimed[0].id, at: trial.at(40))
            let now = try await trial.record(of: record.task).counts
            #expect((now.cancelled, now.superseded) == (3, 2))
            let result = try await trial.record(of: record.task).result(failures: [])
            #expect(result["cancelled"] == 1 && result["superseded"] == 2)
        },
        Check("a closed import ends once, if nothing has changed meanwhile") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(1, in: project)
            let claimed = try await trial.claim(1, of: project, .bulk)
            _ = try await trial.store.end(TaskGuard(claimed[0]), trial.ending(.completed))
            await trial.refuses(.lostRace) { _ = try await trial.store.finishImport(record, trial.ending(.completed)) }
            let now = try await trial.record(of: record.task)
            let task = try await trial.store.finishImport(now, trial.ending(.completed))
            #expect(task.status == .completed && task.result == trial.ending(.completed).result && task.revision == 2)
            #expect(try await trial.record(of: record.task).state == .ended)
            #expect(try await trial.store.unfinishedImports().isEmpty)
            await trial.refuses(.lostRace) { _ = try await trial.store.finishImport(now, trial.ending(.completed)) }
            let open = try await trial.begin(in: project)
            await trial.refuses(.lostRace) { _ = try await trial.store.finishImport(open, trial.ending(.completed)) }
        },
        Check("an import that gets no more lines is closed with its reason, once") { trial in
            let project = try await trial.project()
            let record = try await trial.begin(in: project)
            let closed = try await trial.store.closeImport(record.task.number, fault: "cut off", at: trial.at(40))
            #expect(closed.state == .closed && closed.fault == "cut off" && closed.changedAt == trial.at(40))
            #expect(try await trial.store.closeImport(record.task.number, fault: "again", at: trial.at(41)) == closed)
            await trial.refuses(.notFound) { _ = try await trial.store.closeImport(TaskNumber(999), fault: "", at: trial.at()) }
        }
    ]
}
