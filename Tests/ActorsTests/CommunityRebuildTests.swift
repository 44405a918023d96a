import Knowledge
import Logging
import Persistence
import Testing

@testable import Actors

@Suite struct CommunityRebuildTests {
    private func engine(_ store: any Store = InMemoryStore()) -> Engine {
        Engine(store, chores: [.rebuildCommunities: CommunityRebuild(store: store, executor: DedicatedExecutor("test"))])
    }

    private func rebuild(on engine: Engine) async throws -> Identifier {
        let project = try await engine.store.defaultProject()
        let id = engine.store.numbering.identifier()
        let task = try await engine.store.submitUnlessUnderWay(
            TaskSubmission(id: id, type: .rebuildCommunities, project: project.number, at: TimeSource.system.now()))
        engine.supervisor.accepted(Lane(project: project.number, priority: .interactive))
        return task.id
    }

    @Test func aRebuildShowsItsStagesAndIngestionGoesOnAfterIt() async throws {
        let engine = engine()
        try await engine.run {
            for number in 0..<10 {
                let task = try await engine.submit("centre\(number % 2) leaf\(number)")
                try await engine.transcript(of: task)
            }
            let shown = try await engine.transcript(of: rebuild(on: engine))
            let last = try #require(shown.last?.task)
            #expect(last.status == .completed && last.message == "Community rebuild completed")
            #expect(
                last.timeline.map(\.message) == [
                    "Removing existing communities...", "Detecting communities...", "Found 2 communities...",
                    "Saving community relationships...",
                    "Calculating member counts..."
                ])
            #expect(last.result?["communities_count"] == 2 && last.result?["edges_count"] == 10)
            let project = try await engine.store.defaultProject()
            let communities = try await engine.store.communities(projects: [project.number], minimumMembers: 0, slice: Slice(limit: 9))
            #expect(communities.elements.map(\.record.memberCount) == [6, 6])
            let next = try await engine.submit("centre0 another")
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            #expect(try await engine.store.graphHeader(of: project.number).version == 12)
        }
    }

    /// Episodes land all the time: the rebuild gets its turn all the same, and both are right afterwards.
    @Test(.timeLimit(.minutes(1))) func aRebuildComesToAnEndBesideIngestion() async throws {
        let engine = engine()
        try await engine.run {
            var tasks: [Identifier] = []
            for number in 0..<60 {
                tasks.append(try await engine.submit("centre\(number % 5) leaf\(number)"))
                if number % 20 == 10 { tasks.append(try await rebuild(on: engine)) }
            }
            for task in Set(tasks) { #expect(try await engine.transcript(of: task).last?.task.status == .completed) }
            #expect(try await engine.transcript(of: rebuild(on: engine)).last?.task.result?["edges_count"] == 60)
            let snapshot = try await engine.store.edges(of: engine.store.defaultProject().number)
            #expect(snapshot.communities.reduce(0) { $0 + $1.memberCount } == snapshot.homes.count)
            #expect(snapshot.communities.reduce(0) { $0 + $1.totalWeight } == 2 * snapshot.edges.reduce(0) { $0 + $1.weight })
        }
    }

    @Test func aProjectThatWasDeletedFailsItsRebuild() async throws {
        let store = InMemoryStore()
        let chore = CommunityRebuild(store: store, executor: DedicatedExecutor("test"))
        let project = try await store.createProject(
            id: store.numbering.identifier(), name: "gone", description: nil, at: TimeSource.system.now())
        let task = try await store.submit(
            TaskSubmission(
                id: store.numbering.identifier(), type: .rebuildCommunities, project: project.number, at: TimeSource.system.now()))
        try await store.deleteProject(id: project.id)
        let graph = ProjectGraphActor(project: project.number, store: store, logger: Logger(label: "test"))
        let run = ChoreRun(task: task, graph: graph, report: { _ in }, ending: { _ in nil })
        await #expect(throws: StoreError.self) { _ = try await chore.run(run) }
    }

    /// However often the graph has moved on when the communities are to be applied: at last ingestion waits.
    @Test(.timeLimit(.minutes(1))) func aRebuildThatLosesEveryRaceHoldsIngestionUp() async throws {
        let store = InMemoryStore()
        let project = try await store.defaultProject()
        let numbering = store.numbering
        let engine = engine(
            FaultyStore(
                store,
                beforeRegrouping: { base, attempt in
                    // Whoever else writes to the graph: here another regrouping that changes nothing but the version.
                    guard attempt <= 3 else { return }
                    let other = try await base.submit(
                        TaskSubmission(
                            id: numbering.identifier(), type: .rebuildCommunities, project: project.number, priority: .bulk,
                            at: .init(microseconds: 1)))
                    let claim = try await base.claim(Lane(project: other.project, priority: .bulk), limit: 1, at: .init(microseconds: 2))
                    let ending = TaskEnding(
                        status: .completed, stage: "completed", progress: 100, message: "", timeline: [], at: .init(microseconds: 3))
                    let version = try await base.graphHeader(of: project.number).version
                    try await base.regroup(
                        Regrouping(baseVersion: version), in: project.number, ending: TaskGuard(claim[0].task), as: ending)
                }))
        try await engine.run {
            try await engine.transcript(of: engine.submit("one two"))
            #expect(try await engine.transcript(of: rebuild(on: engine)).last?.task.status == .completed)
            #expect(try await store.graphHeader(of: project.number).version == 5)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aRebuildCancelledBeforeItsCommitLeavesNothing() async throws {
        let store = InMemoryStore()
        let project = try await store.defaultProject()
        let faulty = FaultyStore(
            store,
            beforeRegrouping: { base, _ in
                for task in try await base.tasks(
                    TaskQuery(projects: nil, status: .processing, type: .rebuildCommunities), slice: Slice(limit: 9))
                {
                    _ = try await base.cancel(id: task.id, at: .init(microseconds: 5))
                }
            })
        let engine = engine(faulty)
        try await engine.run {
            for number in 0..<4 { try await engine.transcript(of: engine.submit("centre leaf\(number)")) }
            let before = try await store.edges(of: project.number)
            #expect(try await engine.transcript(of: rebuild(on: engine)).last?.task.status == .cancelled)
            #expect(try await store.edges(of: project.number) == before)
        }
    }
}
