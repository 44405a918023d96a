import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import HTTP

/// Deadlines of a connection, on a clock that the test moves.
@Suite struct RequestGuardTests {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/"))

    init() throws {
        channel = Self.channel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private static func channel(
        _ limits: RequestGuard.Limits = .init(), isHTTP2: Bool = false, loop: EmbeddedEventLoop = EmbeddedEventLoop()
    ) -> EmbeddedChannel {
        let guardian = RequestGuard(
            limits, deadlines: ConnectionDeadlines(eventLoop: loop), deadline: .now() + limits.headers, isHTTP2: isHTTP2)
        return EmbeddedChannel(handler: guardian, loop: loop)
    }

    private func answer() throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .unauthorized)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// The guard asks the real clock how late it is, so its limits are checked by what stays open and what a passed deadline closes.
    private func isClosed(after time: TimeAmount) -> Bool {
        loop.advanceTime(by: time)
        return !channel.isActive
    }

    @Test func aRequestIsAnsweredAndTheConnectionStays() throws {
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        #expect(!isClosed(after: .seconds(1)))
    }

    /// A body whose next piece has been asked for is waited for; one that nobody takes is no fault of the client's.
    @Test func onlyAClientThatIsWaitedForRunsOutOfTime() throws {
        for isAsked in [true, false] {
            let channel = Self.channel(.init(body: .nanoseconds(1)))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.writeInbound(head)
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
            if isAsked { channel.read() }
            // A timer that is set anew until then is set many times.
            channel.embeddedEventLoop.advanceTime(by: ConnectionDeadlines.resolution * 2)
            #expect(channel.isActive == !isAsked)
        }
    }

    private func response() throws -> HTTPResponse? {
        guard case .head(let answer) = try channel.readOutbound(as: HTTPResponsePart.self) else { return nil }
        return answer
    }

    private func request(length: Int?) -> HTTPRequestPart {
        var request = HTTPRequest(method: .put, scheme: "http", authority: "x", path: "/")
        request.headerFields[.contentLength] = length.map(String.init)
        return .head(request)
    }

    @Test func whoeverIsRefusedInTheMidstOfALongBodyIsToldThatTheConnectionEndsAndNothingMoreIsTaken() throws {
        for length in [2_000_000_000, nil] {
            let test = try RequestGuardTests()
            let channel = test.channel
            try channel.writeInbound(test.request(length: length))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "some")))
            while try channel.readInbound(as: HTTPRequestPart.self) != nil {}
            try test.answer()
            #expect(try test.response()?.headerFields[.connection] == "close")
            #expect(channel.isActive, "an end now could overtake the answer")
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "more")))
            #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        }
    }

    @Test func whoeverIsRefusedAndGoesOnSendingIsNotListenedToWithoutEnd() throws {
        let channel = Self.channel(.init(refused: .nanoseconds(1)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(request(length: 2_000_000_000))
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .conflict)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "more")))
        channel.embeddedEventLoop.advanceTime(by: ConnectionDeadlines.resolution * 2)
        #expect(!channel.isActive)
    }

    @Test func aRefusedClientThatSendsAllOfItsBodyIsLetGoAtOnce() throws {
        try channel.writeInbound(request(length: 1_000_000))
        try answer()
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 1_000_000)))
        #expect(channel.isActive)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(!channel.isActive)
    }

    @Test func theLittleThatIsLeftOfABodyIsTakenAndTheConnectionStays() throws {
        try channel.writeInbound(request(length: 1000))
        try answer()
        #expect(try response()?.headerFields[.connection] == nil)
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 1000)))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        #expect(channel.isActive)
    }

    @Test func whatIsNoRequestGetsAProblem() throws {
        channel.pipeline.fireErrorCaught(HTTPParserError.headerOverflow)
        guard case .head(let answer) = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no head")
            return
        }
        #expect(answer.status.code == 431 && answer.headerFields[.contentType] == "application/problem+json")
        #expect(!channel.isActive)
    }

    @Test func aBodyThatIsCutOffIsForItsReaderToAnswer() throws {
        try channel.writeInbound(head)
        channel.pipeline.fireErrorCaught(HTTPParserError.invalidEOFState)
        #expect(throws: HTTPParserError.self) { try channel.throwIfErrorCaught() }
        #expect(try channel.readOutbound(as: HTTPResponsePart.self) == nil)
    }
}

@Suite struct OriginCheckTests {
    private func status(_ method: HTTPRequest.Method, host: String, fields: HTTPFields = [:], isOpen: Bool) -> Int? {
        let check = OriginCheck(cors: CORSPolicy(origins: ["https://named.example"]), isOpen: isOpen)
        do {
            try check.check(HTTPRequest(method: method, scheme: "http", authority: host, path: "/", headerFields: fields))
            return nil
        } catch {
            return error.status.code
        }
    }

    @Test func foreignPagesNeedAKey() {
        #expect(status(.post, host: "localhost:8000", fields: [.origin: "https://evil.example"], isOpen: true) == 403)
        #expect(status(.post, host: "localhost:8000", fields: [.origin: "https://evil.example"], isOpen: false) == 403)
        #expect(status(.post, host: "localhost:8000", fields: [.origin: "null"], isOpen: true) == 403)
        #expect(status(.post, host: "localhost:8000", fields: [.origin: "http://localhost:8000"], isOpen: true) == nil)
        #expect(status(.post, host: "localhost:8000", fields: [.origin: "https://named.example"], isOpen: true) == nil)
        #expect(status(.get, host: "localhost:8000", fields: [.origin: "https://evil.example"], isOpen: false) == nil)
        #expect(status(.post, host: "x", fields: [.origin: "https://evil.example", .authorization: "Bearer k"], isOpen: false) == nil)
    }

    @Test func anOpenServerAnswersToItsOwnNamesOnly() {
        for host in ["localhost:8000", "127.0.0.1", "127.1.2.3:1", "[::1]:8000"] { #expect(status(.get, host: host, isOpen: true) == nil) }
        for host in ["evil.example", "127.evil.example:80", "[::2]:80"] { #expect(status(.get, host: host, isOpen: true) == 403) }
        #expect(status(.get, host: "engram.example", isOpen: false) == nil)
    }
}
