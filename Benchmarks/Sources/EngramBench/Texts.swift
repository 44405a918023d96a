import NIOCore

/// The supply of bodies that all scenarios of an invocation share, so that no text is posted twice unless the corpus is short.
@ClientLoop
final class Texts {
    private var source: any EpisodeSource

    init(_ source: any EpisodeSource) {
        self.source = source
    }

    var origin: String { source.origin }

    func appendNext(to buffer: inout ByteBuffer) {
        source.appendNext(to: &buffer)
    }

    func next() -> ByteBuffer {
        var body = ByteBuffer()
        appendNext(to: &body)
        return body
    }
}
