import Glibc
import Synchronization

/// SIGINT and SIGTERM to the tool: the handler only leaves word, because little else is allowed in it.
enum Interruption {
    private static let requested = Atomic<Bool>(false)

    static var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Installs handlers, which (unlike ignored signals) the servers that are started do not inherit.
    static func listen() {
        requested.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.requested.store(true, ordering: .relaxed) }
        }
    }
}
