import Knowledge
import NIOCore
import Testing

@testable import HTTP

@Suite struct LineReaderTests {
    /// The lines of a file that comes in pieces of the given lengths, the rest in one.
    private func lines(of file: [UInt8], pieces: [Int] = [], limit: Int = 1000) -> [String?] {
        var reader = LineReader(limit: limit)
        var lines: [LineReader.Line] = []
        var rest = file[...]
        for length in pieces + [file.count] where !rest.isEmpty {
            var piece = ByteBuffer(bytes: rest.prefix(length))
            rest = rest.dropFirst(length)
            while piece.readableBytes > 0 {
                if let line = reader.next(from: &piece) { lines.append(line) }
            }
        }
        if let line = reader.finish() { lines.append(line) }
        #expect(lines.map(\.number) == Array(1..<(lines.count + 1)))
        #expect(reader.lines == lines.count)
        return lines.map { $0.bytes.map { String(buffer: $0) } }
    }

    @Test func linesEndWithEitherEndOrTheFile() {
        #expect(lines(of: Array("a\nb\r\nc".utf8)) == ["a", "b", "c"])
        #expect(lines(of: Array("a\n\r\n \n".utf8)) == ["a", "", " "])
        #expect(lines(of: []) == [])
        #expect(lines(of: Array("\n".utf8)) == [""])
        #expect(lines(of: Array("a\rb\n".utf8)) == ["a\rb"])
    }

    @Test func aMarkBeforeTheFirstLineIsPassedOver() {
        #expect(lines(of: [0xEF, 0xBB, 0xBF] + Array("a\nb".utf8)) == ["a", "b"])
        #expect(lines(of: Array("a\n\u{FEFF}b".utf8)) == ["a", "\u{FEFF}b"])
        var reader = LineReader(limit: 10, lines: 7)
        var piece = ByteBuffer(bytes: [0xEF, 0xBB, 0xBF, 0x0A])
        #expect(reader.next(from: &piece)?.bytes?.readableBytes == 3, "a file goes on here")
    }

    @Test func aLineThatIsTooLongIsPassedOver() {
        #expect(lines(of: Array("12345\n123456\n12".utf8), limit: 5) == ["12345", nil, "12"])
        #expect(lines(of: Array("1234567890".utf8), pieces: [3, 1, 1], limit: 5) == [nil])
    }

    @Test func blankLinesAreKnown() {
        #expect(LineReader.Line(number: 1, bytes: ByteBuffer(string: " \t\r")).isBlank)
        #expect(LineReader.Line(number: 1, bytes: ByteBuffer()).isBlank)
        #expect(!LineReader.Line(number: 1, bytes: ByteBuffer(string: " 0")).isBlank)
        #expect(!LineReader.Line(number: 1, bytes: nil).isBlank)
    }

    /// However a file is cut into pieces, its lines are the same, and those of a plain splitting.
    @Test func piecesDoNotMatter() {
        var random = SplitMix64(seed: 7)
        let alphabet: [UInt8] = [0x0A, 0x0A, 0x0D, 0x61, 0x62, 0x20, 0xEF, 0xBB, 0xBF, 0x00]
        for _ in 0..<2000 {
            let file = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let limit = Int.random(in: 1...12, using: &random)
            let whole = lines(of: file, limit: limit)
            let pieces = (0..<20).map { _ in Int.random(in: 1...5, using: &random) }
            #expect(lines(of: file, pieces: pieces, limit: limit) == whole)
            var plain = file.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
            if plain.last?.isEmpty == true { plain.removeLast() }
            let expected = plain.enumerated().map { index, bytes -> String? in
                guard bytes.count <= limit else { return nil }
                var bytes = bytes[...]
                if index == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
                if bytes.last == 0x0D { bytes = bytes.dropLast() }
                return String(decoding: bytes, as: UTF8.self)
            }
            #expect(whole == expected)
        }
    }

    @Test func aDigestIsKnownAtAnyTime() {
        let digest = StreamingDigest()
        for (index, piece) in ["one", "", "two"].enumerated() {
            Array(piece.utf8).withUnsafeBytes(digest.add)
            #expect(digest.value == Digest.sha256(index < 2 ? "one" : "onetwo"))
        }
    }
}
