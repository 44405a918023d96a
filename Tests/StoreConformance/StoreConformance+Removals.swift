import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let removals: [Check] = [
        Check("a deletion takes the memory, its contribution and its task's end in one go") { trial in
            let project = try await trial.project()
            let scene = try await Scene(trial, project)
            let waiting = MemoryChange(memory: scene.second.memoryID, content: "new", taskID: trial.newID(), at: trial.at(7))
            _ = try await trial.store.revise(waiting)
            let outcome = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: scene.withoutSecond, at: trial.at(8)))
            #expect(outcome.removed == 1)
            #expect(outcome.cancelled.map(\.id) == [waiting.taskID])
            #expect(outcome.cancelled.map(\.message) == ["The memory was deleted"])
            #expect(try await trial.store.memory(id: scene.second.memoryID) == nil)
            #expect(
                try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).elements.map(\.number) == [scene.first.memory])
            try await scene.expectFirstOnly(trial, project)
            // The tasks stay, without a memory.
            for id in [scene.second.taskID, waiting.taskID] {
                let task = try await trial.task(id)
                #expect(task.memory == nil && task.memoryID == nil && task.status == (id == waiting.taskID ? .cancelled : .completed))
            }
            #expect(try await trial.task(waiting.taskID) == outcome.cancelled[0])
            #expect(try await trial.backlog(project) == 0)
            try await trial.reopened { try await scene.expectFirstOnly($0, project) }
        },
        Check("a new version's commit takes the older one's contribution out") { trial in
            let project = try await trial.project()
            let scene = try await Scene(trial, project)
            _ = try await trial.store.revise(
                MemoryChange(memory: scene.second.memoryID, content: "new", taskID: trial.newID(), at: trial.at(7)))
            let eve = trial.entity("Eve")
            var delta = scene.withoutSecond
            delta.newEntities = [eve]
            delta.mentions = [.init(entity: eve.number, ranges: [0..<3], forms: [EntityForm(name: "Eve", type: "Person")])]
            try await trial.store.commit(trial.commit(try await trial.claim(1, of: project)[0], delta)).wait()
            #expect(try await trial.store.mentions(in: scene.second.memory).map(\.name) == ["Eve"])
            let contribution = Contribution(memory: scene.second.memory, version: 3, mentions: delta.mentions)
            #expect(try await trial.store.contributions(of: [scene.second.memory]) == [contribution])
            let names = try await trial.store.entities(EntityQuery(projects: nil), slice: trial.all).elements.map(\.record.name)
            #expect(names.sorted() == ["Ada", "Bob", "Eve"])
            #expect(try await trial.store.memories(naming: scene.ada.number, limit: 9).map(\.id) == [scene.first.memoryID])
        },
        Check("a deletion planned for another version of the graph is refused and changes nothing") { trial in
            let project = try await trial.project()
            let scene = try await Scene(trial, project)
            for version in [1, 3] as [Int64] {
                var delta = scene.withoutSecond
                delta.baseVersion = version
                await trial.refuses(.staleGraph) {
                    _ = try await trial.store.remove(
                        MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: delta, at: trial.at(8)))
                }
            }
            await trial.refuses(.notFound) {
                _ = try await trial.store.remove(
                    MemoryRemoval(project: ProjectNumber(999), memories: [], delta: trial.delta(0), at: trial.at(8)))
            }
            #expect(try await trial.memory(scene.second.memoryID).version == 1)
            #expect(try await trial.header(project) == GraphHeader(version: 2, totalWeight: 3))
            #expect(try await trial.store.relationships(of: scene.ada.number, type: nil, limit: 9).total == 2)
        },
        Check("what is gone is passed over, and gone memories change nothing") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            let stranger = try await trial.accept(trial.submission(to: other.number))
            let one = try await trial.accept(trial.submission(to: project.number, "one", externalID: "x"))
            #expect(try await trial.delete([one.memory, one.memory, MemoryNumber(999), stranger.memory], of: project, 0) == 1)
            #expect(try await trial.delete([one.memory], of: project, 1) == 0)
            #expect(try await trial.header(project).version == 1)
            #expect(try await trial.store.memory(id: stranger.memoryID) != nil)
            // Its external id is free again, its number is not.
            let again = try await trial.accept(trial.submission(to: project.number, "two", externalID: "x"))
            #expect(again.memory > one.memory)
            try await trial.reopened { trial in
                let next = try await trial.accept(trial.submission(to: project.number))
                #expect(next.memory > again.memory)
            }
        },
        Check("what a task deletes is counted with it, for longer than a boot") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            let task = try await trial.store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, parent: record.task.number, at: trial.at(3)))
            let all = try await trial.store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 9).map(\.number)
            #expect(try await trial.store.removedMemories(by: task.number) == 0)
            #expect(try await trial.delete([all[0], all[1], MemoryNumber(999)], of: project, 0, by: task.number) == 2)
            #expect(try await trial.delete([all[0]], of: project, 1, by: task.number) == 0)
            #expect(try await trial.store.removedMemories(by: task.number) == 2)
            try await trial.reopened { trial in
                let (last, store) = (try await trial.delete([all[2]], of: project, 1, by: task.number), trial.store)
                let (removed, others) = (
                    try await store.removedMemories(by: task.number), try await store.removedMemories(by: record.task.number)
                )
                #expect(last == 1 && removed == 3 && others == 0)
            }
        },
        Check("numbers of what was taken out are not given again") { trial in
            let project = try await trial.project()
            let scene = try await Scene(trial, project)
            _ = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: scene.withoutSecond, at: trial.at(8)))
            try await trial.reopened { trial in
                #expect(trial.store.numbering.entity() > scene.cay.number)
                #expect(trial.store.numbering.relationship() > scene.meets.number)
            }
        },
        Check("a deletion and a commit at once: the graph agrees with whoever won") { trial in
            let project = try await trial.project()
            for round in 0..<12 as Range<Int64> {
                let version = try await trial.header(project).version
                let task = try await trial.running(in: project)
                let memory = try #require(task.memory)
                let commit = try trial.commit(task, trial.small(version, "Ada\(round)"))
                let removal = MemoryRemoval(project: project.number, memories: [memory], delta: trial.delta(version), at: trial.at(8))
                async let removed = { () async throws -> Bool in
                    do { return try await trial.store.remove(removal).removed == 1 } catch let error as StoreError
                        where error.code == .staleGraph
                    {
                        return false
                    }
                }()
                async let committed = { () async throws -> Bool in
                    do {
                        try await trial.store.commit(commit).wait()
                        return true
                    } catch let error as StoreError where [.lostRace, .notFound].contains(error.code) { return false }
                }()
                let (didRemove, didCommit) = try await (removed, committed)
                #expect(didRemove != didCommit)
                #expect(try await trial.header(project).version == version + 1)
                #expect(try await trial.task(task.id).status == (didCommit ? .completed : .cancelled))
                let found = try await trial.facts(of: project) { $0.names = ["ada\(round)"] }.names.values.flatMap { $0 }.count
                #expect(found == (didCommit ? 1 : 0))
            }
        },
        Check("a change and a commit at once: the task's end says who won") { trial in
            let project = try await trial.project()
            for _ in 0..<12 {
                let version = try await trial.header(project).version
                let task = try await trial.running(in: project)
                let commit = try trial.commit(task, trial.delta(version))
                let change = MemoryChange(memory: try #require(task.memoryID), content: "new", taskID: trial.newID(), at: trial.at(7))
                async let cancelled = trial.store.revise(change).cancelled
                async let committed = { () async throws -> Bool in
                    do {
                        try await trial.store.commit(commit).wait()
                        return true
                    } catch let error as StoreError where error.code == .lostRace { return false }
                }()
                let (ended, didCommit) = try await (cancelled, committed)
                #expect((ended == nil) == didCommit)
                #expect(try await trial.task(task.id).status == (didCommit ? .completed : .cancelled))
                _ = try await trial.store.cancel(id: change.taskID, at: trial.at(9))
            }
        },
        Check("how the others name an entity and put a relationship is found") { trial in
            let project = try await trial.project()
            let scene = try await Scene(trial, project)
            let (plain, full) = (EntityForm(name: "Ada", type: "Person"), EntityForm(name: "Ada L.", type: "Person", description: "she"))
            let second = try await scene.ask(trial, project, [scene.second.memory], retracted: [full: 2])
            #expect(second.entities == [scene.ada.number: scene.changedAda, EntityNumber(999): nil])
            #expect(second.relationships == [scene.knows.number: scene.changedKnows, RelationshipNumber(999): nil])
            #expect(second.forms == [scene.ada.number: [plain]])
            #expect(second.facts == [scene.knows.number: nil])
            #expect(try await scene.ask(trial, project, [scene.second.memory], retracted: [plain: 2]).forms == [scene.ada.number: nil])
            let first = try await scene.ask(trial, project, [scene.first.memory], retracted: [plain: 1])
            #expect(first.forms == [scene.ada.number: [full]])
            #expect(first.facts == [scene.knows.number: Contribution.Fact("They know each other.", validAt: trial.at(3))])
        }
    ]
}

extension Trial {
    /// Deletes memories that have contributed nothing. Returns how many there were.
    fileprivate func delete(_ memories: [MemoryNumber], of project: ProjectRecord, _ version: Int64, by task: TaskNumber? = nil)
        async throws -> Int
    {
        let removal = MemoryRemoval(project: project.number, memories: memories, task: task, delta: delta(version), at: at(8))
        return try await store.remove(removal).removed
    }
}

/// Two memories that name Ada; the second states again what the first did, and something of its own.
private struct Scene: Sendable {
    let first: Accepted
    let second: Accepted
    let ada: EntityRecord
    let bob: EntityRecord
    let cay: EntityRecord
    let knows: RelationshipRecord
    let meets: RelationshipRecord
    let changedAda: EntityRecord
    let changedKnows: RelationshipRecord
    /// What takes the second out.
    let withoutSecond: GraphDelta

    init(_ trial: Trial, _ project: ProjectRecord) async throws {
        let community = trial.community(members: 2)
        let ada = trial.entity("Ada", degree: 1, community: community.number)
        let bob = trial.entity("Bob", degree: 1, community: community.number)
        let knows = trial.edge(ada, "KNOWS", bob)
        first = try await trial.ingest(
            trial.delta(0) { delta in
                delta.newCommunities = [community]
                delta.newEntities = [ada, bob]
                delta.newNames = [EntityName(key: "n:ada", entity: ada.number), EntityName(key: "n:bob", entity: bob.number)]
                delta.newRelationships = [knows]
                delta.statements = [.init(knows.number)]
                delta.mentions = [
                    .init(entity: ada.number, ranges: [0..<3], forms: [EntityForm(name: "Ada", type: "Person")]),
                    .init(entity: bob.number, ranges: [9..<12], forms: [EntityForm(name: "Bob", type: "Person")])
                ]
                delta.addedWeight = 1
            }, into: project, "first")
        var changedAda = ada
        (changedAda.mentionCount, changedAda.degree) = (2, 2)
        var changedBob = bob
        changedBob.mentionCount = 2
        var changedKnows = knows
        changedKnows.weight = 2
        var grown = community
        (grown.memberCount, grown.totalWeight) = (3, 6)
        let cay = trial.entity("Cay", degree: 1, community: community.number)
        let meets = trial.edge(ada, "MEETS", cay)
        let changed = [changedAda, changedBob]
        let restated = changedKnows
        let larger = grown
        second = try await trial.ingest(
            trial.delta(1) { delta in
                delta.changedCommunities = [larger]
                delta.changedEntities = changed
                delta.newEntities = [cay]
                delta.newNames = [EntityName(key: "n:ada l", entity: ada.number), EntityName(key: "n:cay", entity: cay.number)]
                delta.changedRelationships = [restated]
                delta.newRelationships = [meets]
                delta.statements = [.init(knows.number, fact: .init("They know each other.", validAt: trial.at(3))), .init(meets.number)]
                delta.mentions = [
                    .init(
                        entity: ada.number, ranges: [0..<6], forms: [EntityForm(name: "Ada L.", type: "Person", description: "she")]),
                    .init(entity: bob.number, ranges: [], forms: [EntityForm(name: "Bob", type: "Person")]),
                    .init(entity: cay.number, ranges: [], forms: [EntityForm(name: "Cay", type: "Person")])
                ]
                delta.addedWeight = 2
            }, into: project, "second")
        (self.ada, self.bob, self.cay, self.knows, self.meets) = (ada, bob, cay, knows, meets)
        (self.changedAda, self.changedKnows) = (changedAda, changedKnows)
        let memory = second.memory
        withoutSecond = trial.delta(2) { delta in
            delta.changedCommunities = [community]
            delta.changedEntities = [ada, bob]
            delta.changedRelationships = [knows]
            delta.addedWeight = -2
            var retraction = GraphDelta.Retraction()
            retraction.memories = [memory]
            retraction.entities = [cay.number]
            retraction.names = [EntityName(key: "n:ada l", entity: ada.number), EntityName(key: "n:cay", entity: cay.number)]
            retraction.relationships = [meets.number]
            retraction.unnamed = [ada, bob, cay].map { .init(entity: $0.number, memory: memory) }
            retraction.unstated = [knows, meets].map { .init(relationship: $0.number, memory: memory) }
            delta.retraction = retraction
        }
    }

    /// What a retraction of these memories would ask about Ada and whom she knows.
    func ask(
        _ trial: Trial, _ project: ProjectRecord, _ memories: Set<MemoryNumber>, retracted: [EntityForm: Int64]
    ) async throws -> RetractionFacts {
        var retraction = RetractionNeeds(memories: memories)
        retraction.entities = [ada.number, EntityNumber(999)]
        retraction.relationships = [knows.number, RelationshipNumber(999)]
        retraction.forms = [.init(entity: ada.number, retracted: retracted)]
        retraction.facts = [.init(relationship: knows.number, firstRetracted: memories.min() ?? MemoryNumber(0))]
        let needs = retraction
        return try await trial.facts(of: project) { $0.retraction = needs }.retraction
    }

    /// Expects everything that readers see to be as the first memory alone has made it.
    func expectFirstOnly(_ trial: Trial, _ project: ProjectRecord) async throws {
        let store = trial.store
        #expect(try await trial.header(project) == GraphHeader(version: 3, totalWeight: 1))
        #expect(try await store.entities(EntityQuery(projects: nil), slice: trial.all).elements.map(\.record) == [ada, bob])
        #expect(try await store.entity(id: cay.id) == nil)
        #expect(try await store.entityTypes(projects: nil).map(\.count) == [2])
        let edges = try await store.relationships(of: ada.number, type: nil, limit: 9)
        #expect(edges.total == 1 && edges.elements.map(\.record) == [knows])
        #expect(edges.elements.map(\.memories) == [[first.memoryID]])
        #expect(try await store.memories(naming: ada.number, limit: 9).map(\.id) == [first.memoryID])
        #expect(try await store.mentions(in: first.memory).map(\.name) == ["Ada", "Bob"])
        #expect(try await store.mentions(in: second.memory).isEmpty)
        #expect(try await store.contributions(of: [first.memory, second.memory]).map(\.memory) == [first.memory])
        let community = try #require(ada.community)
        #expect(try await store.members(of: community, slice: trial.all).elements.map(\.record.name) == ["Ada", "Bob"])
        let facts = try await trial.facts(of: project) { needs in
            needs.names = ["n:ada", "n:ada l", "n:cay"]
            needs.relationships = [trial.key(meets), trial.key(knows)]
            needs.neighbourhoods = [ada.number]
        }
        #expect(facts.names == ["n:ada": [ada], "n:ada l": [], "n:cay": []])
        #expect(facts.relationships == [trial.key(meets): nil, trial.key(knows): knows])
        #expect(facts.neighbourhoods == [ada.number: [.init(entity: bob.number, community: community, weight: 1)]])
        let view = try await store.graph(of: project.number, limit: 9)
        #expect(view.entities.count == 2 && view.relationships == [knows] && view.memories.map(\.id) == [first.memoryID])
        #expect(view.mentions.count == 2)
    }
}
