package import Knowledge

/// A task without a memory on its way in; ids and times are the caller's.
package struct TaskSubmission: Sendable {
    package var id: Identifier
    /// Not ``TaskType/addEpisode``, which comes with its memory.
    package var type: TaskType
    package var project: ProjectNumber
    package var priority: TaskPriority
    /// The task whose doing it continues or undoes, if there is one.
    package var parent: TaskNumber?
    package var at: Timestamp

    package init(
        id: Identifier, type: TaskType, project: ProjectNumber, priority: TaskPriority = .interactive, parent: TaskNumber? = nil,
        at: Timestamp
    ) {
        self.id = id
        self.type = type
        self.project = project
        self.priority = priority
        self.parent = parent
        self.at = at
    }
}
