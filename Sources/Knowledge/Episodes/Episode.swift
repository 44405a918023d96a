/// What a memory says, as the pipeline reads it.
package struct Episode: Sendable, Equatable {
    package var title: String?
    package var content: String
    package var contentType: ContentType
    package var occurredAt: Timestamp?
    /// Entities and relationships that the client named itself; they are merged into what the text yields.
    package var entities: [SuppliedEntity]
    package var relationships: [SuppliedRelationship]

    package init(
        title: String? = nil, content: String, contentType: ContentType = .text, occurredAt: Timestamp? = nil,
        entities: [SuppliedEntity] = [], relationships: [SuppliedRelationship] = []
    ) {
        self.title = title
        self.content = content
        self.contentType = contentType
        self.occurredAt = occurredAt
        self.entities = entities
        self.relationships = relationships
    }
}

extension Episode {
    /// All that what is extracted depends on and more than the title, so that equal bytes mean the same content: each text with its length before it.
    package var hashedBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.utf8.count + 64)
        func append(_ text: String?) {
            bytes.append(contentsOf: "\(text?.utf8.count ?? -1):".utf8)
            if let text { bytes.append(contentsOf: text.utf8) }
        }
        append(contentType.rawValue)
        append(occurredAt.map { String($0.microseconds) })
        append(content)
        for entity in entities {
            append("entity")
            append(entity.name)
            append(entity.type)
            append(entity.description)
        }
        for relationship in relationships {
            append("relationship")
            append(relationship.source)
            append(relationship.target)
            append(relationship.type)
            append(relationship.description)
        }
        return bytes
    }
}

/// How a memory's content is to be read.
package enum ContentType: String, Sendable, CaseIterable {
    case text
    /// Lines of `Name: text`; a line without a name goes on with the turn before it.
    case message
    case markdown
    /// One JSON document; its members are walked in the order in which they stand.
    case json
}

package struct SuppliedEntity: Sendable, Equatable {
    package var name: String
    package var type: String
    package var description: String?

    package init(name: String, type: String, description: String? = nil) {
        self.name = name
        self.type = type
        self.description = description
    }
}

package struct SuppliedRelationship: Sendable, Equatable {
    package var source: String
    package var target: String
    package var type: String
    package var description: String?

    package init(source: String, target: String, type: String, description: String? = nil) {
        self.source = source
        self.target = target
        self.type = type
        self.description = description
    }
}
