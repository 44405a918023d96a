import Knowledge
import Logging
import Persistence
import Synchronization
import Testing

@testable import Actors

/// Holds up the calls of a store that a test has armed it for, one of each.
private final class Holdup: Sendable {
    private struct State {
        var armed: Set<FaultyStore.ImportCall> = []
        var held: [FaultyStore.ImportCall: CheckedContinuation<Void, Never>] = [:]
        var reads = 0
    }

    private let state = Mutex(State())

    func arm(_ call: FaultyStore.ImportCall) { state.withLock { _ = $0.armed.insert(call) } }

    @Sendable func pass(_ call: FaultyStore.ImportCall) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if call == .haveRead { state.reads += 1 }
                guard state.armed.remove(call) != nil else { return true }
                state.held[call] = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }

    /// Returns once such a call is held.
    func arrival(of call: FaultyStore.ImportCall) async {
        while state.withLock({ $0.held[call] == nil }), !Task.isCancelled { await Task.yield() }
    }

    func release(_ call: FaultyStore.ImportCall) { state.withLock { $0.held.removeValue(forKey: call) }?.resume() }

    /// Returns once another import has been read that nothing else is said of: twice, so that whatever was said before has been looked at.
    func rounds(_ engine: Engine, of other: Identifier) async {
        for _ in 0..<2 {
            let before = state.withLock { $0.reads }
            engine.hub.families.say(other)
            while state.withLock({ $0.reads == before }), !Task.isCancelled { await Task.yield() }
        }
    }
}

/// What the tracker is told while the store is busy with the same import.
@Suite(.timeLimit(.minutes(1))) struct ImportRaceTests {
    private let holdup = Holdup()

    private func engine() -> Engine { Engine(FaultyStore(InMemoryStore(), beforeImports: holdup.pass)) }

    private func submission(_ engine: Engine) async throws -> ImportSubmission {
        ImportSubmission(
            id: engine.store.numbering.identifier(), project: try await engine.store.defaultProject().number, isResumable: true,
            at: TimeSource.system.now())
    }

    private func accept(_ contents: [String], of record: ImportRecord, _ engine: Engine) async throws {
        let lines = contents.enumerated().map { index, content in
            ImportLine(
                number: index + 1,
                content: .memory(
                    Submission(
                        memoryID: engine.store.numbering.identifier(), taskID: engine.store.numbering.identifier(),
                        project: record.task.project, episode: Episode(content: content), authorID: "test", priority: .bulk,
                        at: TimeSource.system.now())))
        }
        let acceptance = try await engine.store.acceptBatch(
            ImportBatch(
                task: record.task.number, lines: lines, base: 0, mark: ImportMark(lines: lines.count, bytes: lines.count), isLast: true,
                at: TimeSource.system.now()))
        for (lane, count) in acceptance.lanes { engine.supervisor.accepted(lane, count: count) }
        engine.hub.families.say(record.task.id)
    }

    /// An import that has failed with the one memory that it has.
    private func failed(_ engine: Engine) async throws -> ImportRecord {
        let record = try await engine.supervisor.imports.begin(submission(engine))
        try await accept(["fail"], of: record, engine)
        #expect(try await engine.transcript(of: record.task.id).last?.task.status == .failed)
        return record
    }

    @Test func anImportIsFollowedThoughSomethingIsSaidOfItWhileItIsBeingMade() async throws {
        let engine = engine()
        try await engine.run {
            let imports = engine.supervisor.imports
            let other = try await imports.begin(submission(engine))
            let submission = try await submission(engine)
            holdup.arm(.begin)
            async let begun = imports.begin(submission)
            await holdup.arrival(of: .begin)
            engine.hub.families.say(submission.id)
            await holdup.rounds(engine, of: other.task.id)
            holdup.release(.begin)
            let record = try await begun
            try #require(engine.hub.running(record.task.id) != nil)
            try await accept([], of: record, engine)
            #expect(try await engine.transcript(of: record.task.id).last?.task.status == .completed)
        }
    }

    @Test func anImportIsFollowedThoughSomethingIsSaidOfItWhileItIsOpenedAgain() async throws {
        let engine = engine()
        try await engine.run {
            let imports = engine.supervisor.imports
            let other = try await imports.begin(submission(engine))
            let record = try await failed(engine)
            let id = record.task.id
            holdup.arm(.reopen)
            async let retried = imports.retry(id) { selection in
                #expect(engine.hub.running(id)?.task.attempt == 2)
                _ = try await engine.store.retryNext(selection, limit: 9, at: TimeSource.system.now())
                engine.supervisor.accepted(Lane(project: record.task.project, priority: .bulk))
            }
            await holdup.arrival(of: .reopen)
            engine.hub.families.say(id)
            await holdup.rounds(engine, of: other.task.id)
            holdup.release(.reopen)
            #expect(try await retried.attempt == 2)
            try #require(try await engine.store.task(id: id)?.status != .processing || engine.hub.running(id) != nil)
            let last = try await engine.transcript(of: id).last?.task
            #expect(last?.status == .failed && last?.attempt == 2)
        }
    }

    @Test func whatWasReadBeforeARetryEndsNothing() async throws {
        let engine = engine()
        try await engine.run {
            let imports = engine.supervisor.imports
            let other = try await imports.begin(submission(engine))
            let record = try await imports.begin(submission(engine))
            let id = record.task.id
            try await accept(["hold"], of: record, engine)
            let child = try #require(try await engine.store.tasks(TaskQuery(projects: nil, parent: id), slice: Slice(limit: 1)).first)
            try await engine.transcript(of: child.id) { $0.task.stage == "extract" }
            holdup.arm(.read)
            engine.hub.families.say(id)
            await holdup.arrival(of: .read)
            #expect(try await imports.cancel(id)?.didCancel == true)
            // What is read now is the end; before anybody has heard of it, it is over.
            holdup.arm(.haveRead)
            holdup.release(.read)
            await holdup.arrival(of: .haveRead)
            while try await engine.store.unfinishedImports().contains(where: { $0.task.id == id }), !Task.isCancelled { await Task.yield() }
            _ = try await imports.retry(id) { selection in
                // The late news comes while this retry holds the import.
                holdup.release(.haveRead)
                engine.hub.families.say(id)
                await holdup.rounds(engine, of: other.task.id)
                try #require(engine.hub.running(id)?.task.attempt == 2)
                _ = try await engine.store.retryNext(selection, limit: 9, at: TimeSource.system.now())
                engine.supervisor.accepted(Lane(project: record.task.project, priority: .bulk))
            }
            engine.extractor.release()
            #expect(try await engine.transcript(of: id).last?.task.status == .completed)
        }
    }

    /// The first retry is overtaken by a cancel and a second one, and ends while that holds the import.
    @Test func aRetryLetsGoOfItsOwnHoldAlone() async throws {
        let engine = engine()
        try await engine.run {
            let imports = engine.supervisor.imports
            let other = try await imports.begin(submission(engine))
            let record = try await failed(engine)
            let id = record.task.id
            let first = Turnpike(), second = Turnpike()
            async let one = imports.retry(id) { _ in await first.pass() }
            await first.arrival()
            #expect(try await imports.cancel(id)?.didCancel == true)
            while try await engine.store.unfinishedImports().contains(where: { $0.task.id == id }), !Task.isCancelled { await Task.yield() }
            async let two = imports.retry(id) { _ in await second.pass() }
            await second.arrival()
            first.open()
            _ = try await one
            engine.hub.families.say(id)
            await holdup.rounds(engine, of: other.task.id)
            #expect(try await engine.store.task(id: id)?.status == .processing, "the second retry holds it")
            second.open()
            _ = try await two
            #expect(try await engine.transcript(of: id).last?.task.attempt == 3)
        }
    }

    @Test func anImportIsClosedThoughWhoAsksForItIsCancelled() async throws {
        let store = FaultyStore(InMemoryStore(), beforeImports: { call in if call == .read { try Task.checkCancellation() } })
        let tracker = ImportTracker(
            store: store, hub: ProgressHub(outlets: 1), time: .system, clock: InstantClock(), logger: Logger(label: "test"))
        let record = try await tracker.begin(
            ImportSubmission(
                id: store.numbering.identifier(), project: try await store.defaultProject().number, isResumable: false,
                at: TimeSource.system.now()))
        let request = Task {
            while !Task.isCancelled { await Task.yield() }
            await tracker.close(record.task.id, because: "the connection ended")
        }
        request.cancel()
        await request.value
        #expect(try await store.base.importRecord(of: record.task.id)?.state == .closed)
    }

    @Test func nobodyUploadsWhatIsBeingClosedAsAbandoned() async throws {
        let store = FaultyStore(InMemoryStore(), beforeImports: holdup.pass)
        let now = Mutex(Timestamp(microseconds: 1_000_000))
        let tracker = ImportTracker(
            store: store, hub: ProgressHub(outlets: 1), time: TimeSource { now.withLock { $0 } }, clock: InstantClock(),
            logger: Logger(label: "test"))
        let project = try await store.defaultProject().number
        var ids: [Identifier] = []
        for _ in 0..<2 {
            let submission = ImportSubmission(
                id: store.numbering.identifier(), project: project, isResumable: true, at: now.withLock { $0 })
            ids.append(try await tracker.begin(submission).task.id)
        }
        now.withLock { $0 = $0.advanced(bySeconds: ImportTracker.patience + 1) }
        holdup.arm(.read)
        async let closed: Void = tracker.closeAbandoned()
        await holdup.arrival(of: .read)
        // One of them is being closed, the other's file comes after all.
        var begun: [Identifier] = []
        for id in ids where await tracker.beginUpload(of: id) { begun.append(id) }
        holdup.release(.read)
        await closed
        #expect(begun.count == 1)
        for id in ids { #expect(try await store.importRecord(of: id)?.state == (begun.contains(id) ? .open : .closed)) }
    }
}

/// Holds whoever passes until it is opened.
private final class Turnpike: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func arrival() async { while state.withLock({ $0.waiting.isEmpty && !$0.isOpen }), !Task.isCancelled { await Task.yield() } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
