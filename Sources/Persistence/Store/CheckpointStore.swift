package import Knowledge

/// What an extractor found, written down before its task is done, where finding it again would be dear.
package protocol CheckpointStore: Sendable {
    /// Keeps what was found in a memory's content for a task that this process holds; it comes with the task's next ``Claim``, and is forgotten when the
    /// task ends: new content has a new task, while a new title or tags, which make a new version too, leave it what was found. Replaces an earlier one.
    /// - Parameter version: in which it was found, for whoever looks into the store.
    /// - Throws: `lostRace`, `full`.
    func checkpoint(_ guarding: TaskGuard, _ extraction: Extraction, version: Int) async throws
}
