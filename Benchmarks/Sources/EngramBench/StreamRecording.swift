/// Everything that came over one stream, kept raw while the run lasts and judged afterwards.
struct StreamRecording {
    struct Arrival {
        /// When the bytes that completed the event were read from the socket.
        let receivedAt: Moment
        let event: ServerEvent
    }

    enum Ending {
        /// The response was ended as HTTP demands.
        case complete
        /// The connection was lost, refused or given up by the client; why.
        case cut(String)
    }

    var status: Int?
    var mediaType = ""
    var arrivals: [Arrival] = []
    var comments = 0
    /// `nil` while the stream is open.
    var ending: Ending?
}
