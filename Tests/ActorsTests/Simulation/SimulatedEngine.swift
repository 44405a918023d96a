import Knowledge
import Persistence

@testable import Actors

/// What one process holds: the real scheduler, gate and turnstiles, and the tasks in hand.
struct SimulatedEngine {
    enum Phase: Equatable {
        /// It waits for leave to ask the provider.
        case atGate
        case returning
        case extracting
        case pausing
        case waitingForTurn
        case committing
    }

    struct Hand {
        let turn: Int
        var phase = Phase.extracting
        var hasWorker = true
        /// Another attempt has to be counted before it goes on.
        var isRetry = false
        var failures: [FailureClass.Group: Int] = [:]
        var admission: RateGate.Admission?
        /// Answers to earlier calls are not for it any more.
        var call = 0
    }

    let boot: Int
    var scheduler: LaneScheduler
    var gate = RateGate()
    var hands: [TaskNumber: Hand] = [:]
    var claimed: [Lane: [TaskNumber]] = [:]
    var asked: [Lane: Int] = [:]
    var resting: Set<Lane> = []
    var strays: [Lane] = []
    var turns: [Lane: Int] = [:]
    var turnstiles: [Lane: Turnstile<TaskNumber>] = [:]
    var atGate: [TaskNumber] = []
    var returning: [Lane: [TaskNumber]] = [:]
    var lastCommit = 0
    var fairness = FairnessLedger()

    init(boot: Int, limits: LaneScheduler.Limits, window: Int) {
        self.boot = boot
        scheduler = LaneScheduler(limits, window: window)
    }

    func inHand(_ lane: Lane, _ store: SimulatedStore) -> Int {
        hands.keys.count { store.rows[$0]?.arrival.lane == lane } + claimed[lane, default: []].count
    }

    /// Workers in use or spoken for, of a project or of all, counted without the scheduler's help.
    func workersInUse(of project: ProjectNumber?, _ store: SimulatedStore) -> Int {
        func counts(_ lane: Lane) -> Bool { project == nil || lane.project == project }
        let working = hands.count { $0.value.hasWorker && (store.rows[$0.key].map { counts($0.arrival.lane) } ?? false) }
        let waiting =
            claimed.reduce(0) { $0 + (counts($1.key) ? $1.value.count : 0) } + asked.reduce(0) { $0 + (counts($1.key) ? $1.value : 0) }
        return working + waiting + strays.count(where: counts)
    }
}
