import NIOCore

/// What is shown to one client, confined to its event loop: the logic between the updates that come for all and the ``StreamOutput`` of one.
///
/// It is made when its request has been read. From then on its ``StreamGate`` tells it what becomes of the client; once it has opened an output,
/// that does.
protocol StreamSubscriber: AnyObject {
    /// The response can be written to again.
    func outputIsWritable()
    /// Nothing can be written any more: the client has gone, or all of the response has left.
    func outputDidClose()
    /// The server shuts down: the stream is to end, and its client to come back.
    func drain()
}
