import Actors
import HTTP

/// What may change while the server runs.
struct Settings: Equatable {
    var tuning = IngestionSupervisor.Tuning()
    var retention = TaskRetention()
    var streams = StreamSettings()
    /// `nil` is for ever.
    var streamMaxAge: Duration? = StreamAgeLimit.standard

    /// The settings that differ, each with the value before and after.
    func changes(to new: Self) -> [(name: String, before: String, after: String)] {
        zip(all, new.all).filter { $0.value != $1.value }.map { ($0.name, $0.value, $1.value) }
    }

    private var all: [(name: String, value: String)] {
        tuning.settings + retention.settings + streams.settings + [("stream_max_age", streamMaxAge?.inSeconds ?? "for ever")]
    }
}

extension Serve {
    /// What the configuration file and the flags say together; a flag wins.
    /// - Throws: ``UnusableConfiguration``.
    func settings() throws(UnusableConfiguration) -> Settings { try configuration().settings }

    /// The same, and which settings the file names to no avail, because a flag says otherwise.
    /// - Throws: ``UnusableConfiguration``.
    func configuration() throws(UnusableConfiguration) -> (settings: Settings, overridden: [String]) {
        let contents = try config.map { path throws(UnusableConfiguration) in try ConfigurationFile(path: path).contents() }
        let file = contents?.settings ?? Settings()
        let settings = withFlags(file)
        return (settings, file.changes(to: settings).map(\.name).filter { contents?.names.contains($0) == true })
    }

    private func withFlags(_ file: Settings) -> Settings {
        var settings = file
        if let workers { settings.tuning.workers = workers }
        if let workersPerProject { settings.tuning.workersPerProject = workersPerProject }
        if let age = tasks.taskRetention { settings.retention.age = TaskRetention.age(age.duration) }
        if let limit = tasks.taskLimit { settings.retention.limit = TaskRetention.limit(limit) }
        if let total = streams.streams { settings.streams.total = total }
        if let perKey = streams.streamsPerKey { settings.streams.perKey = perKey }
        if let perAddress = streams.streamsPerAddress { settings.streams.perAddress = perAddress }
        if let age = streamMaxAge { settings.streamMaxAge = age.duration == .zero ? nil : age.duration }
        return settings
    }
}

extension TaskRetention {
    /// 0 is for ever.
    static func age(_ setting: Duration) -> Duration? { setting == .zero ? nil : setting }

    /// 0 is all.
    static func limit(_ setting: Int) -> Int? { setting == 0 ? nil : setting }

    fileprivate var settings: [(name: String, value: String)] {
        [("task_retention", age?.inSeconds ?? "for ever"), ("task_limit", limit.map { "\($0)" } ?? "all")]
    }
}

extension IngestionSupervisor.Tuning {
    /// Every setting with its value, as an operator reads them.
    fileprivate var settings: [(name: String, value: String)] {
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
}
