import NIOCore

/// The supply of bodies that all scenarios of an invocation share, so that no text is posted twice unless the corpus is short.
@ClientLoop
final class Texts {
    private var source: any EpisodeSource

    init(_ source: any EpisodeSource) {
        self.source = source
    }

    var origin: String { source.origin }

    /// Appends the next body of `POST /memories/`.
    /// - Parameter priority: `nil` leaves it to the server.
    func appendNext(to buffer: inout ByteBuffer, project: String = "default", priority: String? = nil) {
        buffer.writeString("{\"project_id\":\"\(project)\",")
        if let priority { buffer.writeString("\"priority\":\"\(priority)\",") }
        source.appendNext(to: &buffer)
    }

    /// Appends the next line of an import.
    func appendLine(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("{")
        source.appendNext(to: &buffer)
        buffer.writeStaticString("\n")
    }

    func next(project: String = "default", priority: String? = nil) -> ByteBuffer {
        var body = ByteBuffer()
        appendNext(to: &body, project: project, priority: priority)
        return body
    }
}
