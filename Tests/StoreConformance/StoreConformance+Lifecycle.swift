import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let lifecycle: [Check] = [
        Check("a first boot is 1, and each opening grows it") { trial in
            #expect(trial.store.epoch == 1)
            try await trial.store.check()
            try await trial.reopened { trial in
                #expect(trial.store.epoch == 2)
                try await trial.reopened { #expect($0.store.epoch == 3) }
            }
        },
        Check("what was stored is there after a restart") { trial in
            let project = try await trial.project("Kept")
            let ingested = try await trial.ingest(trial.small(0), into: project)
            let waiting = try await trial.accept(trial.submission(to: project.number, externalID: "x", idempotency: trial.key()))
            let memories = [try await trial.memory(ingested.memoryID), try await trial.memory(waiting.memoryID)]
            let tasks = [try await trial.task(ingested.taskID), try await trial.task(waiting.taskID)]
            let standard = try await trial.store.defaultProject()
            let graph = try await trial.store.graph(of: project.number, limit: 10)
            let number = trial.store.numbering.entity()
            try await trial.reopened { trial in
                #expect(try await trial.store.defaultProject() == standard)
                #expect(try await trial.store.projects(among: nil, slice: trial.all).elements == [standard, project])
                for memory in memories { #expect(try await trial.memory(memory.id) == memory) }
                for task in tasks { #expect(try await trial.task(task.id) == task) }
                #expect(try await trial.store.graph(of: project.number, limit: 10) == graph)
                #expect(try await trial.header(project) == GraphHeader(version: 1, totalWeight: 1))
                #expect(trial.store.numbering.entity() > number)
                let again = try await trial.store.accept(trial.submission(to: project.number, idempotency: trial.key()))
                guard case .replayed(_, waiting.taskID) = again else {
                    Issue.record("the key was forgotten")
                    return
                }
                let next = try await trial.accept(trial.submission(to: project.number))
                #expect(next.memory > waiting.memory && next.task > waiting.task)
                #expect(try await trial.claim(2, of: project).map(\.number) == [waiting.task, next.task])
            }
        },
        Check("numbers and identifiers of new things never repeat") { trial in
            let numbering = trial.store.numbering
            let numbers = await withTaskGroup(of: [Int64].self) { group in
                for _ in 0..<8 { group.addTask { (0..<500).map { _ in numbering.relationship().rawValue } } }
                return await group.reduce(into: [Int64]()) { all, some in
                    #expect(zip(some, some.dropFirst()).allSatisfy { $0 < $1 })
                    all += some
                }
            }
            #expect(Set(numbers).count == 4000)
            let communities = (0..<10).map { _ in numbering.community() }
            let ids = (0..<100).map { _ in numbering.identifier() }
            #expect(ids.allSatisfy { $0.high >> 12 & 0xF == 7 && $0.low >> 62 == 2 })
            try await trial.reopened { trial in
                let later = trial.store.numbering
                #expect(numbers.allSatisfy { $0 < later.relationship().rawValue })
                #expect(communities.allSatisfy { $0 < later.community() })
                #expect(Set(ids + (0..<100).map { _ in later.identifier() }).count == 200)
            }
        },
        Check("a store that is closed refuses everything") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let commit = try trial.commit(task, trial.small(0))
            let submission = trial.submission(to: project.number)
            await trial.store.close()
            await trial.store.close()
            for request in requests(project, task, commit, submission) { await trial.refuses(.closed) { try await request(trial) } }
        },
        Check("what was enqueued before the close is finished") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let pending = try trial.store.commit(trial.commit(task, trial.small(0)))
            await trial.store.close()
            try await pending.wait()
            try await trial.reopened { trial in
                let ended = try await trial.task(task.id)
                #expect(ended.status == .completed)
            }
        },
        Check("an earlier boot is refused once a later one has the data") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let commit = try trial.commit(task, trial.small(0))
            let submission = trial.submission(to: project.number)
            let later = try await trial.reopen(trial.store)
            await trial.refuses(.closed) { _ = try await trial.store.accept(submission) }
            await trial.refuses(.closed) { try await trial.store.commit(commit).wait() }
            await trial.store.close()
            try await later.check()
            #expect(try await later.memory(id: submission.memoryID) == nil)
            #expect(try await later.task(id: task.id) == task)
            await later.close()
        }
    ]

    /// Every request there is.
    private static func requests(
        _ project: ProjectRecord, _ task: TaskRecord, _ commit: EpisodeCommit, _ submission: Submission
    ) -> [@Sendable (Trial) async throws -> Void] {
        let id = project.id
        let one = Slice(limit: 1)
        return [
            { try await $0.store.check() },
            { _ = try await $0.store.createProject(id: submission.memoryID, name: "x", description: nil, at: $0.at()) },
            { _ = try await $0.store.project(id: id) },
            { _ = try await $0.store.project(named: "x", orCreateWith: submission.memoryID, at: $0.at()) },
            { _ = try await $0.store.defaultProject() },
            { _ = try await $0.store.projects(among: nil, slice: one) },
            { _ = try await $0.store.updateProject(id: id, name: "x", description: nil, at: $0.at()) },
            { try await $0.store.deleteProject(id: id) },
            { _ = try await $0.store.accept(submission) },
            { _ = try await $0.store.memory(id: id) },
            { _ = try await $0.store.memories(MemoryQuery(projects: nil), slice: one) },
            { _ = try await $0.store.mentions(in: commit.memory) },
            { _ = try await $0.store.pruneIdempotencyKeys(before: $0.at(), limit: 1) },
            { _ = try await $0.store.purge(limit: 1) },
            { _ = try await $0.store.pruneTasks(PruneRule(endedBefore: nil, excess: 1), limit: 1) },
            { _ = try await $0.store.finishedTasks() },
            { _ = try await $0.store.shrink() },
            { _ = try await $0.store.retry(id: task.id, at: $0.at()) },
            { _ = try await $0.store.retryNext(RetrySelection(project: task.project, status: .failed), limit: 1, at: $0.at()) },
            { _ = try await $0.store.task(id: task.id) },
            { _ = try await $0.store.tasks(TaskQuery(projects: nil), slice: one) },
            { _ = try await $0.store.statistics(since: $0.at(), now: $0.at(), projects: nil) },
            { _ = try await $0.store.backlog() },
            { _ = try await $0.store.recover(interruptionLimit: 3, at: $0.at()) },
            { _ = try await $0.store.claim($0.lane(project), limit: 1, at: $0.at()) },
            { _ = try await $0.store.claimAgain(TaskGuard(task), at: $0.at()) },
            { try await $0.store.release([TaskGuard(task)]) },
            { try await $0.store.snapshot([$0.snapshot(TaskGuard(task))]) },
            { _ = try await $0.store.end(TaskGuard(task), $0.ending(.failed)) },
            { _ = try await $0.store.cancel(id: task.id, at: $0.at()) },
            { try await $0.store.commit(commit).wait() },
            { _ = try await $0.store.graphHeader(of: project.number) },
            { _ = try await $0.store.graphFacts(of: project.number, for: GraphNeeds()) },
            { _ = try await $0.store.entities(EntityQuery(projects: nil), slice: one) },
            { _ = try await $0.store.entity(id: id) },
            { _ = try await $0.store.entityTypes(projects: nil) },
            { _ = try await $0.store.memories(naming: EntityNumber(1), limit: 1) },
            { _ = try await $0.store.relationships(of: EntityNumber(1), type: nil, limit: 1) },
            { _ = try await $0.store.communities(projects: nil, minimumMembers: 0, slice: one) },
            { _ = try await $0.store.community(id: id) },
            { _ = try await $0.store.members(of: CommunityNumber(1), slice: one) },
            { _ = try await $0.store.graph(of: project.number, limit: 1) },
            { _ = try await $0.store.schema(of: project.number) },
            { _ = try await $0.store.accessKeys() },
            {
                try await $0.store.addAccessKey(
                    AccessKeyRecord(
                        id: id, name: "k", role: .viewer, digest: [], hint: "", projects: nil, createdAt: $0.at(), expiresAt: nil))
            },
            { _ = try await $0.store.removeAccessKey(id: id) }
        ]
    }
}
