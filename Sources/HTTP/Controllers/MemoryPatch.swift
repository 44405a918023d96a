import Knowledge
import Persistence

/// What a client's body wants to be different in a memory, checked as a new one is.
struct MemoryPatch {
    private let title: String??
    private let content: String?
    private let tags: [String]?
    private let metadata: JSON?

    /// - Throws: 422 with every bad field.
    init(_ document: JSON, to memory: MemoryRecord) throws(Problem) {
        var fields = try BodyFields(document)
        title = fields.has("title") ? .some(fields.text("title", most: 500)) : nil
        content = fields.has("content") ? fields.requiredText("content") : nil
        if let content, !content.isEmpty, memory.episode.contentType == .json {
            do {
                _ = try JSON.parse(content)
            } catch {
                fields.report("content", "must be a JSON document, as the memory's content_type says: \(error)")
            }
        }
        // Null empties them, as it takes the title away.
        tags = fields.has("tags") ? fields.texts("tags", mostItems: 100, most: 200) : nil
        metadata = fields.has("metadata") ? fields.object("metadata") ?? .object([]) : nil
        try fields.check()
    }

    func change(of memory: MemoryRecord, expectedVersion: Int?, task: Identifier, at: Timestamp) -> MemoryChange {
        MemoryChange(
            memory: memory.id, expectedVersion: expectedVersion, title: title, content: content, tags: tags, metadata: metadata,
            taskID: task,
            at: at)
    }
}
