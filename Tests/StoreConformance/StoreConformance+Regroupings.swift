import Knowledge
import Persistence
import Testing

extension StoreConformance {
    /// Communities found over a whole graph.
    static let regroupings: [Check] = [
        Check("a snapshot has a project's edges, homes and communities, and nobody else's") { trial in
            let project = try await trial.project()
            let other = try await trial.project("Other")
            try await trial.ingest(["a-b", "b-c"], into: project)
            try await trial.ingest(["x-y"], into: other)
            let snapshot = try await trial.store.edges(of: project.number)
            #expect(snapshot.version == 2 && snapshot.edges.count == 2 && snapshot.edges.allSatisfy { $0.weight == 1 })
            let entities = try await trial.store.entities(EntityQuery(projects: [project.number]), slice: trial.all).elements
            #expect(
                snapshot.homes
                    == Dictionary(uniqueKeysWithValues: entities.compactMap { e in e.record.community.map { (e.record.number, $0) } }))
            let communities = try await trial.store.communities(projects: [project.number], minimumMembers: 0, slice: trial.all).elements
            #expect(Set(snapshot.communities.map(\.number)) == Set(communities.map(\.record.number)))
            #expect(snapshot.communities.map(\.number) == snapshot.communities.map(\.number).sorted())
            await trial.refuses(.notFound) { _ = try await trial.store.edges(of: ProjectNumber(999)) }
        },
        Check("a regrouping moves entities, makes and removes communities, and counts a version") { trial in
            let project = try await trial.project()
            try await trial.ingest(["a-b", "c-d"], into: project)
            let before = try await trial.store.edges(of: project.number)
            var regrouping = Regrouping(baseVersion: before.version)
            let number = trial.store.numbering.community()
            let homes = before.homes.sorted { $0.key < $1.key }
            regrouping.new = [
                CommunityRecord(
                    number: number, id: trial.newID(), memberCount: 3, totalWeight: 3, createdAt: trial.at(9), formedAt: trial.at(9))
            ]
            regrouping.moves =
                homes.prefix(3).map { .init(entity: $0.key, community: number) } + [.init(entity: homes[3].key, community: nil)]
            regrouping.removed = before.communities.map(\.number)
            let task = try await trial.rebuild(of: project)
            try await trial.store.regroup(regrouping, in: project.number, ending: TaskGuard(task), as: trial.ending(.completed))
            #expect(try await trial.task(task.id).status == .completed)
            let after = try await trial.store.edges(of: project.number)
            #expect(after.version == before.version + 1 && after.edges == before.edges && after.communities == regrouping.new)
            #expect(after.homes == Dictionary(uniqueKeysWithValues: homes.prefix(3).map { ($0.key, number) }))
            let members = try await trial.store.members(of: number, slice: trial.all)
            #expect(Set(members.elements.map(\.record.number)) == Set(homes.prefix(3).map(\.key)))
            #expect(try await trial.store.communities(projects: [project.number], minimumMembers: 0, slice: trial.all).total == 1)
        },
        Check("a regrouping of another version changes nothing") { trial in
            let project = try await trial.project()
            try await trial.ingest(["a-b"], into: project)
            let before = try await trial.store.edges(of: project.number)
            try await trial.ingest(["b-c"], into: project)
            var regrouping = Regrouping(baseVersion: before.version)
            regrouping.removed = before.communities.map(\.number)
            let now = try await trial.store.edges(of: project.number)
            let task = try await trial.rebuild(of: project)
            let (guarding, ending) = (TaskGuard(task), trial.ending(.completed))
            await trial.refuses(.staleGraph) {
                try await trial.store.regroup(regrouping, in: project.number, ending: guarding, as: ending)
            }
            await trial.refuses(.notFound) {
                try await trial.store.regroup(regrouping, in: ProjectNumber(999), ending: guarding, as: ending)
            }
            #expect(try await trial.store.edges(of: project.number) == now)
            #expect(try await trial.task(task.id) == task)
        },
        Check("a regrouping whose task was cancelled changes nothing") { trial in
            let project = try await trial.project()
            try await trial.ingest(["a-b"], into: project)
            let before = try await trial.store.edges(of: project.number)
            var regrouping = Regrouping(baseVersion: before.version)
            regrouping.removed = before.communities.map(\.number)
            let task = try await trial.rebuild(of: project)
            #expect(try await trial.store.cancel(id: task.id, at: trial.at(9)).didCancel)
            await trial.refuses(.lostRace) {
                try await trial.store.regroup(regrouping, in: project.number, ending: TaskGuard(task), as: trial.ending(.completed))
            }
            #expect(try await trial.store.edges(of: project.number) == before)
            #expect(try await trial.task(task.id).status == .cancelled)
        },
        Check("a task of a type that is under way is not submitted twice, in each project") { trial in
            let project = try await trial.project()
            let other = try await trial.project("Other")
            func submission(_ project: ProjectRecord) -> TaskSubmission {
                TaskSubmission(id: trial.newID(), type: .rebuildCommunities, project: project.number, at: trial.at())
            }
            let first = try await trial.store.submitUnlessUnderWay(submission(project))
            #expect(try await trial.store.submitUnlessUnderWay(submission(project)).id == first.id)
            #expect(try await trial.store.submitUnlessUnderWay(submission(other)).id != first.id)
            let claimed = try await trial.claim(1, of: project)[0]
            #expect(try await trial.store.submitUnlessUnderWay(submission(project)).id == first.id)
            _ = try await trial.store.end(TaskGuard(claimed), trial.ending(.completed))
            #expect(try await trial.store.submitUnlessUnderWay(submission(project)).id != first.id)
        }
    ]
}

extension Trial {
    /// A rebuild that is being processed.
    fileprivate func rebuild(of project: ProjectRecord) async throws -> TaskRecord {
        _ = try await store.submit(TaskSubmission(id: newID(), type: .rebuildCommunities, project: project.number, at: at(3)))
        return try await claim(1, of: project)[0]
    }

    /// Ingests episodes of one edge each, as `a-b`.
    fileprivate func ingest(_ edges: [String], into project: ProjectRecord) async throws {
        for edge in edges {
            let names = edge.split(separator: "-").map(String.init)
            try await accept(submission(to: project.number, edge))
            let task = try await claim(1, of: project)[0]
            var graph = ProjectGraph(header: try await store.graphHeader(of: project.number))
            let extraction = Extraction(
                entities: names.map { ExtractedEntity(name: $0, type: "Topic") },
                relationships: [ExtractedRelationship(source: 0, target: 1, type: "KNOWS", fact: edge)])
            while case let needs = graph.missing(for: extraction), !needs.isEmpty {
                graph.fill(try await store.graphFacts(of: project.number, for: needs))
            }
            let delta = graph.integrate(extraction, at: at(150), happenedAt: nil, numbering: store.numbering, communitiesStage: {})
            let memory = try #require(task.memory)
            try await store.commit(
                EpisodeCommit(guarding: TaskGuard(task), project: project.number, memory: memory, delta: delta, ending: ending(.completed))
            ).wait()
        }
    }
}
