import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

@Suite(.timeLimit(.minutes(1))) struct VersionsTests {
    // MARK: While a task is at work

    @Test func aChangeInterruptsTheExtractionOfTheOlderVersion() async throws {
        let engine = Engine()
        try await engine.run {
            let old = try await engine.submit("hold secret")
            try await engine.transcript(of: old) { $0.task.stage == "extract" }
            async let shown = engine.transcript(of: old)
            let revision = try await engine.revise(engine.memory(of: old), "new words")
            #expect(revision.cancelled?.id == old)
            let end = try await shown.last?.task
            #expect(end?.status == .cancelled && end?.message == "Superseded by version 2" && end?.progress == 30)
            #expect(try await engine.transcript(of: revision.memory.taskID).last?.task.status == .completed)
            #expect(engine.extractor.cancellations == 1)
            #expect(try await engine.names() == ["new", "words"])
        }
    }

    @Test func aDeletionInterruptsTheExtraction() async throws {
        let engine = Engine()
        try await engine.run {
            let task = try await engine.submit("hold secret")
            let next = try await engine.submit("next")
            try await engine.transcript(of: task) { $0.task.stage == "extract" }
            async let shown = engine.transcript(of: task)
            let outcome = try await engine.supervisor.remove(engine.memory(of: task))
            #expect(outcome.removed == 1 && outcome.cancelled.map(\.id) == [task])
            let end = try await shown.last?.task
            #expect(end?.status == .cancelled && end?.message == "The memory was deleted" && end?.memoryID == nil)
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            #expect(engine.extractor.cancellations == 1)
            #expect(try await engine.names() == ["next"])
        }
    }

    /// Extracted, and waiting behind the head of the lane.
    @Test(arguments: [true, false]) func whoWaitsForTheLaneIsEndedToo(isDeletion: Bool) async throws {
        let engine = Engine()
        try await engine.run {
            let head = try await engine.submit("hold head")
            let task = try await engine.submit("secret")
            let next = try await engine.submit("next")
            for task in [task, next] { try await engine.transcript(of: task) { $0.task.stage == "extract" } }
            if isDeletion {
                _ = try await engine.supervisor.remove(engine.memory(of: task))
            } else {
                let revision = try await engine.revise(engine.memory(of: task), "new")
                engine.extractor.release()
                try await engine.transcript(of: revision.memory.taskID)
            }
            #expect(try await engine.transcript(of: task).last?.task.status == .cancelled)
            engine.extractor.release()
            for task in [head, next] { #expect(try await engine.transcript(of: task).last?.task.status == .completed) }
            #expect(try await engine.names() == (isDeletion ? ["head", "hold", "next"] : ["head", "hold", "new", "next"]))
        }
    }

    /// Its commit has been tried, and is tried again and again because the disk is full.
    @Test(arguments: [true, false]) func whoseCommitIsUnderWayIsEndedToo(isDeletion: Bool) async throws {
        let isFull = Atomic(true)
        let tried = AsyncStream.makeStream(of: Void.self)
        let store = FaultyStore(InMemoryStore()) { _ in
            tried.continuation.yield()
            return isFull.load(ordering: .relaxed) ? StoreError(.full, "The disk is full.") : nil
        }
        let engine = Engine(store)
        try await engine.run {
            let task = try await engine.submit("secret")
            for await _ in tried.stream { break }
            let memory = try await engine.memory(of: task)
            if isDeletion {
                #expect(try await engine.supervisor.remove(memory).removed == 1)
                isFull.store(false, ordering: .relaxed)
                #expect(try await engine.transcript(of: task).last?.task.status == .cancelled)
                let next = try await engine.submit("next")
                #expect(try await engine.transcript(of: next).last?.task.status == .completed)
                #expect(try await engine.names() == ["next"])
            } else {
                let revision = try await engine.revise(memory, "new")
                isFull.store(false, ordering: .relaxed)
                #expect(try await engine.transcript(of: task).last?.task.status == .cancelled)
                #expect(try await engine.transcript(of: revision.memory.taskID).last?.task.status == .completed)
                #expect(try await engine.names() == ["new"])
            }
        }
    }

    @Test(arguments: [true, false]) func whoPausesBeforeAnotherAttemptIsEndedToo(isDeletion: Bool) async throws {
        let engine = Engine(clock: FrozenClock())
        try await engine.run {
            let task = try await engine.submit("flaky 1 secret")
            try await engine.transcript(of: task) { $0.task.message.hasPrefix("Waiting to try again") }
            if isDeletion {
                _ = try await engine.supervisor.remove(engine.memory(of: task))
                #expect(try await engine.names() == [])
            } else {
                let revision = try await engine.revise(engine.memory(of: task), "new")
                #expect(try await engine.transcript(of: revision.memory.taskID).last?.task.status == .completed)
                #expect(try await engine.names() == ["new"])
            }
            let end = try await engine.transcript(of: task).last?.task
            #expect(end?.status == .cancelled)
        }
    }

    // MARK: When it is done

    @Test func whatOnlyTheOlderVersionSaidIsGone() async throws {
        let engine = Engine()
        try await engine.run {
            let other = try await engine.submit("shared other")
            let old = try await engine.submit("shared secret other")
            for task in [other, old] { try await engine.transcript(of: task) }
            let memory = try await engine.memory(of: old)
            let revision = try await engine.revise(memory, "shared news")
            let receipt = try await engine.transcript(of: revision.memory.taskID).last?.task.result
            #expect(receipt?["entities_removed"] == 1 && receipt?["relationships_removed"] == 1 && receipt?["entities_created"] == 1)
            #expect(try await engine.names() == ["news", "other", "shared"])
            #expect(try await engine.facts() == ["shared news", "shared other"])
            _ = try await engine.supervisor.remove(engine.memory(of: other))
            #expect(try await engine.names() == ["news", "shared"])
            _ = try await engine.supervisor.remove(revision.memory)
            #expect(try await engine.names() == [])
            let header = try await engine.store.graphHeader(of: memory.project)
            #expect(header.totalWeight == 0)
        }
    }

    @Test func manyVersionsInARowLeaveTheLast() async throws {
        let engine = Engine(workers: 2)
        try await engine.run {
            let first = try await engine.submit("word0 shared")
            let memory = try await engine.memory(of: first)
            var last = memory
            for version in 1...30 { last = try await engine.revise(memory, "word\(version) shared").memory }
            #expect(last.version == 31)
            #expect(try await engine.transcript(of: last.taskID).last?.task.status == .completed)
            #expect(try await engine.names() == ["shared", "word30"])
            let tasks = try await engine.store.tasks(TaskQuery(projects: nil, entity: memory.id), slice: Slice(limit: 100))
            #expect(tasks.count == 31)
            #expect(tasks.allSatisfy { $0.status == .completed || $0.message.hasPrefix("Superseded by version") })
        }
    }

    @Test func aTaskOfAnOlderVersionIsNotRetried() async throws {
        let engine = Engine()
        try await engine.run {
            let old = try await engine.submit("fail secret")
            try await engine.transcript(of: old)
            let revision = try await engine.revise(engine.memory(of: old), "new")
            try await engine.transcript(of: revision.memory.taskID)
            await #expect(throws: StoreError.self) { _ = try await engine.store.retry(id: old, at: TimeSource.system.now()) }
            #expect(try await engine.names() == ["new"])
        }
    }

    /// Memories come, change and go from many sides at once; by names the graph then is that of an engine that only heard the last of each.
    @Test(arguments: 1...4) func manySidesAtOnce(seed: UInt64) async throws {
        let engine = Engine()
        var random = SplitMix64(seed: seed)
        let words = (0..<12).map { "w\($0)" }
        func content() -> String {
            (0..<Int.random(in: 1...4, using: &random)).map { _ in words[Int.random(in: 0..<12, using: &random)] }.joined(separator: " ")
        }
        let contents = (0..<40).map { _ in content() }
        let changes = (0..<40).map { index in (index: index, content: Int.random(in: 0..<3, using: &random) == 0 ? nil : content()) }
        try await engine.run {
            var memories: [MemoryRecord] = []
            for content in contents { memories.append(try await engine.memory(of: try await engine.submit(content))) }
            let submitted = memories
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, content) in changes where index % 2 == 0 {
                    group.addTask {
                        if let content {
                            _ = try await engine.revise(submitted[index], content)
                        } else {
                            _ = try await engine.supervisor.remove(submitted[index])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let left = try await engine.store.memories(MemoryQuery(projects: nil), slice: Slice(limit: 100)).elements
            for memory in left { #expect(try await engine.transcript(of: memory.taskID).last?.task.status == .completed) }
            let fresh = Engine()
            try await fresh.run {
                for memory in left.reversed() { try await fresh.transcript(of: try await fresh.submit(memory.episode.content)) }
                #expect(try await fresh.names() == engine.names())
                #expect(try await fresh.edges() == engine.edges())
            }
        }
    }
}

extension Engine {
    fileprivate func memory(of task: Identifier) async throws -> MemoryRecord {
        let id = try #require(await store.task(id: task)?.memoryID)
        return try #require(await store.memory(id: id))
    }

    fileprivate func revise(_ memory: MemoryRecord, _ content: String) async throws -> Revision {
        try await supervisor.revise(
            MemoryChange(memory: memory.id, content: content, taskID: store.numbering.identifier(), at: TimeSource.system.now()))
    }

    private var entities: [EntityView] {
        get async throws { try await store.entities(EntityQuery(projects: nil), slice: Slice(limit: 1000)).elements }
    }

    fileprivate func names() async throws -> [String] { try await entities.map(\.record.name).sorted() }

    fileprivate func facts() async throws -> [String] {
        var facts: Set<String> = []
        for entity in try await entities {
            facts.formUnion(try await store.relationships(of: entity.record.number, type: nil, limit: 1000).elements.map(\.record.fact))
        }
        return facts.sorted()
    }

    /// Every edge by names, with its weight and the counts of its ends.
    fileprivate func edges() async throws -> [String] {
        var edges: [String] = []
        for entity in try await entities {
            let record = entity.record
            for edge in try await store.relationships(of: record.number, type: nil, limit: 1000).elements where edge.isOutgoing {
                edges.append("\(record.name) \(record.mentionCount) \(record.degree) → \(edge.other.name) \(edge.record.weight)")
            }
        }
        return edges.sorted()
    }
}

/// A clock on which whoever sleeps sleeps until it is cancelled.
struct FrozenClock: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await ContinuousClock().sleep(for: .seconds(3600))
    }
}
