import Actors
import Foundation
import Knowledge

/// The file of `--config`: a JSON object whose members set what may change while the server runs. What it doesn't name keeps its default.
struct ConfigurationFile {
    let path: String

    /// What the file says, and which settings it names.
    struct Contents: Equatable {
        var settings: Settings
        var names: Set<String>
    }

    /// Reads the file.
    /// - Throws: ``UnusableConfiguration``, with everything that is wrong with it.
    func contents() throws(UnusableConfiguration) -> Contents {
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw UnusableConfiguration(path: path, problems: ["It can't be read."])
        }
        let document: JSON
        do {
            document = try Self.parse([UInt8](contents))
        } catch {
            throw UnusableConfiguration(path: path, problems: ["It is not JSON: \(error)."])
        }
        return Contents(settings: try Self.settings(document, path: path), names: Set((document.members ?? []).map(\.name)))
    }

    /// Editors of some systems begin a text with a mark that says nothing in UTF-8.
    static func parse(_ bytes: [UInt8]) throws -> JSON {
        let text = bytes.starts(with: ByteOrderMark.bytes) ? Array(bytes.dropFirst(ByteOrderMark.bytes.count)) : bytes
        return try text.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
    }

    static func settings(_ document: JSON, path: String) throws(UnusableConfiguration) -> Settings {
        var reader = SettingsReader()
        var settings = Settings()
        reader.members(of: document, named: nil) { reader, key, value in
            switch key {
            case "workers": reader.integer(value, key, 0...100_000) { settings.tuning.workers = $0 }
            case "workers_per_project": reader.integer(value, key, 1...100_000) { settings.tuning.workersPerProject = $0 }
            case "bulk_share": reader.integer(value, key, 2...1000) { settings.tuning.bulkShare = $0 }
            case "extract_timeout": reader.duration(value, key) { settings.tuning.deadlines.total = $0 }
            case "silence_deadline": reader.duration(value, key) { settings.tuning.deadlines.silence = $0 }
            case "task_retention":
                reader.duration(value, key, orZero: true) { settings.retention.age = TaskRetention.age($0) }
            case "task_limit": reader.integer(value, key, 0...Int(Int32.max)) { settings.retention.limit = TaskRetention.limit($0) }
            case "streams": reader.integer(value, key, 0...Int(Int32.max)) { settings.streams.total = $0 }
            case "streams_per_key": reader.integer(value, key, 0...Int(Int32.max)) { settings.streams.perKey = $0 }
            case "streams_per_address": reader.integer(value, key, 0...Int(Int32.max)) { settings.streams.perAddress = $0 }
            case "stream_max_age": reader.duration(value, key, orZero: true) { settings.streamMaxAge = $0 == .zero ? nil : $0 }
            case "retry":
                reader.members(of: value, named: key) { reader, kind, rule in
                    guard let group = FailureClass.Group(settingName: kind) else { return false }
                    reader.rule(rule, "retry.\(kind)", &settings.tuning.retry[group])
                    return true
                }
            default: return false
            }
            return true
        }
        let deadlines = settings.tuning.deadlines
        if document["silence_deadline"] != nil, deadlines.silence > deadlines.total {
            reader.report(
                "'silence_deadline' (\(deadlines.silence.inSeconds)) must not be above 'extract_timeout' (\(deadlines.total.inSeconds)).")
        }
        guard reader.problems.isEmpty else { throw UnusableConfiguration(path: path, problems: reader.problems) }
        return settings
    }
}

/// Why a configuration file is not used.
struct UnusableConfiguration: Error {
    var path: String
    /// A sentence each.
    var problems: [String]

    var sentence: String { "The configuration file \(path) can't be used. \(problems.joined(separator: " "))" }
}

extension FailureClass.Group {
    /// What the configuration file calls it.
    var settingName: String {
        switch self {
        case .retryable: "retryable"
        case .rateLimited: "rate_limited"
        case .timedOut: "timed_out"
        }
    }

    fileprivate init?(settingName: String) {
        guard let group = Self.allCases.first(where: { $0.settingName == settingName }) else { return nil }
        self = group
    }
}

/// Reads settings from a document, and goes on after what is wrong with one, so that all is said at once.
private struct SettingsReader {
    private(set) var problems: [String] = []

    mutating func report(_ problem: String) { problems.append(problem) }

    /// - Parameter read: returns whether there is such a setting.
    mutating func members(of value: JSON, named name: String?, read: (inout SettingsReader, _ key: String, JSON) -> Bool) {
        guard let members = value.members else {
            problems.append("\(name.map { "'\($0)'" } ?? "It") must be an object, not \(value.typeName).")
            return
        }
        for member in members where !read(&self, member.name, member.value) {
            problems.append("There is no setting '\(name.map { "\($0)." } ?? "")\(member.name)'.")
        }
    }

    mutating func integer(_ value: JSON, _ key: String, _ range: ClosedRange<Int>, set: (Int) -> Void) {
        guard let number = value.integer, let integer = Int(exactly: number), range.contains(integer) else {
            problems.append("'\(key)' must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(value.text).")
            return
        }
        set(integer)
    }

    mutating func duration(_ value: JSON, _ key: String, orZero: Bool = false, set: (Duration) -> Void) {
        let text = if case .number(let literal) = value { literal } else { value.string }
        guard let duration = text.flatMap({ DurationArgument(argument: $0)?.duration }), duration > .zero || (orZero && duration == .zero)
        else {
            problems.append("'\(key)' must be a duration\(orZero ? "" : " above 0") such as \"90s\" or \"10m\", not \(value.text).")
            return
        }
        set(duration)
    }

    mutating func rule(_ value: JSON, _ name: String, _ rule: inout RetryPolicy.Rule) {
        var changed = rule
        members(of: value, named: name) { reader, key, value in
            switch key {
            case "attempts": reader.integer(value, "\(name).\(key)", 1...1000) { changed.attempts = $0 }
            case "base": reader.duration(value, "\(name).\(key)") { changed.base = $0 }
            case "longest": reader.duration(value, "\(name).\(key)") { changed.longest = $0 }
            default: return false
            }
            return true
        }
        if changed != rule, changed.base > changed.longest {
            report("'\(name).base' (\(changed.base.inSeconds)) must not be above '\(name).longest' (\(changed.longest.inSeconds)).")
        }
        rule = changed
    }
}
