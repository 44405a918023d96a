import NIOCore

/// An endless supply of `POST /memories/` bodies, each complete with its `project_id`.
protocol EpisodeSource {
    /// Appends the next body, a JSON object, to `buffer`.
    mutating func appendNext(to buffer: inout ByteBuffer)

    /// What the texts are, for the report: where from, and how often they have repeated so far.
    var origin: String { get }
}
