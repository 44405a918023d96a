/// Where a crash test wants the process to die: the `count`-th time that a transaction which holds such an operation is about
/// to be committed, or has just been. Written `commit:before:3`.
package struct Failpoint: Sendable, Equatable {
    package enum Operation: String, Sendable, CaseIterable {
        case accept
        case batch
        case claim
        case checkpoint
        case commit
        case cancel
        case retry
        case rebuild
        case delete
        case purge
        case revise
        case remove
        case prune
    }

    package enum Position: String, Sendable, CaseIterable {
        /// Nothing of the transaction is durable yet.
        case before
        /// All of it is durable, and no caller knows yet.
        case after
    }

    package var operation: Operation
    package var position: Position
    /// From 1.
    package var count: Int

    package init(operation: Operation, position: Position, count: Int) {
        self.operation = operation
        self.position = position
        self.count = count
    }

    /// Reads `OPERATION:POSITION:COUNT`; anything else is `nil`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let operation = Operation(rawValue: String(parts[0])), let position = Position(rawValue: String(parts[1])),
            let count = Int(parts[2]), count >= 1
        else { return nil }
        self.init(operation: operation, position: position, count: count)
    }
}

extension Failpoint: CustomStringConvertible {
    package var description: String { "\(operation.rawValue):\(position.rawValue):\(count)" }
}
