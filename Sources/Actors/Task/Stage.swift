/// A step that a task goes through, as a client sees it.
package struct Stage: Sendable, Equatable {
    package var name: String
    /// The progress at which it begins, 0…100.
    package var progress: Int
    package var message: String

    package init(name: String, progress: Int, message: String) {
        self.name = name
        self.progress = progress
        self.message = message
    }
}

/// The stages of `add_episode`.
extension Stage {
    package static let start = Stage(name: "start", progress: 10, message: "Starting episode ingestion...")

    package static func loadSchema(project: String) -> Stage {
        Stage(name: "load_schema", progress: 20, message: "Loading schema for project \(project)...")
    }

    package static let extract = Stage(name: "extract", progress: 30, message: "Extracting entities and relationships...")

    /// A rate limit has to be over first.
    package static let awaitProvider = Stage(name: "extract", progress: 30, message: "Waiting until the extractor takes requests again...")

    /// The way from 30 towards 50 while `done` of `total` parts are read.
    package static func extracting(_ done: Int, of total: Int) -> Stage {
        Stage(
            name: "extract", progress: min(49, 30 + 20 * done / max(1, total)),
            message: "Extracting entities and relationships (\(done) of \(total) parts)...")
    }

    package static let syncSchema = Stage(name: "sync_schema", progress: 50, message: "Syncing schema...")
    package static let updateCommunities = Stage(name: "update_communities", progress: 75, message: "Updating communities...")
    package static let completed = Stage(name: "completed", progress: 100, message: "Episode ingestion completed")
}
