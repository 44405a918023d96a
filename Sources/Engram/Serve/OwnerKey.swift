import Foundation
import HTTP
import Knowledge
import Persistence

/// The first key of a server: it is made when there is none, and lies in the data directory for whoever may read that.
enum OwnerKey {
    /// Makes sure that the key in the file is one of the server's owner keys, making both at a first start.
    /// - Returns: the principal that the file's key stands for.
    static func establish(in keys: KeyRing, file: String, now: Timestamp) async throws -> Principal {
        if let contents = FileManager.default.contents(atPath: file),
            let key = AccessKey(String(decoding: contents, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        {
            if let record = keys.authenticate(key, at: now) { return Principal(record) }
            if keys.isEmpty { return Principal(try await add(key, to: keys, now: now)) }
            // The file's key was revoked: that is not undone behind the back of whoever did it.
            if let owner = keys.keys.first(where: { $0.role == .owner && $0.projects == nil && !$0.isExpired(at: now) }) {
                return Principal(owner)
            }
        }
        var random = SystemRandomNumberGenerator()
        let key = AccessKey(random: &random)
        // The file first: a key that is stored and lost would lock everybody out.
        try DataDirectory.write(Array((key.text + "\n").utf8), to: file)
        return Principal(try await add(key, to: keys, now: now))
    }

    private static func add(_ key: AccessKey, to keys: KeyRing, now: Timestamp) async throws -> AccessKeyRecord {
        var random = SystemRandomNumberGenerator()
        let record = AccessKeyRecord(
            id: Identifier(milliseconds: now.milliseconds, random: &random), name: "owner", role: .owner, digest: key.digest,
            hint: key.hint,
            projects: nil, createdAt: now, expiresAt: nil)
        try await keys.add(record)
        return record
    }
}
