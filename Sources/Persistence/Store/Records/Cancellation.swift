/// What became of a wish to cancel a task.
package struct Cancellation: Sendable {
    package var task: TaskRecord
    /// Whether this call ended it; if not it had ended before.
    package var didCancel: Bool
    /// The children of an import that were being processed, and were cancelled with it.
    package var children: [TaskRecord]

    package init(_ task: TaskRecord, didCancel: Bool, children: [TaskRecord] = []) {
        self.task = task
        self.didCancel = didCancel
        self.children = children
    }
}
