import Foundation
import GRDB
import Knowledge
import Synchronization

/// Gives numbers and identifiers to new things, from any thread. Numbers begin after the highest that the database has, or
/// had: those of deleted rows are kept in the table `numbers`.
final class NumberSource: Sendable {
    /// The tables whose rows it numbers.
    enum Kind: String, CaseIterable {
        case projects, memories, tasks, entities, relationships, communities
    }

    /// More than can be given and not stored in one boot: what uncommitted episodes of all lanes hold.
    private static let gap: Int64 = 1 << 20

    private let projects: Atomic<Int64>
    private let memories: Atomic<Int64>
    private let tasks: Atomic<Int64>
    private let entities: Atomic<Int64>
    private let relationships: Atomic<Int64>
    private let communities: Atomic<Int64>

    /// - Parameter epoch: the boot that begins. Unless the one before it was closed, it may have given numbers in the graph that it did not get
    ///   to store: ``gap`` of them are passed over.
    init(_ db: Database, epoch: Int64) throws {
        let wasClosed = try db.value("SELECT closed_epoch FROM server", as: Int64.self) == epoch - 1
        func last(_ kind: Kind) throws -> Int64 {
            let last = try db.value(
                "SELECT max(coalesce((SELECT max(number) FROM \(kind.rawValue)), 0), coalesce((SELECT last FROM numbers WHERE kind = ?), 0))",
                kind.rawValue, as: Int64.self)
            // The numbers of the others are given inside the transaction that stores them.
            let isGivenAhead = kind == .entities || kind == .relationships || kind == .communities
            return isGivenAhead && !wasClosed ? last + Self.gap : last
        }
        projects = Atomic(try last(.projects))
        memories = Atomic(try last(.memories))
        tasks = Atomic(try last(.tasks))
        entities = Atomic(try last(.entities))
        relationships = Atomic(try last(.relationships))
        communities = Atomic(try last(.communities))
    }

    func project() -> ProjectNumber { ProjectNumber(projects.wrappingAdd(1, ordering: .relaxed).newValue) }
    func memory() -> MemoryNumber { MemoryNumber(memories.wrappingAdd(1, ordering: .relaxed).newValue) }
    func task() -> TaskNumber { TaskNumber(tasks.wrappingAdd(1, ordering: .relaxed).newValue) }

    /// The last write of a boot: notes all that was given.
    func close(epoch: Int64, in db: Database) throws {
        try keep(Kind.allCases, in: db)
        try db.run("UPDATE server SET closed_epoch = ?", epoch)
    }

    /// A UUID of version 7 with the system's time.
    func identifier() -> Identifier {
        var random = SystemRandomNumberGenerator()
        return Identifier(milliseconds: Timestamp.now.milliseconds, random: &random)
    }

    var numbering: GraphNumbering {
        GraphNumbering(
            entity: { EntityNumber(self.entities.wrappingAdd(1, ordering: .relaxed).newValue) },
            relationship: { RelationshipNumber(self.relationships.wrappingAdd(1, ordering: .relaxed).newValue) },
            community: { CommunityNumber(self.communities.wrappingAdd(1, ordering: .relaxed).newValue) },
            identifier: { self.identifier() })
    }

    /// Notes the highest numbers given, before rows are deleted that may have them, or at the end.
    func keep(_ kinds: [Kind], in db: Database) throws {
        for kind in kinds {
            try db.run(
                "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET last = max(last, excluded.last)", kind.rawValue,
                last(kind))
        }
    }

    private func last(_ kind: Kind) -> Int64 {
        switch kind {
        case .projects: projects.load(ordering: .relaxed)
        case .memories: memories.load(ordering: .relaxed)
        case .tasks: tasks.load(ordering: .relaxed)
        case .entities: entities.load(ordering: .relaxed)
        case .relationships: relationships.load(ordering: .relaxed)
        case .communities: communities.load(ordering: .relaxed)
        }
    }
}

extension Timestamp {
    /// The system's time.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
