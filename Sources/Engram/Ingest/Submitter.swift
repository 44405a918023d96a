import Knowledge

/// Submits drafts: in order and one at a time within a project, several projects at once.
actor Submitter {
    /// A draft with its place in the run.
    struct Item: Sendable {
        let ordinal: Ledger.Ordinal
        let draft: Draft
    }

    private let client: EngramClient
    private let recorder: IngestRecorder
    private let runID: String
    private let plan: IngestPlan
    private let patience: Duration
    /// The id of the project that is also called `default`; two names must not make two lanes.
    private let defaultProject: String?
    private var lanes = LaneQueues<Item>()

    init(
        client: EngramClient, recorder: IngestRecorder, runID: String, plan: IngestPlan, patience: Duration, defaultProject: String?
    ) {
        self.client = client
        self.recorder = recorder
        self.runID = runID
        self.plan = plan
        self.patience = patience
        self.defaultProject = defaultProject
    }

    /// Bytes and drafts that may be read ahead of the server's answers: 16 small drafts, or few large ones.
    private static let window = 32 << 20
    private static let weightOfOne = 2 << 20

    /// Submits everything that is left in `source`.
    /// - Parameter share: how much of the inputs a number of bytes is.
    /// - Throws: what makes going on pointless: ``UnreachableError``, a ``ProblemError`` of 401 or 403, ``FileError``, `CancellationError`.
    func submit(_ source: consuming MemorySource, share: @Sendable (Int64) -> Double?) async throws {
        let window = Semaphore(Self.window)
        var source = source
        try await withThrowingDiscardingTaskGroup { group in
            while let draft = try await source.draft() {
                let weight = min(Self.weightOfOne + draft.size, Self.window)
                try await window.acquire(weight)
                let item = Item(ordinal: await recorder.read(draft, share: share(source.bytesTaken)), draft: draft)
                let lane = draft.project == defaultProject ? "default" : draft.project
                guard lanes.push(item, to: lane) else { continue }
                group.addTask {
                    while let item = await self.next(in: lane) {
                        try await self.submit(item)
                        window.release(min(Self.weightOfOne + item.draft.size, Self.window))
                    }
                }
            }
            await recorder.endInput()
        }
    }

    private func next(in lane: String) -> Item? {
        lanes.next(in: lane)
    }

    private nonisolated func submit(_ item: Item) async throws {
        let origin = item.draft.origin
        switch item.draft.content {
        case .malformed(let reason):
            await recorder.rejected(item.ordinal, origin, reason, nil)
        case .body(let body):
            do {
                let key = "\(runID):\(plan.inputs[origin.input].digest):\(origin.line)"
                let answer = try await post(body, key)
                try await recorder.accepted(item.ordinal, origin, answer)
            } catch let problem as ProblemError where !problem.isNotAllowed && !problem.isTransient {
                await recorder.rejected(item.ordinal, origin, problem.description, problem)
            }
        }
    }

    /// Posts a memory until there is an answer; with the same key, so that an answer that was lost on the way does no harm.
    private nonisolated func post(_ body: JSON, _ key: String) async throws -> EngramClient.Answer {
        try await retrying(
            patience: patience,
            onTrouble: { await recorder.trouble($0) },
            request: { try await client.send(.post, "/memories/", body: body, idempotencyKey: key) })
    }
}
