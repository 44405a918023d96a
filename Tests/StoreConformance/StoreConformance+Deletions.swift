import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let deletions: [Check] = [
        Check("only a project that exists and is not the default can be deleted") { trial in
            let standard = try await trial.store.defaultProject()
            await trial.refuses(.notFound) { try await trial.store.deleteProject(id: trial.newID()) }
            await trial.refuses(.projectIsDefault) {
                try await trial.store.deleteProject(id: standard.id)
            }
            let project = try await trial.project()
            try await trial.store.deleteProject(id: project.id)
            #expect(try await trial.store.project(id: project.id) == nil)
            await trial.refuses(.notFound) { try await trial.store.deleteProject(id: project.id) }
        },
        Check("a project with a running task can't be deleted, and keeps everything") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            _ = try await trial.accept(1, to: project)
            await trial.refuses(.projectIsBusy) { try await trial.store.deleteProject(id: project.id) }
            #expect(try await trial.store.task(id: task.id) == task)
            #expect(try await trial.backlog(project) == 1)
            _ = try await trial.store.end(TaskGuard(task), trial.ending(.failed))
            try await trial.store.deleteProject(id: project.id)
            #expect(try await trial.store.task(id: task.id) == nil)
        },
        Check("what ends or gives back a task frees its project") { trial in
            for free in [
                { @Sendable in _ = try await trial.store.cancel(id: $0.id, at: trial.at()) },
                { @Sendable in try await trial.store.release([TaskGuard($0)]) },
                { @Sendable in try await trial.store.commit(trial.commit($0, trial.small(0))).wait() }
            ] as [@Sendable (TaskRecord) async throws -> Void] {
                let project = try await trial.project()
                let task = try await trial.running(in: project)
                await trial.refuses(.projectIsBusy) {
                    try await trial.store.deleteProject(id: project.id)
                }
                try await free(task)
                try await trial.store.deleteProject(id: project.id)
            }
        },
        Check("deletion removes all that a project holds, and nothing else") { trial in
            let store = trial.store
            let kept = try await trial.project("Kept")
            let gone = try await trial.project("Gone")
            let keptParts = try await populate(kept, in: trial)
            let goneParts = try await populate(gone, in: trial)
            try await store.deleteProject(id: gone.id)
            try await expectGone(gone, goneParts, kept: kept, keptParts, in: trial)
            // Nothing else is seen while the rows go, nor afterwards.
            while try await store.purge(limit: 1) { try await expectGone(gone, goneParts, kept: kept, keptParts, in: trial) }
            try await expectGone(gone, goneParts, kept: kept, keptParts, in: trial)
            #expect(try await store.purge(limit: 1) == false)
        },
        Check("a busy project goes with what runs in it, and whoever holds that has lost it") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            _ = try await trial.accept(2, to: project)
            try await trial.store.deleteProject(id: project.id, evenIfBusy: true, at: trial.at())
            #expect(try await trial.store.task(id: held.id) == nil)
            #expect(try await trial.store.backlog().isEmpty)
            #expect(try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at()).isEmpty)
            await trial.refuses(.lostRace) { _ = try await trial.store.claimAgain(TaskGuard(held), at: trial.at()) }
            await trial.refuses(.lostRace) { _ = try await trial.store.end(TaskGuard(held), trial.ending(.failed)) }
            await trial.refuses(.notFound) { try await trial.store.commit(trial.commit(held, trial.small(0))).wait() }
            await trial.refuses(.notFound) { _ = try await trial.store.retry(id: held.id, at: trial.at()) }
            try await trial.store.release([TaskGuard(held)])
            try await trial.store.snapshot([trial.snapshot(TaskGuard(held))])
            #expect(
                try await trial.store.retryNext(RetrySelection(project: project.number, status: .cancelled), limit: 9, at: trial.at()).tasks
                    .isEmpty)
            let statistics = try await trial.store.statistics(since: trial.at(-1000), now: trial.at(), projects: nil)
            #expect(statistics.counts.values.allSatisfy { $0 == 0 } && statistics.oldestPending == nil)
            try await trial.reopened { trial in
                let recovery = try await trial.store.recover(interruptionLimit: 3, at: trial.at())
                #expect(recovery == Recovery(resumed: 0, failed: 0))
                _ = try await trial.store.purge(limit: 1)
                try await trial.reopened { trial in
                    while try await trial.store.purge(limit: 2) {}
                    let total = try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).total
                    #expect(total == 0)
                }
            }
        },
        Check("a deleted project's name and external ids are free again") { trial in
            let project = try await trial.project("Name")
            try await trial.accept(trial.submission(to: project.number, "first", externalID: "x"))
            try await trial.store.deleteProject(id: project.id)
            let id = trial.newID()
            let again = try await trial.store.project(named: "Name", orCreateWith: id, at: trial.at())
            #expect(again.id == id)
            #expect(again.number > project.number)
            try await trial.accept(trial.submission(to: again.number, "second", externalID: "x"))
        }
    ]

    private static func expectGone(_ gone: ProjectRecord, _ goneParts: Parts, kept: ProjectRecord, _ keptParts: Parts, in trial: Trial)
        async throws
    {
        let store = trial.store
        #expect(try await store.memory(id: goneParts.ingested.memoryID) == nil)
        #expect(try await store.task(id: goneParts.ingested.taskID) == nil)
        #expect(try await store.task(id: goneParts.waiting.taskID) == nil)
        #expect(try await store.entity(id: goneParts.entity.id) == nil)
        #expect(try await store.community(id: goneParts.community.id) == nil)
        #expect(try await store.mentions(in: goneParts.ingested.memory).isEmpty)
        #expect(try await store.schema(of: gone.number).isEmpty)
        let graph = try await store.graph(of: gone.number, limit: 10)
        #expect(graph == GraphView(entities: [], relationships: [], memories: [], mentions: [], communities: []))
        #expect(try await store.memories(naming: goneParts.entity.number, limit: 9).isEmpty)
        #expect(try await store.relationships(of: goneParts.entity.number, type: nil, limit: 9).total == 0)
        #expect(try await store.members(of: goneParts.community.number, slice: trial.all).total == 0)
        #expect(try await store.claim(trial.lane(gone), limit: 9, at: trial.at()).isEmpty)
        #expect(try await store.memories(MemoryQuery(projects: [gone.number]), slice: trial.all).total == 0)
        #expect(try await store.tasks(TaskQuery(projects: [gone.number]), slice: trial.all).isEmpty)
        #expect(try await store.entities(EntityQuery(projects: [gone.number]), slice: trial.all).total == 0)
        await trial.refuses(.notFound) { _ = try await store.graphHeader(of: gone.number) }
        await trial.refuses(.notFound) { _ = try await store.cancel(id: goneParts.waiting.taskID, at: trial.at()) }
        await trial.refuses(.notFound) { _ = try await store.accept(trial.submission(to: gone.number)) }
        let facts = try await trial.facts(of: gone) { needs in
            needs.names = ["ada"]
            needs.neighbourhoods = [goneParts.entity.number]
            needs.communities = [goneParts.community.number]
            needs.schema = true
        }
        #expect(facts.names == ["ada": []])
        #expect(facts.neighbourhoods == [goneParts.entity.number: []])
        #expect(facts.communities.isEmpty)
        #expect(facts.schema == [])

        let memories = try await store.memories(MemoryQuery(projects: nil), slice: trial.all)
        #expect(memories.elements.map(\.id) == [keptParts.waiting.memoryID, keptParts.ingested.memoryID])
        let tasks = try await store.tasks(TaskQuery(projects: nil), slice: trial.all)
        #expect(tasks.map(\.id) == [keptParts.waiting.taskID, keptParts.ingested.taskID])
        let entities = try await store.entities(EntityQuery(projects: nil), slice: trial.all)
        #expect(entities.elements.map(\.record) == [keptParts.entity])
        let communities = try await store.communities(projects: nil, minimumMembers: 0, slice: trial.all)
        #expect(communities.elements.map(\.record) == [keptParts.community])
        #expect(try await store.backlog() == [LaneBacklog(lane: trial.lane(kept), count: 1)])
        #expect(try await store.schema(of: kept.number).count == 1)
        #expect(try await trial.header(kept).version == 1)
        #expect(try await store.mentions(in: keptParts.ingested.memory).map(\.entityID) == [keptParts.entity.id])
    }

    private struct Parts {
        let ingested: Accepted
        let waiting: Accepted
        let entity: EntityRecord
        let community: CommunityRecord
    }

    /// One episode ingested, one waiting.
    private static func populate(_ project: ProjectRecord, in trial: Trial) async throws -> Parts {
        let community = trial.community(members: 1)
        let entity = trial.entity("Ada", community: community.number)
        let delta = trial.delta(0) { delta in
            delta.newCommunities = [community]
            delta.newEntities = [entity]
            delta.newNames = [EntityName(key: "ada", entity: entity.number)]
            delta.newSchema = [SchemaRecord(.entity(name: "Person"))]
            delta.mentions = [GraphDelta.Mention(entity: entity.number, ranges: [0..<3])]
        }
        let ingested = try await trial.ingest(delta, into: project)
        let waiting = try await trial.accept(trial.submission(to: project.number))
        return Parts(ingested: ingested, waiting: waiting, entity: entity, community: community)
    }
}
