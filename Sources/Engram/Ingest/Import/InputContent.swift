import HTTP
import Knowledge

/// What an input holds, or what an import has taken of it: enough to tell whether the two are the same.
struct InputContent: Equatable, Sendable {
    let bytes: Int64
    /// The SHA-256 of the bytes, in hexadecimal digits.
    let sha256: String

    init(bytes: Int64, sha256: String) {
        self.bytes = bytes
        self.sha256 = sha256
    }

    /// Reads the members `bytes` and `sha256`; `nil` unless both are there.
    init?(_ json: JSON) {
        guard let bytes = json["bytes"]?.integer, bytes >= 0, let sha256 = json["sha256"]?.string, sha256.utf8.count == 64 else {
            return nil
        }
        self.init(bytes: bytes, sha256: sha256)
    }

    var json: [JSON.Member] { [.init("bytes", JSON(bytes)), .init("sha256", JSON(sha256))] }
}

extension ReplayableInput {
    /// What its first bytes are. Of a pipe it takes them.
    /// - Parameter limit: how many at most; there may be fewer.
    /// - Throws: as ``bytes(from:)``.
    func content(upTo limit: Int64 = .max) async throws -> InputContent {
        let digest = StreamingDigest()
        var offset: Int64 = 0
        while offset < limit {
            let bytes = try await bytes(from: offset).prefix(Int(clamping: limit - offset))
            guard !bytes.isEmpty else { break }
            bytes.withUnsafeBytes(digest.add)
            offset += Int64(bytes.count)
            try Task.checkCancellation()
        }
        return InputContent(bytes: offset, sha256: digest.hexadecimal)
    }

    /// Whether this is what was taken.
    /// - Parameter isWhole: whether that was all there was, rather than the beginning.
    func agrees(with content: InputContent, isWhole: Bool) async throws -> Bool {
        if let length, isWhole ? length != content.bytes : length < content.bytes { return false }
        guard try await self.content(upTo: content.bytes) == content else { return false }
        return isWhole ? try await bytes(from: content.bytes).isEmpty : true
    }
}
