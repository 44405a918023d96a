import Testing

@testable import engram

@Suite struct EventParserTests {
    private func parse(_ text: String, chunk: Int = .max) throws -> [ServerSentEvent] {
        var parser = EventParser()
        var events: [ServerSentEvent] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            events += try parser.feed(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        return events
    }

    @Test(arguments: ["\n", "\r", "\r\n"], [1, 2, 3, .max])
    func everyLineEndAndEveryCut(end: String, chunk: Int) throws {
        let text = ["\u{FEFF}retry: 2500", "id: 1-7", "event: progress", "data: a", "data:", "data:  b", ": note", "", "data: Ä", "", ""]
            .joined(separator: end)
        #expect(
            try parse(text, chunk: chunk) == [
                ServerSentEvent(type: "progress", data: "a\n\n b", id: "1-7"),
                ServerSentEvent(type: "message", data: "Ä", id: "1-7")
            ])
    }

    @Test func retryIsDigitsOnlyAndKept() throws {
        var parser = EventParser()
        _ = try parser.feed("retry: 2500\nretry: 3x\nretry:\n\n".utf8)
        #expect(parser.retryMilliseconds == 2500)
    }

    @Test func anUnfinishedBlockIsDroppedAndItsIDToo() throws {
        var parser = EventParser(lastEventID: "1-1")
        let events = try parser.feed("id: 1-2\ndata: x\n".utf8)
        #expect(events.isEmpty)
        #expect(parser.lastEventID == "1-1")
    }

    @Test func anIDWithoutDataCountsAndOneWithNULDoesNot() throws {
        var parser = EventParser()
        let events = try parser.feed("id: 1-2\n\nid: a\u{0}b\ndata\n\n".utf8)
        #expect(events == [ServerSentEvent(type: "message", data: "", id: "1-2")])
        #expect(parser.lastEventID == "1-2")
    }

    @Test func anEmptyIDForgetsTheLastOne() throws {
        var parser = EventParser(lastEventID: "1-1")
        _ = try parser.feed("id\ndata: x\n\n".utf8)
        #expect(parser.lastEventID.isEmpty)
    }

    @Test func unknownFieldsAndCommentsAreIgnored() throws {
        #expect(try parse(":\n: data: x\ndatum: y\n data: z\nevent: e\n\n").isEmpty)
    }

    @Test func tooLongALineIsRefused() {
        var parser = EventParser(limit: 8)
        #expect(throws: EventParser.TooLarge(limit: 8)) { try parser.feed("data: 123456789".utf8) }
    }
}
