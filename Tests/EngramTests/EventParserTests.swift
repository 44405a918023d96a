import Foundation
import Testing

@testable import engram

@Suite struct EventParserTests {
    /// The standard's rules, which the acceptance tests hold browsers against, too.
    struct Vector: Decodable {
        var name: String
        /// What is sent; as hexadecimal digits where it is no text.
        var stream: String?
        var hex: String?
        /// Type, data and id of each event.
        var events: [[String]]
        var retry: Int64?
        /// The last id of the connection before.
        var from: String?
        /// What the next connection says.
        var lastID: String?

        private enum CodingKeys: String, CodingKey {
            case name, stream, hex, events, retry, from
            case lastID = "last_id"
        }

        var bytes: [UInt8] {
            guard let hex else { return Array((stream ?? "").utf8) }
            let digits = hex.compactMap(\.hexDigitValue)
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }

        static func all() throws -> [Vector] {
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let file = tests.appending(path: "Acceptance/vectors/event-stream.json")
            return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
        }
    }

    @Test(arguments: [1, 2, 3, .max]) func theStandardsRules(chunk: Int) throws {
        let vectors = try Vector.all()
        #expect(vectors.count > 40)
        for vector in vectors {
            var parser = EventParser(lastEventID: vector.from ?? "")
            var events: [ServerSentEvent] = []
            var rest = vector.bytes[...]
            while !rest.isEmpty {
                events += try parser.feed(rest.prefix(chunk))
                rest = rest.dropFirst(chunk)
            }
            #expect(events == vector.events.map { ServerSentEvent(type: $0[0], data: $0[1], id: $0[2]) }, "\(vector.name)")
            #expect(parser.retryMilliseconds == vector.retry, "\(vector.name)")
            if let id = vector.lastID { #expect(parser.lastEventID == id, "\(vector.name)") }
        }
    }

    @Test func tooLongALineIsRefused() {
        var parser = EventParser(limit: 8)
        #expect(throws: EventParser.TooLarge(limit: 8)) { try parser.feed("data: 123456789".utf8) }
    }
}
