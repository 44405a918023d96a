package import Persistence
import Testing

/// What every ``Store`` must do, as a list of checks that a test target runs as the cases of one parameterised test:
///
///     @Test(arguments: StoreConformance.checks)
///     func conforms(check: StoreConformance.Check) async throws { try await conformance.run(check) }
package struct StoreConformance: Sendable {
    /// One sentence of the contract, and what proves it. It gets a store of its own.
    package struct Check: Sendable, CustomTestStringConvertible {
        package let name: String
        let body: @Sendable (Trial) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (Trial) async throws -> Void) {
            self.name = name
            self.body = body
        }

        package var testDescription: String { name }
    }

    /// Opens an empty store in its first boot.
    package let makeStore: @Sendable () async throws -> any Store
    /// Opens what a store from ``makeStore`` (or from here) holds as a new process would. The earlier one may be closed first; its
    /// writes are expected to be refused afterwards.
    package let reopen: @Sendable (any Store) async throws -> any Store

    package init(
        makeStore: @escaping @Sendable () async throws -> any Store, reopen: @escaping @Sendable (any Store) async throws -> any Store
    ) {
        self.makeStore = makeStore
        self.reopen = reopen
    }

    package static let checks: [Check] = [
        projects, deletions, acceptances, submissions, regroupings, imports, importCancels, reruns, memoryQueries, taskQueries, claims,
        checkpoints, restarts, endings, retries, retention, races, commits, facts, entityViews, communityViews, accessKeys, texts,
        lifecycle, sequences, versions, removals, statistics
    ].flatMap(\.self)

    package func run(_ check: Check) async throws {
        let store = try await makeStore()
        do {
            try await check.body(Trial(store: store, reopen: reopen))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Runs all checks, one after the other.
    package func run() async throws {
        for check in Self.checks { try await run(check) }
    }
}
