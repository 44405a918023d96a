import Foundation

/// Holds what came to a crowd against what had to come. The events are read here, after the run, each once.
struct CrowdJudge {
    enum Dialect {
        case engram, nchan
    }

    private struct Known {
        /// The task or channel.
        let group: String
        /// Grows with the ids, and with the numbers of nchan's messages.
        let rank: Int
        let occurred: Int64
        let isTerminal: Bool
    }

    private struct EngramEvent: Decodable {
        let id: String
        let occurredAt: String

        private enum CodingKeys: String, CodingKey {
            case id
            case occurredAt = "occurred_at"
        }
    }

    private struct NchanEvent: Decodable {
        let number: Int
        let channel: Int
        let occurred: Int64
    }

    let record: CrowdRecord
    /// Changes that a stream could have been shown after its first event and was not, of all streams.
    private(set) var missing = 0
    /// Endings that came, each once and last.
    private(set) var endings = 0
    private let known: [Known?]
    private var faults: [String: (count: Int, example: String)] = [:]

    private static let statements = [
        "every stream answered 200 and none was cut", "every event is JSON with its moment", "ids strictly grow in every stream",
        "nothing received before it occurred"
    ]

    init(_ record: CrowdRecord, dialect: Dialect) {
        self.record = record
        switch dialect {
        case .engram: known = Self.readEngram(record)
        case .nchan: known = Self.readNchan(record)
        }
        var ranks: [String: [Int]] = [:]
        for case let event? in known { ranks[event.group, default: []].append(event.rank) }
        for group in Array(ranks.keys) { ranks[group]?.sort() }
        for stream in record.streams { judge(stream, ranks) }
    }

    /// - Parameters:
    ///   - endings: whether every stream had to have one, last, and to end with it.
    ///   - completeness: whether every stream had to be shown every change.
    func checks(endings demandsEndings: Bool, completeness: Bool) -> [Check] {
        var checks = Self.statements.map { statement in
            let fault = faults[statement]
            return Check(
                statement, fault == nil && !record.streams.isEmpty,
                fault.map { "\($0.count) faults; e.g. \($0.example)" } ?? "\(record.streams.count) streams")
        }
        if demandsEndings {
            checks.append(
                Check(
                    "one terminal event in every stream, last, and the stream's proper end after it", endings == record.streams.count,
                    "\(endings) of \(record.streams.count)"))
        }
        if completeness {
            checks.append(Check("every subscriber was shown every change, none twice", missing == 0, "\(missing) missing"))
        }
        return checks
    }

    /// Milliseconds from the change to the read of its last byte, of the arrivals in these places of each stream.
    func delays(_ places: Range<Int>) -> Percentiles {
        var delays: [Double] = []
        for stream in record.streams {
            for arrival in stream.arrivals[places.clamped(to: 0..<stream.arrivals.count)] {
                if let event = known[Int(arrival.event)] { delays.append(Double(arrival.microseconds - event.occurred) / 1000) }
            }
        }
        return Percentiles(delays)
    }

    /// The same of all arrivals of the events that have one of these texts in them.
    func delays(ofEventsWith texts: [String]) -> Percentiles {
        let wanted = record.events.map { event in
            let text = String(decoding: event, as: UTF8.self)
            return texts.contains { text.contains($0) }
        }
        var delays: [Double] = []
        for stream in record.streams {
            for arrival in stream.arrivals where wanted[Int(arrival.event)] {
                if let event = known[Int(arrival.event)] { delays.append(Double(arrival.microseconds - event.occurred) / 1000) }
            }
        }
        return Percentiles(delays)
    }

    /// When the first of the changes occurred that were shown after the first events.
    var firstChange: Int64 {
        record.streams.compactMap { $0.arrivals.count > 1 ? known[Int($0.arrivals[1].event)]?.occurred : nil }.min() ?? 0
    }

    /// Bytes of an event on the wire, without framing: the median; 0 if none came.
    var eventSize: Int { record.events.isEmpty ? 0 : Int(Percentiles(record.events.map { Double($0.count) }).median) }

    private mutating func judge(_ stream: CrowdRecord.Stream, _ ranks: [String: [Int]]) {
        if case .lost(let why) = stream.ending { complain(0, "stream \(stream.tag): \(why)") }
        if stream.status != 200 || stream.arrivals.isEmpty {
            complain(0, "stream \(stream.tag): status \(stream.status), \(stream.arrivals.count) events")
        }
        var last: Known?
        var terminals = 0
        for arrival in stream.arrivals {
            guard let event = known[Int(arrival.event)] else {
                let bytes = record.events[Int(arrival.event)].prefix(300)
                complain(1, String(decoding: bytes, as: UTF8.self))
                continue
            }
            if let last, last.rank >= event.rank || last.group != event.group { complain(2, "stream \(stream.tag)") }
            if arrival.microseconds < event.occurred { complain(3, "stream \(stream.tag): \(event.occurred - arrival.microseconds) µs") }
            if event.isTerminal { terminals += 1 }
            last = event
        }
        if terminals == 1, last?.isTerminal == true, case .complete = stream.ending { endings += 1 }
        if let first = stream.arrivals.first.flatMap({ known[Int($0.event)] }), let all = ranks[first.group] {
            let later = all.count - (all.firstIndex { $0 > first.rank } ?? all.count)
            missing += max(0, later - (stream.arrivals.count - 1))
        }
    }

    private mutating func complain(_ statement: Int, _ example: @autoclosure () -> String) {
        let key = Self.statements[statement]
        let known = faults[key]
        faults[key] = known.map { ($0.count + 1, $0.example) } ?? (1, example())
    }

    private static func readEngram(_ record: CrowdRecord) -> [Known?] {
        let events = record.parsedEvents()
        let ids = Set(events.compactMap { $0.flatMap { EventID($0.id) } }.map(\.description))
        let order = ids.compactMap { EventID($0) }.sorted()
        let ranks = Dictionary(order.enumerated().map { ($1.description, $0) }) { first, _ in first }
        let decoder = JSONDecoder()
        return events.map { event in
            // What can't be read is complained of by the caller.
            guard let event, let data = try? decoder.decode(EngramEvent.self, from: Data(event.data.utf8)),
                let moment = Moment(rfc3339: data.occurredAt), let rank = ranks[event.id]
            else { return nil }
            let isTerminal = ["completed", "failed", "cancelled"].contains(event.name)
            return Known(group: data.id, rank: rank, occurred: moment.microseconds, isTerminal: isTerminal)
        }
    }

    private static func readNchan(_ record: CrowdRecord) -> [Known?] {
        let decoder = JSONDecoder()
        return record.parsedEvents().map { event in
            // What can't be read is complained of by the caller.
            guard let event, let data = try? decoder.decode(NchanEvent.self, from: Data(event.data.utf8)) else { return nil }
            return Known(group: "\(data.channel)", rank: data.number, occurred: data.occurred, isTerminal: false)
        }
    }
}
