import Knowledge
import Persistence
import Testing

/// The store that one check tries, and the words it speaks to it with.
struct Trial: Sendable {
    let store: any Store
    let reopen: @Sendable (any Store) async throws -> any Store

    /// The same words to another store.
    func with(_ store: any Store) -> Trial { Trial(store: store, reopen: reopen) }

    /// `body` with the store opened again, which is closed afterwards.
    func reopened(_ body: (Trial) async throws -> Void) async throws {
        let later = try await reopen(store)
        do {
            try await body(with(later))
        } catch {
            await later.close()
            throw error
        }
        await later.close()
    }

    /// A fixed moment, with microseconds to lose, and `seconds` later.
    func at(_ seconds: Int64 = 0) -> Timestamp { Timestamp(microseconds: 1_700_000_000_123_457).advanced(bySeconds: seconds) }

    func newID() -> Identifier { store.numbering.identifier() }

    /// Expects a ``StoreError`` of this code.
    func refuses(_ code: StoreError.Code, at location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("nothing was refused; expected \(code)", sourceLocation: location)
        } catch let error as StoreError {
            #expect(error.code == code, sourceLocation: location)
            #expect(!error.message.isEmpty, sourceLocation: location)
        } catch {
            Issue.record("expected a StoreError, not \(error)", sourceLocation: location)
        }
    }

    func project(_ name: String = "Project", at seconds: Int64 = 0) async throws -> ProjectRecord {
        try await store.createProject(id: newID(), name: name, description: nil, at: at(seconds))
    }

    func lane(_ project: ProjectRecord, _ priority: TaskPriority = .interactive) -> Lane {
        Lane(project: project.number, priority: priority)
    }

    /// Everything of some kind, up to a thousand.
    var all: Slice { Slice(limit: 1000) }

    func task(_ id: Identifier, at location: SourceLocation = #_sourceLocation) async throws -> TaskRecord {
        try #require(await store.task(id: id), sourceLocation: location)
    }

    func memory(_ id: Identifier, at location: SourceLocation = #_sourceLocation) async throws -> MemoryRecord {
        try #require(await store.memory(id: id), sourceLocation: location)
    }
}
