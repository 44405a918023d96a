import Knowledge
import Logging
import Persistence
import Testing

@testable import Actors

@Suite struct HotProjectsTests {
    private func projects(_ limit: HotProjects.Limit, on store: InMemoryStore = InMemoryStore()) -> HotProjects {
        HotProjects(limit: limit) { ProjectGraphActor(project: $0, store: store, logger: Logger(label: "test")) }
    }

    private func lane(_ number: Int, _ priority: TaskPriority = .interactive) -> Lane {
        Lane(project: ProjectNumber(Int64(number)), priority: priority)
    }

    @Test func theLeastRecentlyUsedIdleProjectGoesFirst() {
        var projects = projects(.init(projects: 2, heldItems: 100))
        let first = projects.begin(lane(1)).graph
        projects.end(lane(1).project)
        _ = projects.begin(lane(2))
        projects.end(lane(2).project)
        #expect(projects.begin(lane(1)).graph === first)
        projects.end(lane(1).project)
        _ = projects.begin(lane(3))
        projects.end(lane(3).project)
        #expect(projects.count == 2)
        #expect(projects.begin(lane(1)).graph === first, "2 was used longer ago")
    }

    @Test func aProjectWithTasksStaysAndKeepsCountingTurns() {
        var projects = projects(.init(projects: 1, heldItems: 0))
        let busy = projects.begin(lane(1)).graph
        for number in 2...50 {
            _ = projects.begin(lane(number))
            projects.end(lane(number).project)
        }
        let (graph, turn) = projects.begin(lane(1))
        #expect(graph === busy && turn == 1)
        #expect(projects.begin(lane(1, .bulk)).turn == 0)
        #expect(projects.count <= 2)
    }

    @Test func whatGraphsHoldTogetherIsBounded() async throws {
        let store = InMemoryStore()
        var projects = projects(.init(projects: 100, heldItems: 5), on: store)
        var numbers: [Int] = []
        for name in ["a", "b", "c", "d", "e", "f", "g"] {
            let project = try await store.createProject(
                id: store.numbering.identifier(), name: name, description: nil, at: .init(microseconds: 1))
            let submission = Submission(
                memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: project.number,
                episode: Episode(content: name), authorID: "test", at: .init(microseconds: 1))
            _ = try await store.accept(submission)
            let claim = try #require(
                try await store.claim(Lane(project: project.number, priority: .interactive), limit: 1, at: .init(microseconds: 2)).first)
            let (graph, turn) = projects.begin(Lane(project: project.number, priority: .interactive))
            _ = try await graph.commit(
                Extraction(entities: [ExtractedEntity(name: name, type: "Topic")]), happenedAt: nil, priority: .interactive, turn: turn
            ) { plan in
                EpisodeCommit(
                    guarding: TaskGuard(claim.task), project: project.number, memory: claim.task.memory ?? MemoryNumber(0),
                    delta: plan.delta,
                    ending: TaskEnding(
                        status: .completed, stage: "completed", progress: 100, message: "", timeline: [], at: .init(microseconds: 3)))
            }
            #expect(graph.heldItems > 0)
            projects.end(project.number)
            numbers.append(Int(project.number.rawValue))
        }
        #expect(projects.graphs.reduce(0) { $0 + $1.heldItems } <= 5)
        #expect(projects.count < numbers.count)
    }

    @Test func usingFewProjectsOftenTakesNoMemory() {
        var projects = projects(.init(projects: 3, heldItems: 10))
        for round in 0..<10_000 {
            _ = projects.begin(lane(round % 2))
            projects.end(lane(round % 2).project)
        }
        #expect(projects.count == 2)
        #expect(projects.waitingPlaces < 100)
    }
}
