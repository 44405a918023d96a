import Knowledge
import Persistence
import Testing

/// A seeded random sequence of operations on a store; after each the store's tasks, lanes and counts are compared with a
/// ``TaskModel``'s, and every change of status with ``TaskStatus/transitions``.
struct RandomWalk {
    private(set) var trial: Trial
    private let lanes: [Lane]
    private var random: SplitMix64
    private var model = TaskModel()
    private var seen: [TaskNumber: TaskStatus] = [:]
    /// Names the step in failures.
    private var step = ""

    init(_ trial: Trial, projects: [ProjectRecord], seed: UInt64) {
        self.trial = trial
        lanes = projects.flatMap { project in TaskPriority.allCases.map { Lane(project: project.number, priority: $0) } }
        random = SplitMix64(seed: seed)
        step = "seed \(seed)"
    }

    mutating func run(steps: Int) async throws {
        for index in 0..<steps {
            step = "step \(index)"
            try await advance()
            try await compare()
        }
    }

    private mutating func advance() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<30: try await accept()
        case ..<50: try await claim()
        case ..<55: try await claimAgain()
        case ..<62: try await release()
        case ..<66: try await snapshot()
        case ..<74: try await end()
        case ..<80: try await cancel()
        case ..<85: try await retry()
        case ..<87: try await retryNext()
        case ..<98: try await commit()
        default: try await restart()
        }
    }

    private mutating func lane() -> Lane? { lanes.randomElement(using: &random) }

    /// Any task, one that is being processed more often than not.
    private mutating func task() -> TaskNumber? {
        let favoured = Bool.random(using: &random) ? model.numbers(.processing) : model.numbers
        return favoured.randomElement(using: &random)
    }

    private mutating func accept() async throws {
        guard let lane = lane() else { return }
        step += ": accept"
        model.accept(try await trial.accept(trial.submission(to: lane.project, priority: lane.priority)), in: lane)
    }

    private mutating func claim() async throws {
        guard let lane = lane() else { return }
        let limit = Int.random(in: 0...4, using: &random)
        step += ": claim \(limit)"
        let expected = Array(model.waiting(in: lane).prefix(limit))
        let claims = try await trial.store.claim(lane, limit: limit, at: trial.at())
        #expect(claims.map(\.task.number) == expected, "\(step)")
        for number in expected { model.move(number, to: .processing, attempts: 1, isResumed: nil) }
        for claim in claims { #expect(model.agrees(with: claim.task), "\(step)") }
    }

    private mutating func claimAgain() async throws {
        guard let number = task() else { return }
        step += ": claim \(number) again"
        let guarding = model.guarding(number)
        let worked = try await works(unless: .lostRace) { [trial] in _ = try await trial.store.claimAgain(guarding, at: trial.at()) }
        #expect(worked == model.claimAgain(number), "\(step)")
    }

    private mutating func release() async throws {
        var numbers = Set<TaskNumber>()
        for _ in 0..<3 { if let number = task() { numbers.insert(number) } }
        step += ": release \(numbers.sorted())"
        try await trial.store.release(numbers.map(model.guarding))
        for number in numbers where model.tasks[number]?.status == .processing {
            model.move(number, to: .pending, attempts: -1, isResumed: true)
        }
    }

    private mutating func snapshot() async throws {
        guard let number = task() else { return }
        step += ": snapshot \(number)"
        try await trial.store.snapshot([trial.snapshot(model.guarding(number))])
    }

    private mutating func end() async throws {
        guard let number = task(), let status = [TaskStatus.failed, .completed, .cancelled].randomElement(using: &random) else { return }
        step += ": end \(number) as \(status)"
        var guarding = model.guarding(number)
        let isStale = Int.random(in: 0..<5, using: &random) == 0
        if isStale { guarding.revision += 1 }
        let worked = try await works(unless: .lostRace) { [trial, guarding] in
            _ = try await trial.store.end(guarding, trial.ending(status))
        }
        #expect(worked == (!isStale && model.move(number, to: status)), "\(step)")
    }

    private mutating func cancel() async throws {
        guard let number = task(), let id = model.tasks[number]?.id else { return }
        step += ": cancel \(number)"
        let answer = try await trial.store.cancel(id: id, at: trial.at())
        #expect(answer.didCancel == model.move(number, to: .cancelled), "\(step)")
        #expect(model.agrees(with: answer.task), "\(step)")
    }

    private mutating func retry() async throws {
        guard let number = task(), let entry = model.tasks[number] else { return }
        step += ": retry \(number)"
        do {
            let task = try await trial.store.retry(id: entry.id, at: trial.at())
            let isAllowed = model.retry(number, place: task.place)
            #expect(isAllowed, "\(step)")
            #expect(model.agrees(with: task), "\(step)")
        } catch let error as StoreError where error.code == .notRetryable {
            #expect(entry.status != .failed && entry.status != .cancelled, "\(step)")
        }
    }

    private mutating func retryNext() async throws {
        guard let lane = lane(), let status = [TaskStatus.failed, .cancelled].randomElement(using: &random) else { return }
        step += ": retry those that are \(status)"
        let limit = Int.random(in: 1...3, using: &random)
        let expected = model.numbers(status).filter { model.tasks[$0]?.lane.project == lane.project }
        let batch = try await trial.store.retryNext(RetrySelection(project: lane.project, status: status), limit: limit, at: trial.at())
        #expect(batch.tasks.map(\.number) == Array(expected.prefix(limit)), "\(step)")
        #expect(batch.last == (expected.count < limit ? nil : expected[limit - 1]), "\(step)")
        for task in batch.tasks {
            let isAllowed = model.retry(task.number, place: task.place)
            #expect(isAllowed, "\(step)")
        }
    }

    private mutating func commit() async throws {
        guard let number = task(), let id = model.tasks[number]?.id else { return }
        let isStale = Int.random(in: 0..<4, using: &random) == 0
        step += ": commit \(number)\(isStale ? " stale" : "")"
        let record = try await trial.task(id)
        let commit = try trial.commit(record, trial.small(model.version(of: number) + (isStale ? 1 : 0)))
        let isRunning = record.status == .processing
        let worked = try await works(unless: isRunning ? .staleGraph : .lostRace) { [trial] in try await trial.store.commit(commit).wait() }
        #expect(worked == (isRunning && !isStale), "\(step)")
        if worked { model.commit(number) }
    }

    private mutating func restart() async throws {
        let limit = Int.random(in: 1...4, using: &random)
        step += ": restart with \(limit) interruptions"
        let earlier = trial.store
        trial = trial.with(try await trial.reopen(earlier))
        let recovery = try await trial.store.recover(interruptionLimit: limit, at: trial.at())
        var expected = Recovery(resumed: 0, failed: 0)
        for number in model.numbers(.processing) {
            let interruptions = model.interrupt(number)
            if interruptions < limit {
                model.move(number, to: .pending, isResumed: true)
                expected.resumed += 1
            } else {
                model.move(number, to: .failed)
                expected.failed += 1
            }
        }
        expected.suspects = model.numbers(.pending).compactMap { number in
            guard let entry = model.tasks[number], entry.interruptions >= Suspect.interruptions else { return nil }
            return Suspect(task: number, lane: entry.lane, place: entry.place)
        }
        #expect(recovery == expected, "\(step)")
    }

    private func works(unless code: StoreError.Code, _ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let error as StoreError where error.code == code {
            return false
        }
    }

    private mutating func compare() async throws {
        let stored = try await trial.store.tasks(TaskQuery(projects: nil), slice: Slice(limit: 10_000))
        #expect(stored.map(\.number) == model.numbers.reversed(), "\(step)")
        for task in stored {
            #expect(model.agrees(with: task), "\(step)")
            let before = seen.updateValue(task.status, forKey: task.number) ?? .pending
            #expect(before == task.status || before.canBecome(task.status), "\(step): \(before) became \(task.status)")
            #expect((task.endedAt != nil) == task.status.isTerminal, "\(step)")
            #expect((task.endedEpoch != 0) == task.status.isTerminal, "\(step)")
        }
        let backlog = lanes.map { LaneBacklog(lane: $0, count: model.waiting(in: $0).count) }.filter { $0.count > 0 }
        #expect(try await trial.store.backlog() == backlog, "\(step)")
        let statistics = try await trial.store.statistics(since: trial.at(-1000), now: trial.at(), projects: nil)
        for status in TaskStatus.allCases {
            #expect(statistics.counts[status] ?? 0 == model.numbers(status).count, "\(step)")
            guard Int.random(in: 0..<40, using: &random) == 0 else { continue }
            let page = try await trial.store.memories(MemoryQuery(projects: nil, status: status), slice: Slice(limit: 5))
            #expect(page.total == model.numbers(status).count, "\(step)")
            #expect(page.elements.count == min(5, page.total) && page.elements.allSatisfy { $0.taskStatus == status }, "\(step)")
        }
        for (project, version) in model.versions {
            #expect(try await trial.store.graphHeader(of: project) == GraphHeader(version: version, totalWeight: Int(version)), "\(step)")
            let entities = try await trial.store.entities(EntityQuery(projects: [project]), slice: Slice(limit: 0))
            #expect(entities.total == Int(version), "\(step)")
        }
    }
}
