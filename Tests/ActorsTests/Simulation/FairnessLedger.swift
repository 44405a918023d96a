import Knowledge
import Persistence

@testable import Actors

/// Counts who goes before whom, and says what the rules of sharing forbid.
///
/// **Between lanes of one priority.** Deficit round robin (M. Shreedhar and G. Varghese, "Efficient Fair Queuing Using Deficit Round-Robin", IEEE/ACM
/// Transactions on Networking 4 (3), 1996) lets a lane spend its quantum Q in a round and what is left on its account; what another can get while a lane
/// waits follows from that. Here costs are charged afterwards, so what is left may be a debt and never more than Q. Let a lane L wait, without a break,
/// while X goes before it.
/// - A lane has a turn only with a balance of at least 1, and every turn costs at least 1. So X has at most Q turns in a round. A claim is charged when it
///   is answered; a turn of another kind may be had meanwhile: 1 more, in all, since debts are paid before the next turn.
/// - L was charged c since its last turn, from a balance of at least 1. So its next turn is ⌈c ÷ Q⌉ rounds from now at the latest; with the round under
///   way X has turns in 1 + ⌈c ÷ Q⌉ rounds.
/// - If L is new in its round it stands in a line that gives one turn in F + 1 to others, F being ``FairRotation/freshRun``, and may run into another
///   round for that turn. Of T turns before L at most 1 + T ÷ (F + 1) are such.
///
/// So X has at most (1 + ⌈c ÷ Q⌉) · Q + 2 + T ÷ (F + 1) turns: however many lanes there are. L is reached within the sum of that over all others.
///
/// **Between priorities.** While a bulk lane could use a worker, `interactive` has fewer than ``LaneScheduler/Limits/bulkShare`` turns in a row. The same
/// holds within a project that may not have all workers. Together: a bulk lane is reached within `bulkShare` times the sum above.
struct FairnessLedger {
    /// Turns before a lane since it could use one.
    private struct Wait {
        var turns = 0
        var turnsOf: [Lane: Int] = [:]
    }

    private var waits: [Lane: Wait] = [:]
    /// What lanes were charged since their last turns.
    private var charges: [Lane: Int] = [:]
    private var interactiveInARow = 0
    private var interactiveInARowOf: [ProjectNumber: Int] = [:]

    /// Nothing that was before counts: all were out of the rotation at once.
    mutating func restart() {
        waits = [:]
        interactiveInARow = 0
        interactiveInARowOf = [:]
    }

    /// The lane is out of the rotation for a while.
    mutating func stopsWaiting(_ lane: Lane) { waits[lane] = nil }

    mutating func bulkHasNothing(_ project: ProjectNumber) { interactiveInARowOf[project] = nil }

    mutating func charge(_ lane: Lane, _ cost: Int, isBounded: Bool) {
        charges[lane, default: 0] += cost
        // The interactive lane of a project at its bound pays for what its bulk lane gets in its place.
        if isBounded, lane.priority == .bulk { charges[Lane(project: lane.project, priority: .interactive), default: 0] += cost }
    }

    /// A claim brought nothing, and cost nothing.
    mutating func gotNothing(_ lane: Lane) {
        for other in waits.keys {
            guard let turns = waits[other]?.turnsOf[lane], turns > 0 else { continue }
            waits[other]?.turnsOf[lane] = turns - 1
            waits[other]?.turns -= 1
        }
    }

    /// A lane has a turn.
    /// - Parameters:
    ///   - others: those that could have used it.
    ///   - isBounded: whether a project may have fewer workers than there are.
    /// - Returns: what must not be.
    mutating func turn(of lane: Lane, before others: [Lane], share: Int, isBounded: Bool) -> String? {
        charges[lane] = 0
        waits[lane] = nil
        if let problem = bulk(passedOverBy: lane, others, share, isBounded) { return problem }
        // Who pays for a bulk task of a bounded project can't be seen from outside.
        if isBounded, lane.priority == .bulk { return nil }
        for other in others where other.priority == lane.priority {
            var wait = waits[other] ?? Wait()
            wait.turns += 1
            wait.turnsOf[lane, default: 0] += 1
            waits[other] = wait
            let rounds = 1 + (charges[other, default: 0] + FairRotation.quantum - 1) / FairRotation.quantum
            let allowed = rounds * FairRotation.quantum + 2 + wait.turns / (FairRotation.freshRun + 1)
            if let turns = wait.turnsOf[lane], turns > allowed {
                return "\(other) is starved: \(lane) went before it \(turns) times, \(allowed) are fair"
            }
        }
        return nil
    }

    private mutating func bulk(passedOverBy lane: Lane, _ others: [Lane], _ share: Int, _ isBounded: Bool) -> String? {
        guard lane.priority == .interactive else {
            interactiveInARow = 0
            interactiveInARowOf[lane.project] = nil
            return nil
        }
        if others.contains(where: { $0.priority == .bulk }) { interactiveInARow += 1 }
        if interactiveInARow >= share { return "bulk is starved: \(interactiveInARow) turns in a row were interactive" }
        guard isBounded else {
            interactiveInARowOf[lane.project] = nil
            return nil
        }
        if others.contains(Lane(project: lane.project, priority: .bulk)) { interactiveInARowOf[lane.project, default: 0] += 1 }
        guard let turns = interactiveInARowOf[lane.project], turns >= share else { return nil }
        return "bulk of \(lane.project) is starved: \(turns) of its turns in a row were interactive"
    }
}
