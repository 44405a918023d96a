import Knowledge
import Logging
import Persistence
import Synchronization
import Testing

@testable import Actors

@Suite(.timeLimit(.minutes(1))) struct ImportTrackerTests {
    /// A batch that holds a whole file.
    private func batch(_ record: ImportRecord, _ contents: [String], isLast: Bool = true, _ store: any Store) -> ImportBatch {
        let lines = contents.enumerated().map { index, content in
            ImportLine(
                number: record.mark.lines + index + 1,
                content: .memory(
                    Submission(
                        memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: record.task.project,
                        episode: Episode(content: content), authorID: "test", priority: .bulk, at: TimeSource.system.now())))
        }
        let count = record.mark.lines + lines.count
        return ImportBatch(
            task: record.task.number, lines: lines, base: record.mark.bytes, mark: ImportMark(lines: count, bytes: count, digest: []),
            isLast: isLast, at: TimeSource.system.now())
    }

    private func begin(_ engine: Engine, isResumable: Bool = false) async throws -> ImportRecord {
        let project = try await engine.store.defaultProject()
        return try await engine.supervisor.imports.begin(
            ImportSubmission(
                id: engine.store.numbering.identifier(), project: project.number, isResumable: isResumable, at: TimeSource.system.now()))
    }

    private func accept(_ batch: ImportBatch, _ engine: Engine) async throws -> ImportRecord {
        let acceptance = try await engine.store.acceptBatch(batch)
        for (lane, count) in acceptance.lanes { engine.supervisor.accepted(lane, count: count) }
        engine.hub.families.say(acceptance.record.task.id)
        return acceptance.record
    }

    @Test func anImportEndsWithItsChildrenAndSaysWhatTheyBrought() async throws {
        let engine = Engine()
        try await engine.run {
            let record = try await begin(engine)
            _ = try await accept(batch(record, ["one two", "three", "fail now"], engine.store), engine)
            let shown = try await engine.transcript(of: record.task.id)
            let last = try #require(shown.last?.task)
            #expect(last.status == .failed && last.result?["completed"] == 2 && last.result?["failed"] == 1)
            #expect(last.result?["entities_created"] == 3)
            #expect(last.result?["failures"]?.array?.first?["error"] == "It was asked to fail.")
            #expect(last.result?["failures"]?.array?.first?["line"] == 3)
            #expect(shown.map(\.task.progress) == shown.map(\.task.progress).sorted())
            #expect(try await engine.store.task(id: record.task.id) == last)
            #expect(engine.hub.running(record.task.id) == nil)
        }
    }

    @Test func aRepeatedIdempotencyKeyFindsTheImportAndFollowsNoOther() async throws {
        let engine = Engine()
        try await engine.run {
            let project = try await engine.store.defaultProject()
            func begin() async throws -> ImportRecord {
                try await engine.supervisor.imports.begin(
                    ImportSubmission(
                        id: engine.store.numbering.identifier(), project: project.number, isResumable: true, at: TimeSource.system.now(),
                        idempotency: .init(scope: "s", key: "k", fingerprint: [1], answer: [])))
            }
            let first = try await begin()
            let second = try await begin()
            #expect(second.task.id == first.task.id)
            _ = try await accept(batch(first, ["one"], engine.store), engine)
            #expect(try await engine.transcript(of: first.task.id).last?.task.status == .completed)
            #expect(try await begin().task.status == .completed)
        }
    }

    @Test func anEmptyFileIsAnImportOfNothing() async throws {
        let engine = Engine()
        try await engine.run {
            let record = try await begin(engine)
            _ = try await accept(batch(record, [], engine.store), engine)
            let last = try #require(try await engine.transcript(of: record.task.id).last?.task)
            #expect(last.status == .completed && last.result?["warning"]?.string?.contains("no memories") == true)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aCancelReachesWhatRunsAndWhatWaits() async throws {
        let engine = Engine(workers: 2)
        try await engine.run {
            let record = try await begin(engine)
            let open = try await accept(
                batch(record, ["hold a", "hold b"] + (0..<700).map { "word\($0)" }, isLast: false, engine.store), engine)
            let children = try await engine.store.tasks(TaskQuery(projects: nil, parent: record.task.id), slice: Slice(limit: 1000))
            let running = Array(children.suffix(2))
            for task in running { try await engine.transcript(of: task.id) { $0.task.stage == "extract" } }
            let (task, didCancel) = try await engine.supervisor.cancel(record.task.id)
            #expect(didCancel && task.status == .cancelled)
            #expect(task.result?["accepted"] == 702 && task.result?["completed"] == 0 && task.result?["cancelled"] == 702)
            #expect(try await engine.transcript(of: record.task.id).last?.task.status == .cancelled)
            for task in running { #expect(try await engine.transcript(of: task.id).last?.task.status == .cancelled) }
            for task in children.prefix(20) { #expect(try await engine.transcript(of: task.id).last?.task.status == .cancelled) }
            while engine.extractor.cancellations < 2 { await Task.yield() }
            #expect(engine.extractor.order.allSatisfy { $0.hasPrefix("hold") }, "nothing new was begun")
            let late = batch(open, ["late"], engine.store)
            await #expect(throws: StoreError.self) { _ = try await engine.store.acceptBatch(late) }
            #expect(try await engine.supervisor.cancel(record.task.id).didCancel == false)
            // What comes after it in the lane goes on.
            let next = try await engine.submit("next", priority: .bulk)
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
        }
    }

    @Test func aStartGoesOnWithWhatTheLastProcessLeft() async throws {
        let store = InMemoryStore()
        let first = Engine(store)
        let ended = try await begin(first)
        let closed = try await first.store.acceptBatch(batch(ended, ["one"], store)).record
        let claim = try #require(
            try await store.claim(Lane(project: closed.task.project, priority: .bulk), limit: 1, at: TimeSource.system.now()).first)
        _ = try await store.end(
            TaskGuard(claim.task),
            TaskEnding(
                status: .completed, stage: "completed", progress: 100, message: "", result: .object([]), timeline: [],
                at: TimeSource.system.now()))
        let cut = try await begin(first)
        let open = try await begin(first, isResumable: true)
        let cancelled = try await begin(first)
        _ = try await store.acceptBatch(batch(cancelled, ["never"], store))
        _ = try await store.cancel(id: cancelled.task.id, at: TimeSource.system.now())

        let later = InMemoryStore(reopening: store)
        let engine = Engine(later)
        try await engine.run {
            #expect(try await engine.transcript(of: ended.task.id).last?.task.status == .completed)
            let failed = try #require(try await engine.transcript(of: cut.task.id).last?.task)
            #expect(failed.status == .failed && failed.error?.contains("after line 0") == true)
            let child = try #require(
                try await later.tasks(TaskQuery(projects: nil, parent: cancelled.task.id), slice: Slice(limit: 1)).first)
            #expect(try await engine.transcript(of: child.id).last?.task.status == .cancelled)
            let record = try #require(try await later.importRecord(of: open.task.id))
            #expect(record.state == .open && engine.hub.running(open.task.id)?.id.epoch == 2)
            _ = try await accept(batch(record, ["more"], later), engine)
            #expect(try await engine.transcript(of: open.task.id).last?.task.status == .completed)
        }
    }

    @Test func whatIsWaitedForInVainIsClosed() async throws {
        let now = Mutex(Timestamp(microseconds: 1_000_000))
        let store = InMemoryStore()
        let project = try await store.defaultProject().number
        let tracker = ImportTracker(
            store: store, hub: ProgressHub(outlets: 1), time: TimeSource { now.withLock { $0 } }, clock: InstantClock(),
            logger: Logger(label: "test"))
        func begin(isResumable: Bool) async throws -> Identifier {
            let submission = ImportSubmission(
                id: store.numbering.identifier(), project: project, isResumable: isResumable, at: now.withLock { $0 })
            return try await tracker.begin(submission).task.id
        }
        func states() async throws -> [ImportRecord.State] { try await store.unfinishedImports().map(\.state) }
        let uploading = try await begin(isResumable: true)
        #expect(await tracker.beginUpload(of: uploading))
        _ = try await begin(isResumable: true)
        _ = try await begin(isResumable: false)
        await tracker.closeAbandoned()
        #expect(try await states() == [.open, .open, .open])
        now.withLock { $0 = $0.advanced(bySeconds: 61) }
        await tracker.closeAbandoned()
        #expect(try await states() == [.open, .open, .closed])
        now.withLock { $0 = $0.advanced(bySeconds: ImportTracker.patience) }
        await tracker.closeAbandoned()
        #expect(try await states() == [.open, .closed, .closed])
    }

    @Test func oneUploadAtATime() async throws {
        let engine = Engine()
        try await engine.run {
            let record = try await begin(engine, isResumable: true)
            let imports = engine.supervisor.imports
            #expect(await imports.beginUpload(of: record.task.id))
            #expect(await imports.beginUpload(of: record.task.id) == false)
            await imports.endUpload(of: record.task.id)
            #expect(await imports.beginUpload(of: record.task.id))
        }
    }
}
