extension Turn {
    static let longestName = 48

    /// Reads lines of `Name: text`. O(scalars).
    /// - Parameters:
    ///   - speaker: Who was speaking before.
    ///   - isInsideLine: Whether the text begins in the middle of a line.
    /// - Returns: The turns, and the text with names, line ends and bracketed captions blanked.
    static func read(_ text: [UInt32], speaker: String?, isInsideLine: Bool) -> (turns: [Turn], masked: [UInt32]) {
        var masked = text
        var turns: [Turn] = []
        if let speaker { turns.append(Turn(start: 0, nameRange: nil, speaker: speaker)) }
        var line = 0
        while line < text.count {
            var end = line
            while end < text.count, text[end] != 0x0A { end += 1 }
            if !(line == 0 && isInsideLine), let name = name(in: text, line: line..<end, known: turns) {
                turns.append(Turn(start: line, nameRange: name.range, speaker: ScalarClass.string(text[name.range])))
                for index in line..<name.end { masked[index] = 0x20 }
            }
            maskCaptions(&masked, line..<end)
            if end < text.count { masked[end] = ScalarClass.hardBreak }
            line = end + 1
        }
        return (turns, masked)
    }

    /// The name before the line's first colon, if it reads like a speaker's, and the scalar after the colon.
    private static func name(in text: [UInt32], line: Range<Int>, known: [Turn]) -> (range: Range<Int>, end: Int)? {
        var start = line.lowerBound
        while start < line.upperBound, ScalarClass.isSpace(text[start]) || text[start] == 0x2A { start += 1 }
        var end = start
        var words = 1
        var lowerWords = 0
        var wordStart = start
        while end < line.upperBound, end - start <= longestName, text[end] != 0x3A {
            let value = text[end]
            if value == 0x20 {
                if end > wordStart {
                    words += 1
                    wordStart = end + 1
                }
            } else if !ScalarClass.isWord(value), ![0x2E, 0x27, 0x2019, 0x2D, 0x5F, 0x2A].contains(value) {
                return nil
            } else if end == wordStart, !ScalarClass.isUpper(value) {
                lowerWords += 1
            }
            end += 1
        }
        guard end < line.upperBound, text[end] == 0x3A, end > start, words <= 4,
            ScalarClass.isLetter(text[start]) || ScalarClass.isDigit(text[start])
        else { return nil }
        guard end + 1 >= line.upperBound || ScalarClass.isSpace(text[end + 1]) || text[end + 1] == 0x2A else { return nil }
        var last = end
        while last > start, ScalarClass.isSpace(text[last - 1]) || text[last - 1] == 0x2A { last -= 1 }
        guard last > start, words == 1 || lowerWords == 0 else { return nil }
        // A heading such as "Note:" or "Dinner:" is no speaker, unless it has the capital of a name that we know.
        let tags = Lexicon.shared.tags(of: WordKey(text[start..<last]))
        if words == 1, !tags.contains(.firstName), !tags.isDisjoint(with: [.common, .function, .weekday, .month, .event, .adverb]),
            !speakers.contains(WordKey(text[start..<last]))
        {
            return nil
        }
        guard (start..<last).contains(where: { ScalarClass.isLetter(text[$0]) }) else { return nil }
        return (start..<last, end + 1)
    }

    private static let speakers: Set<WordKey> = Set(
        [
            "user", "assistant", "system", "agent", "customer", "doctor", "patient", "interviewer", "host", "guest", "mom", "dad",
            "teacher", "student"
        ].map { WordKey($0) })

    /// "[a photo of …]" is a machine's caption, not what was said.
    private static func maskCaptions(_ text: inout [UInt32], _ line: Range<Int>) {
        var open: Int?
        for index in line {
            if text[index] == 0x5B {
                if open == nil { open = index }
            } else if text[index] == 0x5D, let start = open {
                for position in start...index { text[position] = 0x20 }
                text[start] = ScalarClass.hardBreak
                open = nil
            }
        }
    }
}
