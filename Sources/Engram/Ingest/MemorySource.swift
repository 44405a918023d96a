import Knowledge

/// The memories of a plan's inputs, one after the other. At most one piece of a file and one memory are held.
struct MemorySource {
    let plan: IngestPlan
    let maker: DraftMaker
    /// How many drafts came out, blank lines not counted.
    private(set) var count = 0
    private(set) var digest = Digest()
    /// The bytes of what came out, for an estimate of what is left.
    private(set) var bytesTaken: Int64 = 0

    private var next = 0
    private var lines: Lines?

    /// The most bytes of a file that is one memory.
    static let fileLimit = 64 << 20

    private struct Lines {
        let file: InputFile
        let input: Int
        var splitter = LineSplitter()
        var ready = Fifo<LineSplitter.Line>()
        var number = 0
        var isAtEnd = false
    }

    init(plan: IngestPlan, maker: DraftMaker) {
        self.plan = plan
        self.maker = maker
    }

    /// The next memory; `nil` after the last.
    /// - Throws: ``FileError`` if an input of lines cannot be read, `CancellationError`. A whole file that cannot be read is malformed instead.
    mutating func draft() async throws -> Draft? {
        while true {
            if let draft = try await draftFromLines() { return draft }
            guard next < plan.inputs.count else { return nil }
            let index = next
            next += 1
            if let draft = try await begin(index) { return draft }
        }
    }

    /// Opens an input.
    /// - Returns: its memory if it is a whole one; `nil` if it is lines.
    private mutating func begin(_ index: Int) async throws -> Draft? {
        let input = plan.inputs[index]
        let file: InputFile
        do {
            file = try InputFile(input.path)
        } catch {
            return made(.malformed(error.description), Origin(input: index, line: 1), bytes: [])
        }
        var lines = Lines(file: file, input: index)
        var format = input.format
        var head: [UInt8] = []
        if format == nil {
            // Told by the first line that is not blank: the rest stays unread.
            while format == nil {
                let bytes = try await file.next()
                let new = bytes.isEmpty ? lines.splitter.finish().map { [$0] } ?? [] : lines.splitter.feed(bytes)
                head += bytes
                for line in new { lines.ready.append(line) }
                if let first = new.first(where: { !$0.isBlank }) { format = Self.isObject(first) ? .ndjson : .text }
                if bytes.isEmpty || head.count > Self.fileLimit {
                    lines.isAtEnd = bytes.isEmpty
                    format = format ?? .text
                }
            }
        }
        if format == .ndjson {
            self.lines = lines
            return nil
        }
        return try await whole(file, head, isAtEnd: lines.isAtEnd, format ?? .text, index)
    }

    private mutating func whole(
        _ file: InputFile, _ head: [UInt8], isAtEnd: Bool, _ format: InputFormat, _ index: Int
    ) async throws -> Draft {
        let origin = Origin(input: index, line: 1)
        do {
            let bytes = isAtEnd ? head : head + (try await file.rest(limit: Self.fileLimit - min(head.count, Self.fileLimit)))
            bytesTaken += Int64(bytes.count)
            return made(maker.file(bytes, format: format, title: plan.inputs[index].name), origin, bytes: bytes)
        } catch let error as FileError {
            return made(.malformed(error.description), origin, bytes: [])
        }
    }

    private mutating func draftFromLines() async throws -> Draft? {
        while lines != nil {
            while let line = lines?.ready.popFirst() {
                lines?.number += 1
                let bytes = if case .bytes(let bytes) = line { bytes } else { [UInt8]() }
                bytesTaken += Int64(bytes.count) + 1
                guard !line.isBlank, let lines else { continue }
                let origin = Origin(input: lines.input, line: lines.number)
                return made(maker.line(Self.withoutMark(line, lines.number)), origin, bytes: bytes)
            }
            guard let file = lines?.file, lines?.isAtEnd == false else { break }
            let bytes = try await file.next()
            if bytes.isEmpty {
                lines?.isAtEnd = true
                if let last = lines?.splitter.finish() { lines?.ready.append(last) }
            } else {
                for line in lines?.splitter.feed(bytes) ?? [] { lines?.ready.append(line) }
            }
        }
        lines = nil
        return nil
    }

    private mutating func made(_ content: Draft.Content, _ origin: Origin, bytes: [UInt8]) -> Draft {
        count += 1
        digest.add(bytes)
        digest.add(CollectionOfOne(0x0A))
        return Draft(origin: origin, content: content, digest: digest, size: bytes.count)
    }

    /// A file's first line without a byte order mark.
    private static func withoutMark(_ line: LineSplitter.Line, _ number: Int) -> LineSplitter.Line {
        guard number == 1, case .bytes(let bytes) = line, bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return line }
        return .bytes(Array(bytes[3...]))
    }

    private static func isObject(_ line: LineSplitter.Line) -> Bool {
        guard case .bytes(let bytes) = withoutMark(line, 1) else { return true }
        let json = try? bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }  // Not being JSON is an answer.
        return json?.members != nil
    }
}
