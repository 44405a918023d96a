import Knowledge
import Logging
import Persistence
import Synchronization
import Testing

@testable import Actors

/// What is said between two looks at an import of when it will be over.
@Suite struct ImportForecastTests {
    private static let start = Timestamp(microseconds: 1_000_000_000)

    private let forecaster = Forecaster(capacity: .init(workers: 64))

    private func at(_ second: Int64) -> Timestamp { Self.start.advanced(bySeconds: second) }

    private func child(
        _ number: UInt64, of parent: Identifier? = nil, in project: ProjectNumber = ProjectNumber(1), _ priority: TaskPriority = .bulk
    ) -> TaskRecord {
        let id = Identifier(high: 2, low: number)
        return TaskRecord(
            number: TaskNumber(Int64(number) + 2), id: id, type: .addEpisode, project: project, projectID: id, projectName: "P",
            priority: priority, status: .processing, memory: nil, memoryID: nil, parentID: parent, createdAt: Self.start)
    }

    private func begin(_ task: TaskRecord, at moment: Timestamp) {
        forecaster.began(Claim(task: task, work: .episode(Episode(content: "text"), version: 1)), at: moment)
    }

    private func end(_ task: TaskRecord, at moment: Timestamp) {
        forecaster.extracted(task.id, at: moment)
        var state = TaskState(claimed: task, epoch: 1)
        if let update = state.ended(as: state.completion(result: .null, at: moment)) { forecaster.note(update) }
    }

    /// Twenty tasks of ten seconds, of another project.
    private func learn() {
        for number in 1000..<1020 as Range<UInt64> {
            let task = child(number, in: ProjectNumber(9))
            begin(task, at: Self.start)
            end(task, at: at(10))
        }
    }

    private func record(of children: Int) -> ImportRecord {
        let id = Identifier(high: 1, low: 1)
        let task = TaskRecord(
            number: TaskNumber(1), id: id, type: .importMemories, project: ProjectNumber(1), projectID: id, projectName: "P",
            priority: .bulk, status: .processing, revision: 1, attempt: 1, memory: nil, memoryID: nil, createdAt: Self.start,
            startedAt: Self.start)
        var record = ImportRecord(
            task: task, name: nil, state: .closed, isResumable: true, mark: ImportMark(lines: children, bytes: 1000), totalBytes: nil,
            fault: nil, counts: ImportCounts(), receipt: Receipt(), barren: 0, changedAt: Self.start)
        record.counts.accepted = children
        return record
    }

    private func eta(_ record: ImportRecord, at moment: Timestamp) -> Double? {
        // As somebody was told who has asked earlier.
        var update = TaskUpdate(stored: record.task, epoch: 1)
        (update.occurredAt, update.etaSeconds) = (Self.start, 300)
        return forecaster.annotated(update, at: moment).etaSeconds
    }

    /// Nothing is published of an upload that stands still until the tracker's next round; who asks meanwhile is told that nobody knows.
    @Test func anUploadThatStandsStillHasNoEnd() async throws {
        learn()
        let now = Mutex(Self.start)
        let (store, hub, logger) = (InMemoryStore(), ProgressHub(outlets: 1), Logger(label: "test"))
        let time = TimeSource { now.withLock { $0 } }
        let tracker = ImportTracker(store: store, hub: hub, forecaster: forecaster, time: time, clock: ManualClock(), logger: logger)
        let reporter = QueueReporter(store: store, hub: hub, forecaster: forecaster, time: time, logger: logger)
        let project = try await store.defaultProject().number
        let begun = try await tracker.begin(
            ImportSubmission(
                id: store.numbering.identifier(), project: project, isResumable: true, totalBytes: 10_000, at: Self.start))
        let id = begun.task.id
        let line = ImportLine(
            number: 1,
            content: .memory(
                Submission(
                    memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: project,
                    episode: Episode(content: "one"), authorID: "test", priority: .bulk, at: at(30))))
        now.withLock { $0 = at(30) }
        _ = try await store.acceptBatch(
            ImportBatch(task: begun.task.number, lines: [line], base: 0, mark: ImportMark(lines: 1, bytes: 1000), at: at(30)))
        await tracker.look(at: id)
        _ = hub.watch(id, outlet: 0)
        #expect(try await reporter.state(of: id)?.etaSeconds == 270)

        now.withLock { $0 = at(40) }
        #expect(try await reporter.state(of: id)?.etaSeconds == 260)
        await tracker.look(at: id)
        #expect(hub.outlets[0].take().isEmpty)

        now.withLock { $0 = at(50) }
        let update = try #require(try await reporter.state(of: id))
        #expect(update.etaSeconds == nil)
        #expect(try await reporter.states(of: [update.task]).first?.etaSeconds == nil)
        #expect(reporter.watch(id, outlet: 0)?.etaSeconds == nil)

        // The tracker's round tells those who watch, once.
        for _ in 0..<2 { await tracker.look(at: id) }
        let told = hub.outlets[0].take()
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0.etaSeconds == nil && $0.id > update.id && $0.task == update.task })

        // It goes on.
        now.withLock { $0 = at(60) }
        _ = try await store.acceptBatch(
            ImportBatch(task: begun.task.number, lines: [], base: 1000, mark: ImportMark(lines: 2, bytes: 2000), at: at(60)))
        await tracker.look(at: id)
        #expect(try await reporter.state(of: id)?.etaSeconds != nil)

        // What has ended is remembered no more.
        _ = try await tracker.cancel(id)
        #expect(forecaster.annotated(update, at: at(61)).etaSeconds == nil)
    }

    /// The last children are seen themselves: while one waits for another attempt, nobody knows.
    @Test func whatIsLeftIsInHand() throws {
        learn()
        let record = record(of: 2)
        forecaster.follow(record)
        let children = [child(1, of: record.task.id), child(2, of: record.task.id)]
        begin(children[0], at: at(100))
        begin(children[1], at: at(104))
        #expect(abs(try #require(eta(record, at: at(104))) - 10) < 0.5)
        #expect(abs(try #require(eta(record, at: at(109))) - 5) < 0.5)

        var state = TaskState(claimed: children[1], epoch: 1)
        let updates = [
            state.enter(Stage(name: "extract", progress: 10, message: "Extracting"), at: at(110)),
            state.willRetry("The provider is busy.", at: at(110))
        ]
        for update in updates { forecaster.note(try #require(update)) }
        #expect(eta(record, at: at(111)) == nil)
    }

    /// Children of one priority wait in its lane; they are not counted a second time as those of another.
    @Test func theLaneIsThatOfItsChildren() throws {
        learn()
        forecaster.setCapacity(.init(workers: 8))
        let record = record(of: 1000)
        let lane = Lane(project: record.task.project, priority: .interactive)
        forecaster.follow(record)
        forecaster.arrived(lane, count: 1000)
        let unknown = try #require(eta(record, at: at(100)))
        forecaster.claimed(lane, asked: 1, received: 1)
        begin(child(1, of: record.task.id, .interactive), at: at(100))
        let known = try #require(eta(record, at: at(100)))
        // Eight at a time, for ten seconds each.
        #expect((1200...1300).contains(known), "\(known)")
        #expect(unknown > 1.5 * known, "\(unknown)")

        // Some of them are of the other one, which is the later.
        begin(child(2, of: record.task.id, .bulk), at: at(100))
        #expect(try #require(eta(record, at: at(100))) > known)
    }
}
