import Actors
import Knowledge
import Logging
import Persistence
import ServiceLifecycle

/// How many tasks waited, once a minute for the last hour, in memory.
package actor QueueDepthHistory: Service {
    struct Sample: Sendable {
        /// `HH:MM` in UTC.
        var time: String
        var depth: Int
    }

    private static let capacity = 60

    private let store: any TaskStore
    private let time: TimeSource
    private let logger: Logger
    private var history: [Sample] = []

    package init(_ backend: Backend) {
        store = backend.store
        time = backend.time
        logger = backend.logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    await self.record(try await self.sample())
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("the depth of the queues could not be read", metadata: ["error": "\(error)"])
                }
            } while (try? await Task.sleep(for: .seconds(60))) != nil  // Ends with the task.
        }
    }

    /// The last hour, oldest first, and this moment.
    func samples() async throws -> [Sample] {
        let now = try await sample()
        return (history.last?.time == now.time ? history.dropLast() : history[...]) + [now]
    }

    private func record(_ sample: Sample) {
        history.append(sample)
        if history.count > Self.capacity { history.removeFirst() }
    }

    private func sample() async throws -> Sample {
        let depth = try await store.backlog().reduce(0) { $0 + $1.count }
        return Sample(time: String(time.now().text().dropFirst(11).prefix(5)), depth: depth)
    }
}
