import Dispatch
import NIOCore
import Testing

@testable import engram

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite struct ReplayableInputTests {
    /// Calls `body` with a pipe's reading end, into which `bytes` are written from a thread that may block.
    private func withPipe(_ bytes: [UInt8], _ body: (ReplayableInput) async throws -> Void) async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let input = ReplayableInput(try InputFile("/dev/fd/\(ends[0])"))
        close(ends[0])
        let end = ends[1]
        signal(SIGPIPE, SIG_IGN)  // A reader may leave before the end.
        DispatchQueue.global().async {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(end, $0.baseAddress, $0.count) }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            close(end)
        }
        try await body(input)
    }

    private func withFile(_ bytes: [UInt8], _ body: (ReplayableInput) async throws -> Void) async throws {
        var template = Array("/tmp/engram-input-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        close(descriptor)
        try await body(ReplayableInput(try InputFile(path)))
    }

    private func uploaded(_ input: ReplayableInput, pieces: Int = .max) async throws -> [UInt8] {
        let body = UploadBody(input: input, meter: UploadMeter())
        var iterator = body.makeAsyncIterator()
        var all: [UInt8] = []
        for _ in 0..<pieces {
            guard let piece = try await iterator.next() else { break }
            all += piece.readableBytesView
        }
        return all
    }

    private let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }

    @Test func filesAndSmallPipesAreSentAgainFromTheFront() async throws {
        for make in [withFile, withPipe] {
            try await make(bytes) { input in
                let beginning = try await uploaded(input, pieces: 2)
                #expect(!beginning.isEmpty && bytes.starts(with: beginning))
                let whole = try await uploaded(input)
                #expect(whole == bytes)
                #expect(await input.isWhole)
                let all = try await input.all(limit: bytes.count)
                #expect(all == bytes)
                await #expect(throws: FileError.self) { try await input.all(limit: bytes.count - 1) }
            }
        }
    }

    @Test func aLargePipeIsReadToItsEndButOnce() async throws {
        let large = [UInt8](repeating: 0x61, count: ReplayableInput.window + 1_000_000)
        try await withPipe(large) { input in
            let count = try await uploaded(input).count
            #expect(count == large.count)
            #expect(await !input.isWhole)
            await #expect(throws: FileError.self) { try await input.bytes(from: 0) }
        }
    }

    @Test func anAnswerCutsTheBodyOff() async throws {
        try await withFile(bytes) { input in
            let meter = UploadMeter()
            let body = UploadBody(input: input, meter: meter)
            var iterator = body.makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first != nil)
            body.cut()
            await #expect(throws: CancellationError.self) { try await iterator.next() }
            #expect(meter.sent > 0 && meter.sent < Int64(bytes.count))
        }
    }

    @Test(arguments: [
        (#"{"content":"x","project_id":"p"}"# + "\nnot json", true, "p", false), ("\u{FEFF}\r\n \n{}\n", true, nil, false),
        ("{\n \"a\": 1\n}\n", false, nil, false), ("[1]\n{}\n", false, nil, false), ("Ada.", false, nil, false),
        ("", false, nil, true), ("\u{FEFF}\n \n\t", false, nil, true), (#"{"project_id":7}"#, true, nil, false)
    ])
    func probes(text: String, isLines: Bool, project: String?, isBlank: Bool) async throws {
        for make in [withFile, withPipe] {
            try await make(Array(text.utf8)) { input in
                let probe = try await InputProbe(of: input)
                #expect((probe.isLines, probe.project, probe.isBlank) == (isLines, project, isBlank))
                let all = try await input.all(limit: 1000)
                #expect(all == Array(text.utf8))
            }
        }
    }

    @Test func anEndlessFirstLineIsNotReadToItsEnd() async throws {
        try await withPipe([UInt8](repeating: 0x20, count: InputProbe.limit) + Array("\n{}".utf8)) { input in
            let probe = try await InputProbe(of: input)
            #expect(probe == InputProbe())
            #expect(await input.isWhole)
        }
    }
}
