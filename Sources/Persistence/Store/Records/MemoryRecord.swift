package import Knowledge

/// One memory as stored. Whether it has been processed is its task's status: there is no second copy of that.
package struct MemoryRecord: Sendable, Equatable {
    package var number: MemoryNumber
    package var id: Identifier
    package var project: ProjectNumber
    package var projectID: Identifier
    package var episode: Episode
    package var tags: [String]
    package var collaborators: [String]
    package var isPublic: Bool
    /// An object.
    package var metadata: JSON
    package var externalID: String?
    /// Who wrote it: the id of the key, or `local` where none is asked for.
    package var authorID: String
    package var version: Int
    /// What only `POST /episodes/` knows: `source_description` and `source_type`, as an object; `nil` for other memories.
    package var source: JSON?
    package var taskID: Identifier
    package var taskStatus: TaskStatus
    /// 0…100, as last written.
    package var taskProgress: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        number: MemoryNumber, id: Identifier, project: ProjectNumber, projectID: Identifier, episode: Episode, tags: [String],
        collaborators: [String], isPublic: Bool, metadata: JSON, externalID: String?, authorID: String, version: Int, source: JSON?,
        taskID: Identifier, taskStatus: TaskStatus, taskProgress: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.number = number
        self.id = id
        self.project = project
        self.projectID = projectID
        self.episode = episode
        self.tags = tags
        self.collaborators = collaborators
        self.isPublic = isPublic
        self.metadata = metadata
        self.externalID = externalID
        self.authorID = authorID
        self.version = version
        self.source = source
        self.taskID = taskID
        self.taskStatus = taskStatus
        self.taskProgress = taskProgress
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
