/// One dispatched event of a stream.
struct ServerEvent {
    /// `message` when the stream names none.
    let name: String
    /// The last `id:` seen, on this event or before.
    let id: String
    /// The `data:` lines, joined by line feeds.
    let data: String
}
