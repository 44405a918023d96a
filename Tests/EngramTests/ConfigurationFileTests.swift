import Actors
import ArgumentParser
import HTTP
import Knowledge
import Testing

@testable import engram

@Suite struct ConfigurationFileTests {
    private func problems(_ text: String) throws -> [String] {
        do {
            _ = try ConfigurationFile.settings(JSON.parse(text), path: "f")
            return []
        } catch let error as UnusableConfiguration {
            return error.problems
        }
    }

    @Test func setsWhatItNamesAndNothingElse() throws {
        let settings = try ConfigurationFile.settings(
            JSON.parse(
                #"""
                {"workers": 0, "workers_per_project": 3, "bulk_share": 2, "extract_timeout": "1m", "silence_deadline": 2.5,
                 "task_retention": "36h", "task_limit": 0, "stream_max_age": "90m", "streams": 0, "streams_per_key": 8, "streams_per_address": 9,
                 "retry": {"rate_limited": {"attempts": 7, "base": "250ms", "longest": "1h"}, "timed_out": {"attempts": 1}}}
                """#), path: "f")
        var all = Settings()
        all.retention.age = .seconds(36 * 3600)
        all.retention.limit = nil
        all.streamMaxAge = .seconds(90 * 60)
        all.streams = StreamSettings(total: 0, perKey: 8, perAddress: 9)
        #expect(all.streams.limits(openFiles: 4096) == .init(total: nil, perKey: 8, perAddress: 9))
        #expect(StreamSettings().limits(openFiles: 4096) == .init(total: 4096 - 512))
        var expected = IngestionSupervisor.Tuning()
        expected.workers = 0
        expected.workersPerProject = 3
        expected.bulkShare = 2
        expected.deadlines.total = .seconds(60)
        expected.deadlines.silence = .milliseconds(2500)
        expected.retry.rateLimited = RetryPolicy.Rule(attempts: 7, base: .milliseconds(250), longest: .seconds(3600))
        expected.retry.timedOut.attempts = 1
        all.tuning = expected
        #expect(settings == all)
        #expect(try ConfigurationFile.settings(JSON.parse("{}"), path: "f") == Settings())
        #expect(try ConfigurationFile.settings(JSON.parse(#"{"stream_max_age": 0}"#), path: "f").streamMaxAge == nil)
        #expect(try ConfigurationFile.settings(JSON.parse(#"{"task_retention": 0}"#), path: "f").retention.age == nil)
    }

    @Test func saysEverythingThatIsWrongAtOnce() throws {
        let found = try problems(
            #"""
            {"workers": "many", "speed": 1, "bulk_share": 1, "extract_timeout": 0, "silence_deadline": "soon", "task_retention": "-1d",
             "task_limit": -1, "streams_per_key": -1,
             "retry": {"always": {}, "retryable": 3, "timed_out": {"attempts": 0, "pause": 1}}}
            """#)
        #expect(
            found == [
                #"'workers' must be a whole number from 0 to 100000, not "many"."#, "There is no setting 'speed'.",
                "'bulk_share' must be a whole number from 2 to 1000, not 1.",
                #"'extract_timeout' must be a duration above 0 such as "90s" or "10m", not 0."#,
                #"'silence_deadline' must be a duration above 0 such as "90s" or "10m", not "soon"."#,
                #"'task_retention' must be a duration such as "90s" or "10m", not "-1d"."#,
                "'task_limit' must be a whole number from 0 to 2147483647, not -1.",
                "'streams_per_key' must be a whole number from 0 to 2147483647, not -1.",
                "There is no setting 'retry.always'.",
                "'retry.retryable' must be an object, not a number.",
                "'retry.timed_out.attempts' must be a whole number from 1 to 1000, not 0.",
                "There is no setting 'retry.timed_out.pause'."
            ])
        #expect(try problems("[]") == ["It must be an object, not an array."])
    }

    @Test func whatContradictsItselfIsRefused() throws {
        let found = try problems(
            #"""
            {"silence_deadline": "2m", "extract_timeout": "1m", "retry": {"retryable": {"base": "60s", "longest": "1s"}, "timed_out": {"base": "61s"}}}
            """#)
        #expect(
            found == [
                "'retry.retryable.base' (60 s) must not be above 'retry.retryable.longest' (1 s).",
                "'retry.timed_out.base' (61 s) must not be above 'retry.timed_out.longest' (60 s).",
                "'silence_deadline' (120 s) must not be above 'extract_timeout' (60 s)."
            ])
        // The default gives way.
        #expect(try problems(#"{"extract_timeout": "1m"}"#).isEmpty)
    }

    @Test(arguments: [
        ("1.5s", Duration.milliseconds(1500)), ("0.5ms", .microseconds(500)), ("0.0001ms", .microseconds(1)), ("0", .zero), ("0s", .zero),
        (".5", .milliseconds(500)), ("2m", .seconds(120)), ("7d", .seconds(7 * 86_400))
    ])
    func durationsAreReadAsWritten(text: String, expected: Duration) {
        #expect(DurationArgument(argument: text)?.duration == expected)
    }

    @Test(arguments: ["", "s", ".", "0x10s", "0x10", "1e3s", "-1s", "+1s", "inf", "nan", "1 s", "1..5s", "1s2", "9999999999", "999999999d"])
    func otherTextsAreNoDurations(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test func aMarkOfTheByteOrderIsNoPartOfTheFile() throws {
        #expect(try ConfigurationFile.parse([0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == JSON.parse("{}"))
        #expect(throws: JSONSyntaxError.self) { try ConfigurationFile.parse([0xFF, 0x7B, 0x7D]) }
    }

    @Test func aFlagWinsOverTheDefault() throws {
        let flags = ["--workers", "3", "--workers-per-project", "2", "--task-retention", "0", "--task-limit", "5", "--stream-max-age", "0"]
        let settings = try Serve.parse(flags).settings()
        #expect(settings.tuning.workers == 3 && settings.tuning.workersPerProject == 2)
        #expect(settings.retention.age == nil && settings.retention.limit == 5 && settings.streamMaxAge == nil)
        #expect(try Serve.parse([]).settings() == Settings())
    }

    @Test func tellsWhatChanges() {
        var new = Settings()
        new.tuning.workers = 3
        new.tuning.retry.timedOut.attempts = 9
        new.retention.age = nil
        new.streamMaxAge = .seconds(60)
        let changes = Settings().changes(to: new)
        #expect(changes.map(\.name) == ["workers", "retry.timed_out", "task_retention", "stream_max_age"])
        #expect(changes.map(\.before) == ["64", "3 attempts, base 1 s, longest 60 s", "604800 s", "14400 s"])
        #expect(changes.map(\.after) == ["3", "9 attempts, base 1 s, longest 60 s", "for ever", "60 s"])
    }
}
