/// What remains of projects that were deleted.
package protocol DeletionStore: Sendable {
    /// Removes rows that nobody can see any more, because their project was deleted: about `limit` of them, fewer when that takes long. Deleting
    /// goes on where it was after a restart.
    /// - Returns: whether there may be more.
    func purge(limit: Int) async throws -> Bool
}
