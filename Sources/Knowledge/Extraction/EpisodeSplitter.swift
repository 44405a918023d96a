/// Cuts an episode into parts.
struct EpisodeSplitter {
    /// UTF-8 bytes of text in a part.
    static let limit = 16_384

    private let episode: Episode

    init(_ episode: Episode) { self.episode = episode }

    func parts() -> [EpisodePart] {
        if episode.contentType == .json, let document = try? JSON.parse(episode.content) {
            // Not JSON after all: read as text, below.
            return JSONWalker.parts(of: document, in: episode)
        }
        let text = episode.content.unicodeScalars.map(\.value)
        let contentType: ContentType = episode.contentType == .json ? .text : episode.contentType
        var parts: [EpisodePart] = []
        var start = 0
        var speaker: String?
        var isInsideCode = false
        let scalars = episode.content.unicodeScalars
        var from = scalars.startIndex
        repeat {
            let end = Self.end(of: text, from: start)
            let slice = text[start..<end]
            let to = scalars.index(from, offsetBy: end - start)
            defer { from = to }
            let isInsideLine = start > 0 && text[start - 1] != 0x0A
            parts.append(
                EpisodePart(
                    content: String(scalars[from..<to]), offset: start, contentType: contentType, speaker: speaker,
                    isInsideLine: isInsideLine,
                    isInsideCode: isInsideCode, occurredAt: episode.occurredAt))
            if end < text.count {
                switch contentType {
                case .message: speaker = Turn.read(Array(slice), speaker: speaker, isInsideLine: isInsideLine).turns.last?.speaker
                case .markdown: isInsideCode = MarkdownMask(Array(slice), isInsideCode: isInsideCode).isInsideCode
                case .text, .json: break
                }
            }
            start = end
        } while start < text.count
        return parts
    }

    /// The end of the part that begins at `start`: the last line end, sentence end or space that leaves it at least a quarter
    /// full, the best kind first, so that no scalar is looked at more than a few times.
    static func end(of text: [UInt32], from start: Int, limit: Int = EpisodeSplitter.limit) -> Int {
        var bytes = 0
        var index = start
        var line: Int?
        var sentence: Int?
        var space: Int?
        while index < text.count {
            let value = text[index]
            bytes += value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4
            if bytes > limit { break }
            index += 1
            guard bytes > limit / 4, ScalarClass.isSpace(value), index < text.count, !ScalarClass.joins(text[index]) else { continue }
            if value == 0x0A {
                line = index
            } else if value == 0x20 {
                space = index
                if index >= start + 2, ScalarClass.isTerminator(text[index - 2]) { sentence = index }
            }
        }
        if index == text.count { return index }
        if let cut = line ?? sentence ?? space { return cut }
        // A monster: back to where one character ends and another begins.
        let floor = start + (index - start) / 2
        var cut = index
        while cut > floor, ScalarClass.joins(text[cut]) || text[cut - 1] == 0x200D || text[cut] == 0x0A && text[cut - 1] == 0x0D {
            cut -= 1
        }
        return cut > floor ? cut : index
    }
}
