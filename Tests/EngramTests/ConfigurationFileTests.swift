import Actors
import ArgumentParser
import Knowledge
import Testing

@testable import engram

@Suite struct ConfigurationFileTests {
    private func problems(_ text: String) throws -> [String] {
        do {
            _ = try ConfigurationFile.tuning(JSON.parse(text), path: "f")
            return []
        } catch let error as UnusableConfiguration {
            return error.problems
        }
    }

    @Test func setsWhatItNamesAndNothingElse() throws {
        let tuning = try ConfigurationFile.tuning(
            JSON.parse(
                #"""
                {"workers": 0, "workers_per_project": 3, "bulk_share": 2, "extract_timeout": "1m", "silence_deadline": 2.5,
                 "retry": {"rate_limited": {"attempts": 7, "base": "250ms", "longest": "1h"}, "timed_out": {"attempts": 1}}}
                """#), path: "f")
        var expected = IngestionSupervisor.Tuning()
        expected.workers = 0
        expected.workersPerProject = 3
        expected.bulkShare = 2
        expected.deadlines.total = .seconds(60)
        expected.deadlines.silence = .milliseconds(2500)
        expected.retry.rateLimited = RetryPolicy.Rule(attempts: 7, base: .milliseconds(250), longest: .seconds(3600))
        expected.retry.timedOut.attempts = 1
        #expect(tuning == expected)
        #expect(try ConfigurationFile.tuning(JSON.parse("{}"), path: "f") == IngestionSupervisor.Tuning())
    }

    @Test func saysEverythingThatIsWrongAtOnce() throws {
        let found = try problems(
            #"""
            {"workers": "many", "speed": 1, "bulk_share": 1, "extract_timeout": 0, "silence_deadline": "soon",
             "retry": {"always": {}, "retryable": 3, "timed_out": {"attempts": 0, "pause": 1}}}
            """#)
        #expect(
            found == [
                #"'workers' must be a whole number from 0 to 100000, not "many"."#, "There is no setting 'speed'.",
                "'bulk_share' must be a whole number from 2 to 1000, not 1.",
                #"'extract_timeout' must be a duration above 0 such as "90s" or "10m", not 0."#,
                #"'silence_deadline' must be a duration above 0 such as "90s" or "10m", not "soon"."#,
                "There is no setting 'retry.always'.",
                "'retry.retryable' must be an object, not a number.",
                "'retry.timed_out.attempts' must be a whole number from 1 to 1000, not 0.",
                "There is no setting 'retry.timed_out.pause'."
            ])
        #expect(try problems("[]") == ["It must be an object, not an array."])
    }

    @Test func aFlagWinsOverTheDefault() throws {
        let serve = try Serve.parse(["--workers", "3", "--workers-per-project", "2"])
        let tuning = try serve.tuning()
        #expect(tuning.workers == 3 && tuning.workersPerProject == 2)
        #expect(try Serve.parse([]).tuning() == IngestionSupervisor.Tuning())
    }

    @Test func tellsWhatChanges() {
        var new = IngestionSupervisor.Tuning()
        new.workers = 3
        new.retry.timedOut.attempts = 9
        let changes = IngestionSupervisor.Tuning().changes(to: new)
        #expect(changes.map(\.name) == ["workers", "retry.timed_out"])
        #expect(changes.map(\.before) == ["64", "3 attempts, base 1 s, longest 60 s"])
        #expect(changes.map(\.after) == ["3", "9 attempts, base 1 s, longest 60 s"])
    }
}
