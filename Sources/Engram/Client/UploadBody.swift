import NIOCore
import Synchronization

/// How much of an upload has gone out, counted over its attempts from the front each time.
final class UploadMeter: Sendable {
    private let bytes = Atomic<Int64>(0)

    var sent: Int64 { bytes.load(ordering: .relaxed) }

    fileprivate func set(_ sent: Int64) { bytes.store(sent, ordering: .relaxed) }
}

/// An input as the body of one request: read as the connection takes it, one piece at a time.
final class UploadBody: AsyncSequence, Sendable {
    private let input: ReplayableInput
    private let meter: UploadMeter
    private let isCut = Atomic(false)

    init(input: ReplayableInput, meter: UploadMeter) {
        self.input = input
        self.meter = meter
    }

    /// There was an answer: nothing more is read. A second reading of the input must not be slowed down by this one.
    func cut() {
        isCut.store(true, ordering: .relaxed)
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: UploadBody
        private var offset: Int64 = 0

        fileprivate init(body: UploadBody) {
            self.body = body
            body.meter.set(0)
        }

        /// - Throws: ``FileError``, also for a file that has become shorter since it was opened; `CancellationError` after the cut.
        mutating func next() async throws -> ByteBuffer? {
            guard !body.isCut.load(ordering: .relaxed) else { throw CancellationError() }
            let bytes = try await body.input.bytes(from: offset)
            offset += Int64(bytes.count)
            body.meter.set(offset)
            guard bytes.isEmpty else { return ByteBuffer(bytes: bytes) }
            if let length = body.input.length, offset < length { throw FileError.becameShorter(body.input.path) }
            return nil
        }
    }
}
