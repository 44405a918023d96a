extension IngestionSupervisor {
    /// What may change while the server runs.
    package struct Tuning: Sendable, Equatable {
        /// How many tasks work at once. 0 accepts tasks and runs none.
        package var workers = 64
        /// How many of them may be one project's.
        package var workersPerProject = Int.max
        /// `bulk` gets one turn in this many while `interactive` has work, at least 2.
        package var bulkShare = 8
        package var retry = RetryPolicy()
        package var deadlines = Deadlines()

        package init() {}

        var limits: LaneScheduler.Limits {
            LaneScheduler.Limits(workers: workers, workersPerProject: workersPerProject, bulkShare: bulkShare)
        }

        var capacity: QueueEstimator.Capacity {
            var capacity = QueueEstimator.Capacity(workers: workers)
            capacity.workersPerProject = workersPerProject
            capacity.bulkShare = bulkShare
            return capacity
        }
    }
}
