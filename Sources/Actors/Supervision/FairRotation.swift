import DequeModule
import HeapModule
import Persistence

/// Lanes of one priority that take turns by deficit round robin (M. Shreedhar and G. Varghese, "Efficient Fair Queueing Using Deficit Round
/// Robin", SIGCOMM 1995): in each round a lane may spend ``quantum``, whatever the size of its tasks.
///
/// What differs from the paper: a task's cost is known only after it was chosen, so a lane may overdraw its account and then sits out as many rounds
/// as pay for it (rounds that nobody has a turn in are skipped, so a decision costs O(log rounds), however large a task was); and a lane that has not
/// spent its share of this round goes before those that wait for their next, so that a single episode doesn't wait for a round of large projects. After
/// ``freshRun`` turns of that kind in succession one of the others is due.
struct FairRotation: Sendable {
    /// What a lane may spend in a round.
    static let quantum = 8
    static let freshRun = 7

    private enum Place {
        /// In one of the queues below.
        case queued
        /// It has the turn, or can't use one; it comes back with ``want(_:)``.
        case out
        /// It has nothing to do and has not spent its share of this round.
        case rested
    }

    private struct Account {
        /// What may still be spent in `round`: above 0 for whoever is queued.
        var balance = FairRotation.quantum
        /// The round in which the lane has its next turn.
        var round: Int
        var place = Place.queued
    }

    private var accounts: [Lane: Account] = [:]
    /// Those that came while the round was on its way.
    private var fresh: Deque<Lane> = []
    private var current: Deque<Lane> = []
    private var later: [Int: Deque<Lane>] = [:]
    private var laterRounds = Heap<Int>()
    private var rested: [Lane] = []
    private var round = 0
    private var freshTurns = 0

    /// Whether nobody waits for a turn.
    var isEmpty: Bool { fresh.isEmpty && current.isEmpty && later.isEmpty }

    /// The lane can use a turn. Harmless when that is known.
    mutating func want(_ lane: Lane) {
        guard var account = accounts[lane] else {
            accounts[lane] = Account(round: round)
            fresh.append(lane)
            return
        }
        guard account.place != .queued else { return }
        let isRested = account.place == .rested
        account.place = .queued
        settle(&account)
        accounts[lane] = account
        if account.round > round {
            postpone(lane, to: account.round)
        } else if isRested {
            fresh.append(lane)
        } else {
            current.prepend(lane)
        }
    }

    /// The lane whose turn it is; it is out of the rotation until ``want(_:)`` or ``rest(_:)``.
    mutating func next() -> Lane? {
        while let lane = pop() {
            guard let turn = accounts[lane]?.round, turn > round else {
                accounts[lane]?.place = .out
                return lane
            }
            // It was charged while it waited.
            postpone(lane, to: turn)
        }
        return nil
    }

    private mutating func pop() -> Lane? {
        if fresh.isEmpty || (freshTurns >= Self.freshRun && !(current.isEmpty && later.isEmpty)) {
            if current.isEmpty { advance() }
            freshTurns = 0
            return current.popFirst()
        }
        freshTurns += 1
        return fresh.popFirst()
    }

    /// What a lane may still spend in its turn.
    func balance(of lane: Lane) -> Int {
        guard var account = accounts[lane] else { return 0 }
        settle(&account)
        return account.balance
    }

    /// The lane, which is out, has had something done.
    /// - Parameter isAlone: nobody else wanted the turn, so that it costs the lane this round and no further one.
    mutating func charge(_ lane: Lane, _ cost: Int, isAlone: Bool = false) {
        guard var account = accounts[lane] else { return }
        settle(&account)
        account.balance -= cost
        if isAlone { account.balance = max(account.balance, 1 - Self.quantum) }
        settle(&account)
        accounts[lane] = account
    }

    /// The lane, which is out, has nothing to do. Debts are remembered until their time has come, and what is left of its share to the end of the round.
    mutating func rest(_ lane: Lane) {
        guard var account = accounts[lane], account.place == .out else { return }
        settle(&account)
        if account.round > round {
            account.place = .queued
            postpone(lane, to: account.round)
        } else {
            account.place = .rested
            rested.append(lane)
        }
        accounts[lane] = account
    }

    /// Brings an account to this round: a debt moves the next turn to the round that has paid for it; unspent shares don't add up.
    private func settle(_ account: inout Account) {
        if account.round < round {
            account.balance = min(Self.quantum, account.balance + Self.quantum * (round - account.round))
            account.round = round
        }
        if account.balance <= 0 {
            let rounds = -account.balance / Self.quantum + 1
            account.balance += rounds * Self.quantum
            account.round += rounds
        }
    }

    private mutating func postpone(_ lane: Lane, to round: Int) {
        if later[round] == nil { laterRounds.insert(round) }
        later[round, default: []].append(lane)
    }

    /// On to the next round that somebody has a turn in.
    private mutating func advance() {
        round = laterRounds.popMin() ?? round + 1
        current = later.removeValue(forKey: round) ?? []
        for lane in rested where accounts[lane]?.place == .rested { accounts[lane] = nil }
        rested = []
    }
}
