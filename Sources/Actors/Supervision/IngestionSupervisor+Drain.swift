import Persistence

extension IngestionSupervisor {
    /// Ends the wait of a shutdown when no task in hand gets on any more: those that wait for another attempt, or for the extractor's provider, would only
    /// use up the grace, and so would those without a worker whose turn comes after one of them. All of them are given back.
    func stopWaitingIfNobodyWorks() async {
        var heads: [Lane: (turn: Int, isWaiting: Bool)] = [:]
        var queued: [Lane] = []
        for task in tasks.values {
            let standing = await task.standing
            switch standing {
            case .works: return
            case .waits(let isInLine): guard isInLine else { continue }
            case .isQueued: queued.append(task.lane)
            }
            if let head = heads[task.lane], head.turn < task.turn { continue }
            heads[task.lane] = (task.turn, standing != .isQueued)
        }
        guard queued.allSatisfy({ heads[$0]?.isWaiting == true }) else { return }
        stopWaiting()
    }
}

extension TaskActor {
    fileprivate enum Standing: Equatable {
        /// It gets on by itself.
        case works
        /// It has been extracted, and its turn comes after those before it.
        case isQueued
        /// It waits; others wait for its turn if it is in line.
        case waits(isInLine: Bool)
    }

    fileprivate var standing: Standing {
        if isWaiting { return .waits(isInLine: !hasPassed) }
        return hasWorker || hasPassed ? .works : .isQueued
    }
}
