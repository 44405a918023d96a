/// What one memory has put into its project's graph: kept beside the graph, so that it can be taken out again.
package struct Contribution: Sendable, Equatable {
    package var memory: MemoryNumber
    /// The graph's version that its commit made. Contributions are folded in this order; 0 for one that an older version of Engram wrote, which knows
    /// neither forms nor facts.
    package var version: Int64
    /// The entities that it names, each once, in order of appearance.
    package var mentions: [GraphDelta.Mention]
    /// The relationships that it states, each once.
    package var statements: [Statement]

    package init(memory: MemoryNumber, version: Int64, mentions: [GraphDelta.Mention] = [], statements: [Statement] = []) {
        self.memory = memory
        self.version = version
        self.mentions = mentions
        self.statements = statements
    }

    /// Whether ``EntityForm``s and facts were written down.
    package var isLegacy: Bool { version == 0 }

    /// A relationship that a memory states.
    package struct Statement: Sendable, Equatable {
        package var relationship: RelationshipNumber
        /// How this memory puts it; `nil` when it was the first to state it: then the relationship's record says so.
        package var fact: Fact?

        package init(_ relationship: RelationshipNumber, fact: Fact? = nil) {
            self.relationship = relationship
            self.fact = fact
        }
    }

    package struct Fact: Sendable, Equatable {
        package var text: String
        package var validAt: Timestamp?

        package init(_ text: String, validAt: Timestamp?) {
            self.text = text
            self.validAt = validAt
        }
    }
}

/// One way in which a memory names an entity.
package struct EntityForm: Sendable, Hashable {
    package var name: String
    package var type: String
    package var description: String?

    package init(name: String, type: String, description: String? = nil) {
        self.name = name
        self.type = type
        self.description = description
    }

    // By bytes, as stores compare texts: two spellings that Unicode holds for equal are two forms.
    package static func == (left: EntityForm, right: EntityForm) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.type.utf8.elementsEqual(right.type.utf8)
            && (left.description == nil) == (right.description == nil)
            && (left.description ?? "").utf8.elementsEqual((right.description ?? "").utf8)
    }
}
