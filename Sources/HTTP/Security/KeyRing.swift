package import Knowledge
package import Persistence
import Synchronization

/// The access keys in memory, so that a request is authenticated without reading the store. Every change goes through the
/// store first.
package final class KeyRing: Sendable {
    private struct State {
        var keys: [Identifier: AccessKeyRecord] = [:]
        /// By the first eight bytes of the digest; the rest is compared in constant time.
        var byDigest: [UInt64: [Identifier]] = [:]
    }

    private let store: any AccessKeyStore
    private let state = Mutex(State())

    package init(store: any AccessKeyStore) async throws {
        self.store = store
        for key in try await store.accessKeys() { insert(key) }
    }

    package var isEmpty: Bool { state.withLock { $0.keys.isEmpty } }

    /// In the order of their making.
    package var keys: [AccessKeyRecord] { state.withLock { $0.keys.values.sorted { $0.id < $1.id } } }

    /// The key of this id, unless it was revoked or has expired.
    package func valid(_ id: Identifier, at now: Timestamp) -> AccessKeyRecord? {
        state.withLock { state in
            guard let key = state.keys[id], !key.isExpired(at: now) else { return nil }
            return key
        }
    }

    package func authenticate(_ key: AccessKey, at now: Timestamp) -> AccessKeyRecord? {
        let digest = key.digest
        return state.withLock { state in
            for id in state.byDigest[Self.slot(of: digest)] ?? [] {
                if let record = state.keys[id], Digest.areEqual(record.digest, digest), !record.isExpired(at: now) { return record }
            }
            return nil
        }
    }

    package func add(_ key: AccessKeyRecord) async throws {
        try await store.addAccessKey(key)
        insert(key)
    }

    /// Returns whether there was one.
    package func revoke(_ id: Identifier) async throws -> Bool {
        let existed = try await store.removeAccessKey(id: id)
        state.withLock { state in
            guard let key = state.keys.removeValue(forKey: id) else { return }
            state.byDigest[Self.slot(of: key.digest)]?.removeAll { $0 == id }
        }
        return existed
    }

    private func insert(_ key: AccessKeyRecord) {
        state.withLock { state in
            state.keys[key.id] = key
            state.byDigest[Self.slot(of: key.digest), default: []].append(key.id)
        }
    }

    private static func slot(of digest: [UInt8]) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
