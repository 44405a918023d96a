/// What a ``ProjectGraph`` has to read before it can take contributions out.
package struct RetractionNeeds: Sendable, Equatable {
    /// Whose contributions are to be taken out; what others say is asked of all but these.
    package var memories: Set<MemoryNumber>
    package var entities: [EntityNumber] = []
    package var relationships: [RelationshipNumber] = []
    package var forms: [Forms] = []
    package var facts: [Facts] = []

    package init(memories: Set<MemoryNumber>) {
        self.memories = memories
    }

    package var isEmpty: Bool { entities.isEmpty && relationships.isEmpty && forms.isEmpty && facts.isEmpty }

    /// How the other memories name an entity: a ``FormsReading`` of them all, in ascending order.
    package struct Forms: Sendable, Equatable {
        package var entity: EntityNumber
        /// The forms that go, each with the first ``Contribution/version`` in which it goes.
        package var retracted: [EntityForm: Int64]

        package init(entity: EntityNumber, retracted: [EntityForm: Int64]) {
            self.entity = entity
            self.retracted = retracted
        }
    }

    /// How the other memories put a relationship: a ``FactsReading`` of them all, in ascending order.
    package struct Facts: Sendable, Equatable {
        package var relationship: RelationshipNumber
        /// The first of the memories that go and state it.
        package var firstRetracted: MemoryNumber

        package init(relationship: RelationshipNumber, firstRetracted: MemoryNumber) {
            self.relationship = relationship
            self.firstRetracted = firstRetracted
        }
    }
}

/// The answer to ``RetractionNeeds``.
package struct RetractionFacts: Sendable, Equatable {
    /// For every entity asked, its record; `nil` inside when there is none.
    package var entities: [EntityNumber: EntityRecord?] = [:]
    /// For every relationship asked, its record; `nil` inside when there is none.
    package var relationships: [RelationshipNumber: RelationshipRecord?] = [:]
    /// For every entity asked, the ``FormsReading/answer``.
    package var forms: [EntityNumber: [EntityForm]?] = [:]
    /// For every relationship asked, the ``FactsReading/answer``.
    package var facts: [RelationshipNumber: Contribution.Fact?] = [:]

    package init() {}
}

/// Hears how memories name an entity, one after the other, until it is clear what that makes of it without those that go.
///
/// A form that an earlier memory gives changes nothing when it is given again; so if each that goes is also given earlier by one that stays, the
/// entity stays as it is, and a few memories tell. Of an entity with more than ``limit`` memories it stays so too when any of them gives
/// the same forms: what exactly would have come first is not worth reading them all.
package struct FormsReading: Sendable {
    package static let limit = 1024

    private struct Place: Comparable {
        var version: Int64
        var memory: MemoryNumber
        var index: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.version, left.memory, left.index) < (right.version, right.memory, right.index)
        }
    }

    private let retracted: [EntityForm: Int64]
    private var firsts: [EntityForm: Place] = [:]
    private var count = 0
    private var isUnchanged = false

    package init(_ need: RetractionNeeds.Forms) {
        retracted = need.retracted
    }

    /// Hears one memory. Returns whether enough is known.
    package mutating func hear(_ forms: [EntityForm], version: Int64, memory: MemoryNumber) -> Bool {
        guard !forms.isEmpty else {
            // Written by an older version: what it would make of the entity can't be known.
            isUnchanged = true
            return true
        }
        count += 1
        var isTelling = count == Self.limit
        for (index, form) in forms.enumerated() {
            let place = Place(version: version, memory: memory, index: index)
            if let first = firsts[form], first < place { continue }
            firsts[form] = place
            if retracted[form] != nil { isTelling = true }
        }
        if isTelling {
            isUnchanged = retracted.allSatisfy { form, version in
                firsts[form].map { $0.version < version || count >= Self.limit } ?? false
            }
        }
        return isUnchanged
    }

    /// All forms in the order in which they first came; `nil` when the entity stays as it is.
    package var answer: [EntityForm]? {
        isUnchanged ? nil : firsts.sorted { $0.value < $1.value }.map(\.key)
    }
}

/// Hears how memories put a relationship, one after the other, until it is clear whose fact it has without those that go: the first's, by
/// ``Contribution/version``, among the ``FormsReading/limit`` oldest memories.
package struct FactsReading: Sendable {
    private let firstRetracted: MemoryNumber
    private var first: (version: Int64, memory: MemoryNumber, fact: Contribution.Fact?)?
    private var count = 0
    private var isUnchanged = false

    package init(_ need: RetractionNeeds.Facts) {
        firstRetracted = need.firstRetracted
    }

    /// Hears one memory. Returns whether enough is known.
    package mutating func hear(_ statement: Contribution.Statement, version: Int64, memory: MemoryNumber) -> Bool {
        if version > 0, statement.fact == nil {
            // The record has this one's.
            isUnchanged = true
            return true
        }
        if first.map({ (version, memory) < ($0.version, $0.memory) }) ?? true { first = (version, memory, statement.fact) }
        count += 1
        return count >= FormsReading.limit
    }

    /// The fact that it has from now on; `nil` when it keeps the one in its record.
    package var answer: Contribution.Fact? {
        guard !isUnchanged, let first else { return nil }
        if let fact = first.fact { return fact }
        // Written by an older version, which kept only the first memory's fact.
        return first.memory < firstRetracted ? nil : Contribution.Fact("", validAt: nil)
    }
}
