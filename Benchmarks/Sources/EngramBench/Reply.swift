import Foundation
import NIOCore

/// A whole response to one request.
struct Reply: Sendable {
    let status: Int
    let retryAfter: Int?
    let body: ByteBuffer
    /// From handing the request to the channel to reading the response's last byte, in nanoseconds.
    let nanoseconds: UInt64

    /// The body as JSON; the answer has to have this status.
    func decoded<Answer: Decodable>(_ type: Answer.Type, status expected: Int = 200) throws -> Answer {
        guard status == expected else {
            throw BenchmarkFailure(.answer, "\(expected) was expected, \(status) came: \(String(buffer: body).prefix(300))")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw BenchmarkFailure(.answer, "No \(type): \(error) in \(String(buffer: body).prefix(300))")
        }
    }
}
