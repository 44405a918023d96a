import Knowledge
import Persistence

/// A memory as a client's body describes it, checked.
struct MemoryDraft {
    var project: String
    var title: String?
    var episode: Episode
    var tags: [String]
    var collaborators: [String]
    var isPublic: Bool
    var metadata: JSON
    var externalID: String?
    var priority: TaskPriority

    private enum PriorityName: String, CaseIterable {
        case interactive, bulk
    }

    /// What holds where the body says nothing.
    struct Defaults {
        /// `nil`: it has to say.
        var project: String?
        var priority = TaskPriority.interactive
    }

    /// By which the same content is known again; without an external id nobody asks.
    var contentHash: [UInt8]? { externalID == nil ? nil : Digest.sha256(episode.hashedBytes) }

    /// - Throws: 422 with every bad field.
    init(_ document: JSON, defaults: Defaults = Defaults()) throws(Problem) {
        var fields = try BodyFields(document)
        project =
            if let known = defaults.project {
                fields.text("project_id", most: 200) ?? known
            } else {
                fields.requiredText("project_id", most: 200)
            }
        title = fields.text("title", most: 500)
        let content = fields.requiredText("content")
        let type = fields.choice("content_type", ContentType.self) ?? .text
        if type == .json, !content.isEmpty {
            do {
                _ = try JSON.parse(content)
            } catch {
                fields.report("content", "must be a JSON document, as content_type says: \(error)")
            }
        }
        tags = fields.texts("tags", mostItems: 100, most: 200)
        let entities = fields.objects("entities", most: 1000) { fields in
            SuppliedEntity(
                name: fields.requiredText("name", most: 500), type: fields.requiredText("type", most: 100),
                description: fields.text("description", most: 10_000))
        }
        let relationships = fields.objects("relationships", most: 1000) { fields in
            SuppliedRelationship(
                source: fields.requiredText("source", most: 500), target: fields.requiredText("target", most: 500),
                type: fields.requiredText("type", most: 100), description: fields.text("description", most: 10_000))
        }
        collaborators = fields.texts("collaborators", mostItems: 100, most: 200)
        isPublic = fields.bool("is_public") ?? false
        metadata = fields.object("metadata") ?? .object([])
        externalID = fields.text("external_id", most: 500)
        let occurredAt = fields.timestamp("occurred_at")
        priority = fields.choice("priority", PriorityName.self).map { $0 == .bulk ? .bulk : .interactive } ?? defaults.priority
        episode = Episode(
            title: title, content: content, contentType: type, occurredAt: occurredAt, entities: entities, relationships: relationships)
        try fields.check()
    }
}

/// The same under the older name: the body of `POST /episodes/`.
struct EpisodeDraft {
    var content: String
    var name: String?
    var source: JSON
    var contentType: ContentType
    /// Any text: the name of a project, or its id.
    var group: String
    /// Whether the group is to be made if there is none.
    var makesGroup: Bool
    var metadata: JSON

    /// - Throws: 422 with every bad field.
    init(_ document: JSON) throws(Problem) {
        var fields = try BodyFields(document)
        content = fields.requiredText("content")
        name = fields.text("name", most: 500)
        let description = fields.text("source_description", most: 2000)
        let type = fields.text("source_type", most: 100) ?? fields.text("episode_type", most: 100)
        source = .object([.init("source_description", JSON(description)), .init("source_type", .string(type ?? "text"))])
        // What the origin called a document, an API's answer or a note is text to us.
        contentType = type.flatMap { ContentType(rawValue: $0) } ?? (type == "conversation" ? .message : .text)
        if contentType == .json, (try? JSON.parse(content)) == nil { contentType = .text }
        let project = fields.text("project_id", most: 200)
        let groupID = fields.text("group_id", most: 200)
        let named = groupID.flatMap { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? nil : $0 }
        group = project ?? named ?? "default"
        makesGroup = project == nil
        metadata = fields.object("metadata") ?? .object([])
        try fields.check()
    }
}
