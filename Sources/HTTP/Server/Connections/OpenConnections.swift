import NIOCore
import Synchronization

/// How many connections are open, so that a shutdown can wait for the last.
final class OpenConnections: Sendable {
    private let count = Mutex(0)
    private let closings: AsyncStream<Void>
    private let closed: AsyncStream<Void>.Continuation

    init() {
        (closings, closed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ channel: any Channel) {
        count.withLock { $0 += 1 }
        channel.closeFuture.whenComplete { [self] _ in
            let left = count.withLock { count in
                count -= 1
                return count
            }
            if left == 0 { closed.yield() }
        }
    }

    /// Returns when none is open, or the task is cancelled; once nobody listens any more. To be called once.
    func waitForNone() async {
        if count.withLock({ $0 }) == 0 { return }
        for await _ in closings where count.withLock({ $0 }) == 0 { return }
    }
}
