/// What the tool needs to know of a response before its body.
struct ResponseHead {
    /// How the end of the body is known.
    enum Framing: Equatable {
        case length(Int)
        case chunked
        case untilClose
    }

    let status: Int
    let framing: Framing
    /// The media type without parameters, in the server's spelling.
    let mediaType: String
    /// `Retry-After` in seconds.
    let retryAfter: Int?
}
