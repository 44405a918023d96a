import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Bodies that are larger than memory, up and down.
extension EngramClient {
    /// Sends a whole input as NDJSON. The server sets the pace, and an answer that comes before the end cuts the rest off.
    /// - Parameters:
    ///   - path: below `/api/v1`.
    ///   - meter: is told how much has gone out.
    /// - Throws: as ``send(_:_:body:idempotencyKey:within:)``, and ``FileError`` when the input cannot be read on.
    func upload(_ path: String, from input: ReplayableInput, meter: UploadMeter) async throws -> Answer {
        let body = UploadBody(input: input, meter: meter)
        var request = request(.put, "/api/v1" + path)
        request.headers.add(name: "accept", value: "application/json, application/problem+json")
        request.headers.add(name: "content-type", value: "application/x-ndjson")
        request.body = .stream(body, length: input.length.map { .known($0) } ?? .unknown)
        defer { body.cut() }
        // How long it takes is for the server to say; one that is gone is noticed on the import's stream, which is never silent.
        return try await answer(to: request, within: .hours(24 * 365))
    }

    /// Reads an NDJSON answer line by line, holding one line at a time.
    /// - Parameters:
    ///   - path: below `/api/v1`.
    ///   - onLine: called with each line that is not blank; `false` ends the reading.
    func lines(_ path: String, onLine: (LineSplitter.Line) async throws -> Bool) async throws {
        var request = request(.get, "/api/v1" + path)
        request.headers.add(name: "accept", value: "application/x-ndjson, application/problem+json")
        var body = try await execute(request, within: .seconds(60)).body.makeAsyncIterator()
        var splitter = LineSplitter()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await body.next()
            } catch {
                try Task.checkCancellation()
                throw unreachable(error)
            }
            let lines = chunk.map { splitter.feed(Array(buffer: $0)) } ?? splitter.finish().map { [$0] } ?? []
            for line in lines where !line.isBlank {
                guard try await onLine(line) else { return }
            }
            if chunk == nil { return }
        }
    }
}
