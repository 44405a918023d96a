import Knowledge

/// What the beginning of an input says about the rest.
struct InputProbe: Equatable, Sendable {
    /// Whether the first line that is not blank is a JSON object, as a memory's is.
    var isLines = false
    /// The project that this line names.
    var project: String?
    /// Whether there is nothing but blank lines.
    var isBlank = false

    /// The most bytes that are looked at; less than what a pipe keeps.
    static let limit = ReplayableInput.window / 2

    init() {}

    /// Reads until the first line that is not blank has ended. The input can still be read from its front.
    /// - Throws: ``FileError``, `CancellationError`.
    init(of input: ReplayableInput) async throws {
        self.init()
        var splitter = LineSplitter(limit: Self.limit)
        var offset: Int64 = 0
        var number = 0
        while true {
            let bytes = try await input.bytes(from: offset)
            offset += Int64(bytes.count)
            for line in bytes.isEmpty ? splitter.finish().map({ [$0] }) ?? [] : splitter.feed(bytes) {
                number += 1
                let line = number == 1 ? line.withoutByteOrderMark : line
                guard line.isBlank else {
                    self = InputProbe(firstLine: line)
                    return
                }
            }
            if bytes.isEmpty {
                isBlank = true
                return
            }
            if offset >= Self.limit { return }
        }
    }

    init(firstLine: LineSplitter.Line) {
        guard case .bytes(let bytes) = firstLine else { return }
        let json = try? bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }  // Not being JSON is an answer.
        isLines = json?.members != nil
        project = json?["project_id"]?.string
    }
}

extension LineSplitter.Line {
    fileprivate var withoutByteOrderMark: Self {
        guard case .bytes(let bytes) = self, bytes.starts(with: ByteOrderMark.bytes) else { return self }
        return .bytes(Array(bytes[ByteOrderMark.bytes.count...]))
    }
}
