/// A row's place in the order of insertion, unique for one kind of thing in one store. Numbers only grow; ties in every
/// algorithm break on them, never on identifiers, so that the same inputs in the same order give the same graph.
package struct Number<Kind>: Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    package static func < (left: Number, right: Number) -> Bool { left.rawValue < right.rawValue }

    /// The number after this one.
    package var next: Number { Number(rawValue + 1) }
}

extension Number: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

package enum ProjectKind: Sendable {}
package enum MemoryKind: Sendable {}
package enum TaskKind: Sendable {}
package enum EntityKind: Sendable {}
package enum RelationshipKind: Sendable {}
package enum CommunityKind: Sendable {}

package typealias ProjectNumber = Number<ProjectKind>
package typealias MemoryNumber = Number<MemoryKind>
package typealias TaskNumber = Number<TaskKind>
package typealias EntityNumber = Number<EntityKind>
package typealias RelationshipNumber = Number<RelationshipKind>
package typealias CommunityNumber = Number<CommunityKind>
