/// What comes to all streams of a ``MultiplexedCrowd``. Event-loop-confined.
final class MultiplexTally {
    private struct Arrival {
        let stream: Int32
        let event: Int32
        let microseconds: Int64
    }

    /// Connections on which the server has said its settings.
    var connected = 0
    var served = 0
    private(set) var ended = 0
    private(set) var lost = 0
    private(set) var whyLost: String?
    private(set) var lastServed = Moment(microseconds: 0)
    private(set) var catalogue = EventCatalogue()
    private var streams: [CrowdRecord.Stream] = []
    private var delivered: [Int] = []
    private var arrivals: [Arrival] = []

    var events: Int { arrivals.count }

    /// - Returns: the stream's number.
    func begin(at moment: Moment) -> Int {
        streams.append(CrowdRecord.Stream(tag: streams.count, began: moment.microseconds))
        return streams.count - 1
    }

    func note(status: Int, of stream: Int) { streams[stream].status = status }

    func note(_ event: UnsafeRawBufferPointer, of stream: Int, isFirst: Bool, at moment: Moment) {
        let number = catalogue.number(of: event)
        while delivered.count <= number { delivered.append(0) }
        delivered[Int(number)] += 1
        arrivals.append(Arrival(stream: Int32(stream), event: number, microseconds: moment.microseconds))
        guard isFirst else { return }
        served += 1
        lastServed = moment
    }

    func end(_ stream: Int) {
        streams[stream].ending = .complete
        ended += 1
    }

    func lose(_ stream: Int, _ why: String) {
        if case .lost = streams[stream].ending { return }
        streams[stream].ending = .lost(why)
        lose(why)
    }

    /// A connection, before it had streams.
    func lose(_ why: String) {
        lost += 1
        whyLost = why
    }

    /// How often the event was delivered whose text this is part of.
    func deliveries(of text: String) -> Int {
        number(of: text).map { delivered[Int($0)] } ?? 0
    }

    func record() -> CrowdRecord {
        var record = CrowdRecord(streams: streams, events: catalogue.events)
        for arrival in arrivals {
            record.streams[Int(arrival.stream)].arrivals.append(.init(event: arrival.event, microseconds: arrival.microseconds))
        }
        for place in record.streams.indices where record.streams[place].ending == nil { record.streams[place].ending = .hungUp }
        return record
    }

    private func number(of text: String) -> Int32? {
        catalogue.events.firstIndex { String(decoding: $0, as: UTF8.self).contains(text) }.map(Int32.init)
    }
}
