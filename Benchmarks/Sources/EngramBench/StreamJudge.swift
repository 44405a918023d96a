import Foundation

/// Holds the recordings of streams against the contract, and takes the delays out of them.
struct StreamJudge {
    /// What is demanded of every stream.
    enum Demand: String, CaseIterable {
        case opened = "every stream answered 200 text/event-stream with an event"
        case readable = "every event is JSON with progress, stage and occurred_at in microseconds"
        case idsGrow = "event ids strictly grow"
        case progressHolds = "progress never falls"
        case allStages = "every stage after the first event seen, in order (10, 20, 30, 50, 75, 100)"
        case oneEnding = "exactly one terminal event, `completed`, last"
        case ended = "stream ended by the server, properly, after it"
        case clock = "nothing received before it occurred"
    }

    /// The stages of `add_episode` and their progress.
    static let stages: [(name: String, progress: Double)] = [
        ("pending", 0), ("start", 10), ("load_schema", 20), ("extract", 30), ("sync_schema", 50), ("update_communities", 75),
        ("completed", 100)
    ]
    private static let terminalNames: Set = ["completed", "failed", "cancelled"]

    /// One delivery of a change that happened while the subscriber was connected.
    struct Delivery {
        let changeID: String
        let occurredAt: Moment
        /// Microseconds.
        let delay: Int64
        let isTerminal: Bool
    }

    private(set) var streams = 0
    private(set) var deliveries: [Delivery] = []
    /// How many streams had this stage in their first event.
    private(set) var firstStages: [String: Int] = [:]

    private var faults: [Demand: (count: Int, example: String)] = [:]
    private var changes: [String: Change?] = [:]

    private struct Change: Decodable {
        let progress: Double
        let stage: String
        let occurredAt: String

        private enum CodingKeys: String, CodingKey {
            case progress, stage
            case occurredAt = "occurred_at"
        }
    }

    /// - Parameter name: what to call the stream in a complaint.
    mutating func judge(_ recording: StreamRecording, name: String) {
        streams += 1
        judgeFrame(of: recording, name: name)
        var progress = -Double.infinity
        var nextStage: Int?
        var lastID: EventID?
        for (index, arrival) in recording.arrivals.enumerated() {
            let event = arrival.event
            let isTerminal = Self.terminalNames.contains(event.name)
            guard let change = change(in: event), let occurredAt = Moment(rfc3339: change.occurredAt) else {
                complain(.readable, "\(name): \(event.name) \(event.data.prefix(200))")
                continue
            }
            let id = EventID(event.id)
            if let lastID, id.map({ lastID < $0 }) != true { complain(.idsGrow, "\(name): \(event.id) after \(lastID)") }
            if id == nil { complain(.idsGrow, "\(name): the id \"\(event.id)\"") }
            lastID = id ?? lastID
            if change.progress < progress { complain(.progressHolds, "\(name): \(change.progress) after \(progress)") }
            progress = max(progress, change.progress)
            judgeStage(of: change, isTerminal: isTerminal, next: &nextStage, name: name)
            guard index > 0 else {
                firstStages[change.stage, default: 0] += 1
                continue
            }
            let delay = arrival.receivedAt.since(occurredAt)
            if delay < 0 { complain(.clock, "\(name): \(event.id) \(delay) µs") }
            deliveries.append(
                Delivery(changeID: event.id, occurredAt: occurredAt, delay: delay, isTerminal: isTerminal))
        }
        if nextStage != Self.stages.count {
            let reached = nextStage.map { "ended before \(Self.stages[$0].name)" } ?? "no stage at all"
            complain(.allStages, "\(name): \(reached)")
        }
    }

    /// One check per demand.
    var checks: [Check] {
        Demand.allCases.map { demand in
            let fault = faults[demand]
            let detail = fault.map { "\($0.count) faults; e.g. \($0.example)" } ?? "\(streams) streams"
            return Check(demand.rawValue, fault == nil && streams > 0, detail)
        }
    }

    private mutating func judgeFrame(of recording: StreamRecording, name: String) {
        if recording.status != 200 || recording.mediaType.lowercased() != "text/event-stream" || recording.arrivals.isEmpty {
            let status = recording.status.map(String.init) ?? "no answer"
            complain(.opened, "\(name): \(status) \(recording.mediaType), \(recording.arrivals.count) events")
        }
        let terminals = recording.arrivals.filter { Self.terminalNames.contains($0.event.name) }.count
        let last = recording.arrivals.last?.event.name ?? "none"
        if terminals != 1 || last != "completed" {
            complain(.oneEnding, "\(name): \(terminals) terminal events, last event \(last)")
        }
        switch recording.ending {
        case .complete: break
        case .cut(let why): complain(.ended, "\(name): \(why)")
        case nil: complain(.ended, "\(name): still open")
        }
    }

    /// Moves `next`, the index of the stage that has to come next, along; repeats of the current stage (parts) are fine.
    private mutating func judgeStage(of change: Change, isTerminal: Bool, next: inout Int?, name: String) {
        let index = isTerminal ? Self.stages.count - 1 : Self.stages.firstIndex { $0.name == change.stage }
        guard let index else {
            complain(.allStages, "\(name): unknown stage \(change.stage)")
            return
        }
        if let expected = next {
            if index > expected { complain(.allStages, "\(name): \(Self.stages[expected].name) was not seen") }
            // Only the extraction moves on within its stage.
            if index == expected, change.progress != Self.stages[index].progress {
                complain(.allStages, "\(name): \(change.stage) began with \(change.progress)")
            }
        }
        next = max(next ?? 0, index + 1)
    }

    /// The same bytes go to many subscribers: each text is decoded once.
    private mutating func change(in event: ServerEvent) -> Change? {
        if let known = changes[event.data] { return known }
        let decoded = try? JSONDecoder().decode(Change.self, from: Data(event.data.utf8))  // nil is what the caller reports.
        // `2026-11-23T03:34:55.123456Z` has 27 characters; fewer and the delays below would be made up.
        let precise = decoded.flatMap { $0.occurredAt.utf8.count >= 27 ? $0 : nil }
        changes[event.data] = .some(precise)
        return precise
    }

    private mutating func complain(_ demand: Demand, _ example: @autoclosure () -> String) {
        if let known = faults[demand] {
            faults[demand] = (known.count + 1, known.example)
        } else {
            faults[demand] = (1, example())
        }
    }
}
