import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

@Suite struct IngestionSupervisorTests {
    @Test func everyStageIsShownInOrderAndTheReceiptComesLast() async throws {
        let engine = Engine()
        try await engine.run {
            let blocker = try await engine.submit("hold")
            let task = try await engine.submit("parts one two")
            async let transcript = engine.transcript(of: task)
            _ = try await engine.transcript(of: blocker) { $0.task.stage == "extract" }
            engine.extractor.release()
            let shown = try await transcript
            #expect(shown.last?.task.status == .completed)
            #expect(shown.last?.task.result?["entities_created"] == 3)
            #expect(shown.last?.task.timeline.map(\.stage) == ["start", "load_schema", "extract", "sync_schema", "update_communities"])
            #expect(shown.map(\.task.progress) == shown.map(\.task.progress).sorted())
            #expect(shown.map(\.id) == shown.map(\.id).sorted())
        }
    }

    @Test func commitsComeInTheOrderOfSubmissionHoweverLongExtractionTakes() async throws {
        let store = FaultyStore(InMemoryStore())
        let engine = Engine(store)
        try await engine.run {
            let first = try await engine.submit("hold back")
            var later: [Identifier] = []
            for number in 0..<20 { later.append(try await engine.submit("word\(number)")) }
            // The others are extracted and wait behind the head.
            for task in later.prefix(5) { try await engine.transcript(of: task) { $0.task.stage == "extract" } }
            #expect(store.commits.isEmpty)
            engine.extractor.release()
            for task in [first] + later { #expect(try await engine.transcript(of: task).last?.task.status == .completed) }
            #expect(store.commits == store.commits.sorted() && store.commits.count == 21)
        }
    }

    @Test func cancellingARunningTaskInterruptsItAndTheLaneGoesOn() async throws {
        let engine = Engine()
        try await engine.run {
            let held = try await engine.submit("hold this")
            let next = try await engine.submit("that")
            try await engine.transcript(of: held) { $0.task.stage == "extract" }
            let (task, didCancel) = try await engine.supervisor.cancel(held)
            #expect(didCancel && task.status == .cancelled)
            #expect(try await engine.transcript(of: held).last?.task.status == .cancelled)
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            #expect(engine.extractor.cancellations == 1)
            #expect(try await engine.supervisor.cancel(held).didCancel == false)
            let names = try await engine.store.entities(EntityQuery(projects: nil), slice: Slice(limit: 10)).elements.map(\.record.name)
            #expect(names == ["that"], "a cancelled task leaves nothing in the graph")
        }
    }

    /// Whoever watches hears of an end that somebody else stored, though the store can't be read at first.
    @Test(.timeLimit(.minutes(1))) func anEndByOthersIsShownOnceTheStoreCanBeRead() async throws {
        let memory = InMemoryStore()
        let engine = Engine(FaultyStore(memory, readFaults: 3))
        try await engine.run {
            let task = try await engine.submit("hold")
            _ = engine.hub.watch(task, outlet: 63)
            var arrivals = engine.hub.outlets[63].arrivals.makeAsyncIterator()
            var last: TaskUpdate?
            while last?.task.stage != "extract" {
                _ = await arrivals.next()
                last = engine.hub.outlets[63].take().last ?? last
            }
            _ = try await memory.cancel(id: task, at: TimeSource.system.now())
            engine.extractor.release()
            while last?.task.status.isTerminal == false, await arrivals.next() != nil {
                last = engine.hub.outlets[63].take().last ?? last
            }
            #expect(last?.task.status == .cancelled)
        }
    }

    @Test func cancellingAWaitingTaskIsShownAndItNeverRuns() async throws {
        let engine = Engine(workers: 1)
        try await engine.run {
            let held = try await engine.submit("hold")
            let waiting = try await engine.submit("waiting")
            try await engine.transcript(of: held) { $0.task.stage == "extract" }
            async let transcript = engine.transcript(of: waiting)
            #expect(try await engine.supervisor.cancel(waiting).didCancel)
            #expect(try await transcript.last?.task.status == .cancelled)
            engine.extractor.release()
            try await engine.transcript(of: held)
            #expect(engine.extractor.order == ["hold"])
        }
    }

    @Test func aFailureIsShownWithItsReasonAndTheLaneGoesOn() async throws {
        let engine = Engine()
        try await engine.run {
            let failing = try await engine.submit("fail")
            let next = try await engine.submit("next")
            let end = try #require(try await engine.transcript(of: failing).last)
            #expect(end.task.status == .failed && end.task.error == "It was asked to fail.")
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
        }
    }

    @Test func attemptsAreCountedAndEndAtTheLimit() async throws {
        let engine = Engine()
        try await engine.run {
            let lucky = try await engine.submit("flaky 2")
            let unlucky = try await engine.submit("flaky 9")
            let completed = try #require(try await engine.transcript(of: lucky).last)
            #expect(completed.task.status == .completed && completed.task.attempt == 3)
            let failed = try #require(try await engine.transcript(of: unlucky).last)
            #expect(failed.task.status == .failed && failed.task.attempt == 5)
        }
    }

    @Test func aShutdownGivesBackWhatItInterruptsAndTheNextStartGoesOn() async throws {
        let memory = InMemoryStore()
        let first = Engine(memory, workers: 2, grace: .zero)
        var tasks: [Identifier] = []
        try await first.run {
            for number in 0..<40 { tasks.append(try await first.submit("hold \(number)")) }
            try await first.transcript(of: tasks[0]) { $0.task.stage == "extract" }
        }
        for task in tasks {
            let record = try #require(try await memory.task(id: task))
            #expect(record.status == .pending && record.attempt == 0, "an orderly end costs no attempt")
        }
        let second = Engine(InMemoryStore(reopening: memory))
        second.extractor.release()
        try await second.run {
            for task in tasks {
                let last = try await second.transcript(of: task).last
                #expect(last?.task.status == .completed)
            }
            #expect(second.extractor.order.count == tasks.count)
        }
    }

    @Test func whatAKilledProcessLeftGoesOn() async throws {
        let memory = InMemoryStore()
        let submitting = Engine(memory)
        let task = try await submitting.submit("word")
        let project = try await memory.defaultProject().number
        _ = try await memory.claim(Lane(project: project, priority: .interactive), limit: 1, at: TimeSource.system.now())
        let engine = Engine(InMemoryStore(reopening: memory))
        try await engine.run {
            let shown = try await engine.transcript(of: task)
            #expect(shown.last?.task.status == .completed && shown.last?.task.attempt == 2)
        }
    }

    /// A store that refuses commits now and then, for the reasons that stores have: nothing is lost, nothing is doubled, the order
    /// is kept, and the graph is that of a store which never failed.
    @Test(arguments: 0..<10)
    func commitsSurviveAStoreThatFailsNowAndThen(seed: UInt64) async throws {
        let contents = (0..<60).map { "anchor word\($0 % 7) word\($0 % 11)" }
        let calm = InMemoryStore()
        try await ingest(contents, into: Engine(calm))

        let random = Mutex(SplitMix64(seed: seed))
        let stormy = InMemoryStore()
        let faulty = FaultyStore(stormy) { _ in
            random.withLock { random in
                switch Int.random(in: 0..<6, using: &random) {
                case 0: StoreError(.full, "The disk is full.")
                case 1: StoreError(.unavailable, "The disk failed.")
                case 2: StoreError(.staleGraph, "The graph has moved on.")
                default: nil
                }
            }
        }
        try await ingest(contents, into: Engine(faulty))
        #expect(faulty.commits == faulty.commits.sorted() && faulty.commits.count == contents.count)
        #expect(try await picture(of: stormy) == picture(of: calm))
    }

    private func ingest(_ contents: [String], into engine: Engine) async throws {
        try await engine.run {
            var last: Identifier?
            for content in contents { last = try await engine.submit(content) }
            #expect(try await engine.transcript(of: try #require(last)).last?.task.status == .completed)
        }
    }

    /// The graph by names.
    private func picture(of store: InMemoryStore) async throws -> [String] {
        let entities = try await store.entities(EntityQuery(projects: nil), slice: Slice(limit: 1000)).elements
        var lines = entities.map { "\($0.record.name) \($0.record.mentionCount) \($0.record.degree)" }
        for entity in entities {
            for edge in try await store.relationships(of: entity.record.number, type: nil, limit: 1000).elements where edge.isOutgoing {
                lines.append("\(entity.record.name) \(edge.record.type) \(edge.other.name) \(edge.record.weight)")
            }
        }
        for community in try await store.communities(projects: nil, minimumMembers: 0, slice: Slice(limit: 1000)).elements {
            let members = try await store.members(of: community.record.number, slice: Slice(limit: 1000)).elements
            lines.append("community " + members.map(\.record.name).sorted().joined(separator: " "))
        }
        return lines.sorted()
    }
}
