/// An input that can be read again from its front: a regular file as often as one likes, a pipe as long as not much has been taken
/// from it.
actor ReplayableInput {
    /// How much of a pipe is kept to be read again. What a run holds of an input is bounded by this, not by the input.
    static let window = 8 << 20

    nonisolated let path: String
    /// The bytes in it; `nil` of a pipe or terminal.
    nonisolated let length: Int64?
    private let file: InputFile
    /// Of a pipe: the newest bytes, the first of them at `keptStart`.
    private var kept: [UInt8] = []
    private var keptStart: Int64 = 0
    private var isAtEnd = false
    /// For one read of the pipe at a time: a reader that was given up may still wait for its bytes, and they must not be lost.
    private let gate = Semaphore(1)

    init(_ file: InputFile) {
        self.file = file
        path = file.path
        length = file.length
    }

    /// Whether it can be read from the front.
    var isWhole: Bool { keptStart == 0 }

    /// The bytes from `offset` on, as many as come at once; empty at the end.
    /// - Throws: ``FileError``; one with ESPIPE if a pipe's bytes at `offset` are no longer kept. `CancellationError`.
    func bytes(from offset: Int64) async throws -> [UInt8] {
        if let length {
            guard offset < length else { return [] }
            return try await file.bytes(at: offset, upTo: Int(min(256 << 10, length - offset)))
        }
        try await gate.acquire()
        defer { gate.release() }
        guard offset >= keptStart else { throw FileError.cannotSeek(path) }
        let index = Int(offset - keptStart)
        if index < kept.count { return Array(kept[index...].prefix(256 << 10)) }
        guard !isAtEnd else { return [] }
        let bytes = try await file.next()
        if kept.count + bytes.count > Self.window {
            keptStart += Int64(kept.count)
            kept = []
        }
        kept += bytes
        isAtEnd = bytes.isEmpty
        return bytes
    }

    /// Everything.
    /// - Throws: ``FileError`` (EFBIG) if it is more than `limit` bytes.
    func all(limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let bytes = try await bytes(from: Int64(all.count))
            guard !bytes.isEmpty else { return all }
            guard all.count + bytes.count <= limit else { throw FileError.tooLarge(path) }
            all += bytes
        }
    }
}
