import CEpoll
import Foundation
import Glibc
import Synchronization

/// Thousands of event streams over plain HTTP/1.1, read by one thread of their own with `epoll`: about one `recv` and one
/// look-up for each event, so that the client takes as little as can be of the cores it shares with the server.
///
/// The same client for every server: it knows HTTP and `text/event-stream`, and looks into no event. Everything that came is
/// in the ``CrowdRecord`` that ``finish()`` returns.
final class Crowd: Sendable {
    /// One stream to be opened.
    struct Opening: Sendable {
        let port: Int
        /// The whole request; the bytes of one array are shared.
        let request: [UInt8]
        /// What the caller calls the stream.
        let tag: Int
    }

    enum Order: Sendable {
        /// Begins all connections before it looks at any.
        case open([Opening])
        /// Asks for another stream on each connection whose stream has ended properly, in the order in which they were opened.
        case again([Opening])
        /// Hangs up on everybody, records what came, and ends.
        case finish(CheckedContinuation<CrowdRecord, Never>)
    }

    /// How far the crowd is. Counts of streams are of those that are open now or ended last.
    struct Progress: Sendable {
        /// How many times the crowd has asked again.
        var round = 0
        var opened = 0
        /// Streams with an event.
        var served = 0
        /// Streams that the server ended properly.
        var ended = 0
        /// Connections that failed, and streams that were cut.
        var lost = 0
        var whyLost: String?
        /// Of all streams.
        var events = 0
        /// How many streams have had at least this many events; the first element is for one event.
        var reached: [Int] = []
        /// When the last event came.
        var lastArrival = Moment(microseconds: 0)
        var lastServed = Moment(microseconds: 0)

        func reached(_ count: Int) -> Int { count > 0 && count <= reached.count ? reached[count - 1] : 0 }
    }

    /// The two sides' meeting place.
    final class Mailbox: Sendable {
        private let orders = Mutex<[Order]>([])
        private let shown = Mutex(Progress())
        private let wake: Int32

        init(wake: Int32) {
            self.wake = wake
        }

        var progress: Progress {
            get { shown.withLock { $0 } }
            set { shown.withLock { $0 = newValue } }
        }

        func send(_ order: Order) {
            orders.withLock { $0.append(order) }
            var one: UInt64 = 1
            _ = Glibc.write(wake, &one, 8)
        }

        func take() -> [Order] {
            orders.withLock { orders in
                defer { orders = [] }
                return orders
            }
        }
    }

    private let mailbox: Mailbox

    init() throws {
        let wake = eventfd(0, Int32(EFD_NONBLOCK))
        let poll = epoll_create1(0)
        guard wake >= 0, poll >= 0 else { throw BenchmarkFailure(.setup, "No epoll: \(String(cString: strerror(errno)))") }
        let mailbox = Mailbox(wake: wake)
        self.mailbox = mailbox
        let thread = Thread { CrowdLoop(poll: poll, wake: wake, mailbox: mailbox).run() }
        thread.name = "crowd"
        thread.start()
    }

    var progress: Progress { mailbox.progress }

    func open(_ openings: [Opening]) { mailbox.send(.open(openings)) }

    func again(_ openings: [Opening]) { mailbox.send(.again(openings)) }

    func finish() async -> CrowdRecord {
        await withCheckedContinuation { mailbox.send(.finish($0)) }
    }

    /// Waits until the progress is as wanted.
    /// - Parameter what: for the complaint if it isn't in time.
    func wait(_ what: String, patience: Duration = .seconds(120), until isWanted: @Sendable (Progress) -> Bool) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        while true {
            let progress = progress
            if isWanted(progress) { return }
            guard clock.now - began < patience else {
                let loss = progress.whyLost.map { "; \(progress.lost) lost, e.g. \($0)" } ?? ""
                throw BenchmarkFailure(
                    .stalled,
                    "Not within \(patience): \(what) (\(progress.opened) opened, \(progress.served) served, \(progress.ended) ended, "
                        + "\(progress.events) events\(loss))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
