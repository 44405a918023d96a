import NIOCore

/// What has deadlines on an event loop.
protocol DeadlineHolder: AnyObject {
    /// Acts if a deadline has passed.
    func check(_ now: NIODeadline)
    /// The server shuts down.
    func quiesce()
}

/// The deadlines of one event loop's connections, looked at together; confined to that loop.
///
/// One timer for all: a timer of its own for each of ten thousand connections would have to be found among the others to be cancelled.
final class ConnectionDeadlines {
    /// How late a deadline may be noticed.
    static let resolution: TimeAmount = .milliseconds(500)

    private let eventLoop: any EventLoop
    private var holders: [ObjectIdentifier: any DeadlineHolder] = [:]
    private var ticker: Scheduled<Void>?
    private var isQuiescing = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ holder: any DeadlineHolder) {
        holders[ObjectIdentifier(holder)] = holder
        if isQuiescing { holder.quiesce() }
        startTicking()
    }

    func remove(_ holder: any DeadlineHolder) {
        holders[ObjectIdentifier(holder)] = nil
    }

    /// Tells everybody, once, that the server shuts down: those of HTTP/2's streams are not told otherwise.
    func quiesce() {
        guard !isQuiescing else { return }
        isQuiescing = true
        for holder in Array(holders.values) { holder.quiesce() }
    }

    private func startTicking() {
        guard ticker == nil else { return }
        ticker = eventLoop.assumeIsolated().scheduleTask(in: Self.resolution) { [weak self] in self?.tick() }
    }

    private func tick() {
        ticker = nil
        let now = NIODeadline.now()
        for holder in Array(holders.values) { holder.check(now) }
        if !holders.isEmpty { startTicking() }
    }
}
