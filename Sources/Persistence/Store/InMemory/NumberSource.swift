import Knowledge
import Synchronization

/// Gives numbers and identifiers to new things of the graph, from any thread.
final class NumberSource: Sendable {
    private let entity = Atomic<Int64>(0)
    private let relationship = Atomic<Int64>(0)
    private let community = Atomic<Int64>(0)
    private let random: Mutex<any RandomNumberGenerator & Sendable>
    let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp, random: any RandomNumberGenerator & Sendable) {
        self.now = now
        self.random = Mutex(random)
    }

    var numbering: GraphNumbering {
        GraphNumbering(
            entity: { EntityNumber(self.entity.wrappingAdd(1, ordering: .relaxed).newValue) },
            relationship: { RelationshipNumber(self.relationship.wrappingAdd(1, ordering: .relaxed).newValue) },
            community: { CommunityNumber(self.community.wrappingAdd(1, ordering: .relaxed).newValue) },
            identifier: { self.identifier() })
    }

    func identifier() -> Identifier {
        let milliseconds = now().milliseconds
        return random.withLock { Identifier(milliseconds: milliseconds, random: &$0) }
    }
}
