import NIOCore

/// An endless supply of memories, each a JSON object without a `project_id`.
protocol EpisodeSource {
    /// Appends the next object to `buffer`, without its opening brace: members are put before.
    mutating func appendNext(to buffer: inout ByteBuffer)

    /// What the texts are, for the report: where from, and how often they have repeated so far.
    var origin: String { get }
}
