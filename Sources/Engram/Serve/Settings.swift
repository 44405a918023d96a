import Actors

extension Serve {
    /// What the configuration file and the flags say together; a flag wins.
    /// - Throws: ``UnusableConfiguration``.
    func tuning() throws(UnusableConfiguration) -> IngestionSupervisor.Tuning {
        var tuning =
            try config.map { path throws(UnusableConfiguration) in try ConfigurationFile(path: path).tuning() }
            ?? IngestionSupervisor.Tuning()
        if let workers { tuning.workers = workers }
        if let workersPerProject { tuning.workersPerProject = workersPerProject }
        return tuning
    }
}

extension IngestionSupervisor.Tuning {
    /// Every setting with its value, as an operator reads them.
    var settings: [(name: String, value: String)] {
        var settings = [
            ("workers", "\(workers)"), ("workers_per_project", workersPerProject == .max ? "unbounded" : "\(workersPerProject)"),
            ("bulk_share", "\(bulkShare)"), ("extract_timeout", deadlines.total.inSeconds),
            ("silence_deadline", deadlines.silence.inSeconds)
        ]
        for group in FailureClass.Group.allCases {
            let rule = retry[group]
            settings.append(
                ("retry.\(group.settingName)", "\(rule.attempts) attempts, base \(rule.base.inSeconds), longest \(rule.longest.inSeconds)"))
        }
        return settings
    }

    /// The settings that differ, each with the value before and after.
    func changes(to new: Self) -> [(name: String, before: String, after: String)] {
        zip(settings, new.settings).filter { $0.value != $1.value }.map { ($0.name, $0.value, $1.value) }
    }
}
