import NIOCore
import NIOPosix

/// The one event loop that carries the whole client: every connection and every scenario runs on its thread, so that
/// nothing here needs a lock and the tool never takes more than one core from the server it measures.
///
/// Channel handlers are plain classes made and used on this thread; a callback they are given may touch anything that is
/// isolated to this actor, because it is called from the same thread.
@globalActor
actor ClientLoop {
    static let shared = ClientLoop()

    nonisolated let eventLoop: any EventLoop

    private init() {
        eventLoop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        eventLoop.executor.asUnownedSerialExecutor()
    }
}
