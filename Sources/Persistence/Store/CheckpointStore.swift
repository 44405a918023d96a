package import Knowledge

/// What an extractor found, written down before its task is done, where finding it again would be dear.
package protocol CheckpointStore: Sendable {
    /// Keeps what was found in a memory's version for a task that this process holds; it comes with the task's next ``Claim``, if the memory still
    /// has that version, and is forgotten when the task ends. Replaces an earlier one.
    /// - Throws: `lostRace`, `full`.
    func checkpoint(_ guarding: TaskGuard, _ extraction: Extraction, version: Int) async throws
}
