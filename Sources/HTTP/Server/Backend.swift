package import Actors
package import Knowledge
package import Logging
package import Persistence

/// What requests are served from.
package struct Backend: Sendable {
    package var store: any Store
    package var supervisor: IngestionSupervisor
    package var hub: ProgressHub
    package var queues: QueueReporter
    package var housekeeping: Housekeeping
    package var authenticator: Authenticator
    package var consoleCodes: ConsoleCodes
    package var streamQuota: StreamQuota
    package var time: TimeSource
    /// How many bytes a request's body may have.
    package var bodyLimit: Int
    package var isTLS: Bool
    package var version: String
    package var logger: Logger

    package init(
        store: any Store, supervisor: IngestionSupervisor, hub: ProgressHub, queues: QueueReporter, housekeeping: Housekeeping,
        authenticator: Authenticator,
        consoleCodes: ConsoleCodes, streamQuota: StreamQuota = StreamQuota(),
        time: TimeSource = .system, bodyLimit: Int = 10 << 20, isTLS: Bool, version: String, logger: Logger
    ) {
        self.store = store
        self.supervisor = supervisor
        self.hub = hub
        self.queues = queues
        self.housekeeping = housekeeping
        self.authenticator = authenticator
        self.consoleCodes = consoleCodes
        self.streamQuota = streamQuota
        self.time = time
        self.bodyLimit = bodyLimit
        self.isTLS = isTLS
        self.version = version
        self.logger = logger
    }

    package func newIdentifier() -> Identifier {
        var random = SystemRandomNumberGenerator()
        return Identifier(milliseconds: time.now().milliseconds, random: &random)
    }

    /// The newest state of a task: of the actor that runs it, else as stored.
    package func task(_ id: Identifier) async throws -> TaskUpdate? {
        try await queues.state(of: id)
    }

    /// A task's stream with a ticket in it.
    package func streamURL(of task: Identifier, for principal: Principal) -> String {
        "\(APIBase.path)/tasks/\(task)/stream?ticket=\(authenticator.ticket(.task, for: task, principal: principal).text)"
    }
}
