import NIOCore

/// A request whose body is sent piece by piece, each once the one before has left: the server sets the pace.
@ClientLoop
final class Upload {
    private static let pieceSize = 256 << 10

    private let channel: any Channel
    private let handler: ExchangeHandler
    private var outcome: ExchangeHandler.Outcome?
    private let answered = Signal()

    private init(channel: any Channel, handler: ExchangeHandler) {
        self.channel = channel
        self.handler = handler
    }

    static func open(to address: ServerAddress, path: String) async throws -> Upload {
        let channel = try await Connection.openChannel(to: address)
        let handler = ExchangeHandler()
        try channel.pipeline.syncOperations.addHandler(handler)
        let upload = Upload(channel: channel, handler: handler)
        handler.send(address.chunkedPut(path, type: "application/x-ndjson"), on: channel) { [upload] outcome in
            upload.outcome = outcome
            upload.answered.fire()
        }
        return upload
    }

    /// - Throws: when the server has answered before the end, or has hung up.
    func send(_ piece: ByteBuffer) async throws {
        if outcome != nil { throw BenchmarkFailure(.answer, "The server answered in the midst of the upload.") }
        var chunk = ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(piece)
        chunk.writeStaticString("\r\n")
        do {
            try await channel.writeAndFlush(chunk).get()
        } catch {
            throw BenchmarkFailure(.connection, "The upload was cut off: \(error)")
        }
    }

    /// Returns how many bytes that were.
    func send(lines: Int, of texts: Texts) async throws -> Int {
        var sent = 0
        var piece = ByteBuffer()
        for line in 1...lines {
            texts.appendLine(to: &piece)
            guard piece.readableBytes >= Self.pieceSize || line == lines else { continue }
            sent += piece.readableBytes
            try await send(piece)
            piece = ByteBuffer()
        }
        return sent
    }

    func finish() async throws -> Reply {
        channel.writeAndFlush(ByteBuffer(string: "0\r\n\r\n"), promise: nil)
        await answered.wait()
        channel.close(promise: nil)
        guard let outcome else { throw BenchmarkFailure(.connection, "There was no answer to the upload.") }
        return try outcome.get()
    }
}
