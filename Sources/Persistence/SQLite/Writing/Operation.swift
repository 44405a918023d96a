import GRDB
import Persistence

/// One write in the queue. Its caller hears of it once, after the transaction that held it.
struct Operation: Sendable {
    /// What a ``Failpoint`` may name it by.
    var kind: Failpoint.Operation?
    /// Applies it, on the writer's thread and inside a transaction; may be called again when that is rolled back. Returns what tells the caller of
    /// the success, to be called once it is durable.
    var apply: @Sendable (Database) throws -> @Sendable () -> Void
    /// Tells the caller that nothing was changed, and why.
    var refuse: @Sendable (StoreError) -> Void

    init<Value: Sendable>(
        _ kind: Failpoint.Operation?, _ body: @escaping @Sendable (Database) throws -> Value,
        answer: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.kind = kind
        apply = { db in
            let value = try body(db)
            return { answer(.success(value)) }
        }
        refuse = { answer(.failure($0)) }
    }
}
