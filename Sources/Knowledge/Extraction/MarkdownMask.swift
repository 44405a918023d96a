/// Blanks what is Markdown and not text, so that every scalar stays where it was.
struct MarkdownMask {
    private(set) var text: [UInt32]
    /// Whether the text ends inside a fenced code block.
    private(set) var isInsideCode: Bool
    private var isAfterBlank = true

    /// O(scalars).
    init(_ text: [UInt32], isInsideCode: Bool) {
        self.text = text
        self.isInsideCode = isInsideCode
        var line = 0
        while line < text.count {
            var end = line
            while end < text.count, text[end] != 0x0A { end += 1 }
            read(line..<end)
            line = end + 1
        }
    }

    private mutating func read(_ line: Range<Int>) {
        var start = line.lowerBound
        while start < line.upperBound, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        let isFence = hasRun(of: 0x60, 3, at: start, line) || hasRun(of: 0x7E, 3, at: start, line)
        if isFence || isInsideCode {
            if isFence { isInsideCode.toggle() }
            blank(line)
            breakAround(line)
            return
        }
        guard start < line.upperBound else {
            isAfterBlank = true
            return
        }
        let isIndented = start - line.lowerBound >= 4 || text[line.lowerBound] == 0x09
        defer { isAfterBlank = false }
        if isIndented, isAfterBlank, !isMarker(start, line) {
            blank(line)
            breakAround(line)
            isAfterBlank = true
            return
        }
        if isRule(start..<line.upperBound) {
            blank(line)
            breakAround(line)
            return
        }
        if text[start] == 0x3E {
            while start < line.upperBound, text[start] == 0x3E || text[start] == 0x20 {
                text[start] = 0x20
                start += 1
            }
        }
        guard start < line.upperBound else { return }
        if text[start] == 0x23 {
            while start < line.upperBound, text[start] == 0x23 {
                text[start] = 0x20
                start += 1
            }
            breakAround(line)
        } else if isMarker(start, line) {
            while start < line.upperBound, text[start] != 0x20 {
                text[start] = 0x20
                start += 1
            }
            breakBefore(line)
        }
        inline(start..<line.upperBound)
    }

    private func hasRun(of mark: UInt32, _ count: Int, at start: Int, _ line: Range<Int>) -> Bool {
        start + count <= line.upperBound && (start..<(start + count)).allSatisfy { text[$0] == mark }
    }

    /// `-`, `*`, `+` or a number with a point, then a space.
    private func isMarker(_ start: Int, _ line: Range<Int>) -> Bool {
        var index = start
        guard index < line.upperBound else { return false }
        if [0x2D, 0x2A, 0x2B].contains(text[index]) {
            index += 1
        } else {
            while index < line.upperBound, index < start + 4, ScalarClass.isDigit(text[index]) { index += 1 }
            guard index > start, index < line.upperBound, text[index] == 0x2E || text[index] == 0x29 else { return false }
            index += 1
        }
        return index < line.upperBound && text[index] == 0x20
    }

    /// An underline, a rule or the line under a table's head.
    private func isRule(_ line: Range<Int>) -> Bool {
        line.count >= 3 && line.allSatisfy { [0x2D, 0x3D, 0x2A, 0x5F, 0x7C, 0x3A, 0x20, 0x0D].contains(text[$0]) }
    }

    private mutating func blank(_ range: Range<Int>) {
        for index in range { text[index] = 0x20 }
    }

    private mutating func breakBefore(_ line: Range<Int>) {
        if line.lowerBound > 0 { text[line.lowerBound - 1] = ScalarClass.hardBreak }
    }

    private mutating func breakAround(_ line: Range<Int>) {
        breakBefore(line)
        if line.upperBound < text.count { text[line.upperBound] = ScalarClass.hardBreak }
    }

    private mutating func inline(_ line: Range<Int>) {
        var index = line.lowerBound
        var closedBackticks = true
        var closedTags = true
        // One that never closes is looked for once a line only.
        var closedLinks = true
        while index < line.upperBound {
            switch text[index] {
            case 0x60:
                guard closedBackticks else { break }
                var end = index + 1
                while end < line.upperBound, text[end] != 0x60 { end += 1 }
                if end < line.upperBound {
                    blank(index..<(end + 1))
                    index = end
                } else {
                    closedBackticks = false
                }
            case 0x2A: text[index] = 0x20
            case 0x7E where index + 1 < line.upperBound && text[index + 1] == 0x7E:
                blank(index..<(index + 2))
                index += 1
            case 0x5F:
                let before = index > line.lowerBound ? text[index - 1] : 0x20
                let after = index + 1 < line.upperBound ? text[index + 1] : 0x20
                if !ScalarClass.isWord(before) || !ScalarClass.isWord(after) { text[index] = 0x20 }
            case 0x7C: text[index] = ScalarClass.hardBreak
            case 0x5B, 0x5D:
                let isLink = text[index] == 0x5D && index + 1 < line.upperBound && text[index + 1] == 0x28
                text[index] = 0x20
                if isLink, closedLinks {
                    let end = link(at: index + 1, line)
                    closedLinks = end > index + 1
                    index = end
                }
            case 0x3C:
                guard closedTags, index + 1 < line.upperBound, text[index + 1] == 0x2F || ScalarClass.isLetter(text[index + 1]) else {
                    break
                }
                var end = index + 1
                var isAddress = false
                while end < line.upperBound, text[end] != 0x3E {
                    if text[end] == 0x3A || text[end] == 0x40 { isAddress = true }
                    end += 1
                    if text[end - 1] == 0x20 { isAddress = false }
                }
                if end >= line.upperBound { closedTags = false } else if !isAddress { blank(index..<(end + 1)) }
            default: break
            }
            index += 1
        }
    }

    /// Keeps an absolute address between the brackets at `open`, blanks everything else; returns the closing bracket.
    private mutating func link(at open: Int, _ line: Range<Int>) -> Int {
        var end = open + 1
        var depth = 0
        while end < line.upperBound {
            if text[end] == 0x28 { depth += 1 }
            if text[end] == 0x29 {
                if depth == 0 { break }
                depth -= 1
            }
            end += 1
        }
        guard end < line.upperBound else { return open }
        text[open] = 0x20
        text[end] = 0x20
        var address = open + 1
        while address < end, text[address] != 0x20 { address += 1 }
        if address < end { blank(address..<end) }
        let isAbsolute = (open + 1..<address).contains { text[$0] == 0x3A }
        if !isAbsolute { blank((open + 1)..<address) }
        return end
    }
}
