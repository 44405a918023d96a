import Persistence

extension IngestionSupervisor {
    /// Ends the wait of a shutdown when no task in hand gets on any more: those that wait for another attempt, or for the extractor's provider, would only
    /// use up the grace, and so would those without a worker whose turn comes after one of them. All of them are given back.
    func stopWaitingIfNobodyWorks() async {
        var heads: [Lane: (turn: Int, isWaiting: Bool)] = [:]
        var queued: [(lane: Lane, turn: Int)] = []
        for task in tasks.values {
            let (isWaiting, hasWorker) = await task.standing
            if !isWaiting {
                guard !hasWorker else { return }
                queued.append((task.lane, task.turn))
            }
            if let head = heads[task.lane], head.turn < task.turn { continue }
            heads[task.lane] = (task.turn, isWaiting)
        }
        guard queued.allSatisfy({ heads[$0.lane]?.isWaiting == true }) else { return }
        stopWaiting()
    }
}

extension TaskActor {
    fileprivate var standing: (isWaiting: Bool, hasWorker: Bool) { (isWaiting, hasWorker) }
}
