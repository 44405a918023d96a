import Synchronization

/// Whether the server still takes on work.
package final class Readiness: Sendable {
    private let stopping = Atomic(false)

    package init() {}

    package var isStopping: Bool { stopping.load(ordering: .acquiring) }

    package func stop() { stopping.store(true, ordering: .releasing) }
}
