import Knowledge
import Testing

@testable import engram

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite struct IngestRecorderTests {
    /// Calls `body` with a recorder of two inputs and the file of its journal.
    private func withRecorder(_ body: (IngestRecorder, JournalFile) async throws -> Void) async throws {
        var template = Array("/tmp/engram-journal-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink(directory + "/run.lock")
            rmdir(directory)
        }
        let file = try JournalFile(directory: directory, name: "run")
        defer { file.remove() }
        let plan = IngestPlan(paths: ["a.ndjson", "b.md"], format: nil, server: "s", project: "", runID: nil, directory: "/d")
        let journal = RunJournal(runID: "r", startedAt: Timestamp(microseconds: 0))
        try await body(
            IngestRecorder(plan: plan, lengths: [10, 20], waits: false, style: .json, journal: journal, file: file), file)
    }

    /// The server must not be sent a byte before the journal knows to which import.
    @Test func whatIsKnownOfAnImportIsOnTheDiskAfterASave() async throws {
        try await withRecorder { recorder, file in
            try await recorder.save()
            let empty = try await file.load()
            #expect(empty?.imports.isEmpty == true)
            let input = await recorder.read(Digest(of: "a"))
            var entry = ImportEntry(target: .init(task: "t", path: "/p"))
            await recorder.setEntry(entry, of: input)
            try await recorder.save()
            let known = try await file.load()
            #expect(known?.imports == [0: entry])
            await recorder.told(input)
            try await recorder.save()
            entry.isTold = true
            let told = try await file.load()
            #expect(told?.imports == [0: entry])
        }
    }

    /// An input that has ended while an earlier one has not keeps its sums; once all before it have ended only the sums are left.
    @Test func anImportIsForgottenWithAllBeforeIt() async throws {
        try await withRecorder { recorder, file in
            let first = await recorder.read(Digest(of: "a"))
            let second = await recorder.read(Digest(of: "b"))
            await recorder.setEntry(ImportEntry(target: .init(task: "t", path: "/p")), of: second)
            await recorder.leave(second, ImportSums(["accepted": 5]))
            try await recorder.save()
            let kept = try #require(try await file.load())
            #expect(kept.settled.count == 0)
            #expect(kept.imports[1]?.tally?.submitted == 5)
            await recorder.settle(first, .failed)
            try await recorder.save()
            let rest = try #require(try await file.load())
            #expect(rest.settled.count == 2)
            #expect(rest.imports.isEmpty)
            #expect((rest.tally.submitted, rest.tally.failed) == (5, 1))
        }
    }

    /// A later part of the run has to notice that the input is another one.
    @Test func whatWasUploadedIsKeptUntilTheRunIsOver() async throws {
        try await withRecorder { recorder, file in
            let first = await recorder.read(Digest(of: "a"))
            await recorder.setEntry(ImportEntry(target: .init(task: "t", path: "/p")), of: first)
            var sums = ImportSums(["accepted": 5])
            sums.content = InputContent(bytes: 10, sha256: String(repeating: "0", count: 64))
            await recorder.keepUpload(first, sums)
            let before = await recorder.entry(of: first)
            #expect(before.upload == nil, "not all of it")
            sums.isComplete = true
            try await recorder.uploaded(first, sums)
            await recorder.leave(first, sums)
            try await recorder.save()
            let kept = try #require(try await file.load())
            #expect(kept.settled.count == 1)
            #expect(kept.imports[0]?.upload?.content == sums.content)
            #expect(kept.imports[0]?.upload?.tally.submitted == 5)
        }
    }

    @Test func onlyWhatMayHaveArrivedIsWorthContinuing() async throws {
        try await withRecorder { recorder, _ in
            let refused = UnreachableError(server: "s", reason: "r", mayHaveArrived: false)
            let refusal = await recorder.mayHaveSubmitted(before: refused)
            let unauthorized = await recorder.mayHaveSubmitted(before: ProblemError(status: 401, title: "No"))
            #expect(!refusal && !unauthorized)
            let lost = await recorder.mayHaveSubmitted(before: UnreachableError(server: "s", reason: "r"))
            let interrupted = await recorder.mayHaveSubmitted(before: CancellationError())
            #expect(lost && interrupted)
            await recorder.trouble(UnreachableError(server: "s", reason: "an answer was lost"))
            let later = await recorder.mayHaveSubmitted(before: refused)
            #expect(later)
        }
    }
}
