/// Cuts scalars into tokens. One pass; what looks ahead does so for a bounded number of scalars, so the work is linear.
struct Tokenizer {
    /// No e-mail address or host name longer than this is recognised.
    static let lookAhead = 96

    let text: [UInt32]
    let lexicon = Lexicon.shared
    private var position = 0
    private var tokens: [TextToken] = []

    /// - Parameter text: Scalars; ``ScalarClass/hardBreak`` ends a sentence wherever it stands.
    static func tokens(of text: [UInt32]) -> [TextToken] {
        var tokenizer = Tokenizer(text: text)
        tokenizer.tokens.reserveCapacity(text.count / 4)
        tokenizer.run()
        return tokenizer.tokens
    }

    private init(text: [UInt32]) { self.text = text }

    func at(_ index: Int) -> UInt32 { index >= 0 && index < text.count ? text[index] : 0 }

    private mutating func run() {
        var hasSpace = true
        while position < text.count {
            let value = text[position]
            if value == ScalarClass.hardBreak {
                append(.hardBreak, from: position, to: position + 1, hasSpace)
                hasSpace = true
            } else if ScalarClass.isSpace(value) {
                skipSpace()
                hasSpace = true
            } else {
                let start = position
                if ScalarClass.isDigit(value) {
                    number(hasSpace)
                } else if ScalarClass.isLetter(value) {
                    word(hasSpace)
                } else if (value == 0x40 || value == 0x23) && (ScalarClass.isWord(at(start + 1)) || at(start + 1) == 0x5F) {
                    handle(hasSpace)
                } else if ScalarClass.isApostrophe(value), let end = clitic(at: start) {
                    append(.word, from: start, to: end, hasSpace)
                } else {
                    append(.mark, from: start, to: start + 1, hasSpace)
                }
                hasSpace = false
            }
        }
    }

    /// Skips white space; a blank line in it is a hard break.
    private mutating func skipSpace() {
        let start = position
        var lines = 0
        while position < text.count, ScalarClass.isSpace(text[position]) {
            if text[position] == 0x0A { lines += 1 }
            position += 1
        }
        if lines > 1 {
            let end = position
            append(.hardBreak, from: start, to: end, true)
        }
    }

    private mutating func append(_ kind: TextToken.Kind, from start: Int, to end: Int, _ hasSpace: Bool) {
        var token = TextToken(start: start, end: end, kind: kind, hasSpaceBefore: hasSpace)
        if kind == .mark { token.mark = text[start] }
        if kind == .word {
            var key = WordKey()
            var uppers = 0
            var letters = 0
            for index in start..<end {
                let value = text[index]
                key.append(value)
                if ScalarClass.isUpper(value) {
                    uppers += 1
                    letters += 1
                } else if ScalarClass.isLetter(value), value < 0x300 || ScalarClass.lower(value) != value || !isCaseless(value) {
                    letters += 1
                }
            }
            token.key = key
            token.tags = lexicon.tags(of: key)
            if letters == 0 {
                token.shape = .none
            } else if uppers == 0 {
                token.shape = .lower
            } else if uppers == letters {
                token.shape = letters == 1 && end - start == 1 ? .title : .upper
            } else {
                token.shape = uppers == 1 && ScalarClass.isUpper(text[start]) ? .title : .mixed
            }
        }
        tokens.append(token)
        position = end
    }

    /// Whether a letter belongs to a script without capitals.
    private func isCaseless(_ value: UInt32) -> Bool {
        value >= 0x590 && !(value >= 0x10A0 && value < 0x1100) && !(value >= 0x1E00 && value < 0x2000)
    }

    private mutating func handle(_ hasSpace: Bool) {
        var end = position + 1
        while end < text.count, ScalarClass.isWord(text[end]) || text[end] == 0x5F { end += 1 }
        append(.handle, from: position, to: end, hasSpace)
    }

    private mutating func number(_ hasSpace: Bool) {
        let start = position
        if let end = address(from: start) { return append(.email, from: start, to: end, hasSpace) }
        var end = start
        while end < text.count {
            let value = text[end]
            if ScalarClass.isWord(value) {
                end += 1
            } else if value == 0x2E || value == 0x2C || value == 0x3A || value == 0x2F || value == 0x2D, ScalarClass.isDigit(at(end + 1)) {
                end += 2
            } else {
                break
            }
        }
        append(.number, from: start, to: end, hasSpace)
    }

    private mutating func word(_ hasSpace: Bool) {
        let start = position
        if let end = web(from: start) { return append(.web, from: start, to: end, hasSpace) }
        var end = start
        var dots = 0
        scan: while end < text.count {
            let value = text[end]
            if ScalarClass.isWord(value) || value == 0x5F {
                end += 1
                continue
            }
            let next = at(end + 1)
            switch value {
            case 0x27, 0x2019:
                guard ScalarClass.isLetter(next) else { break scan }
                guard let cliticEnd = clitic(at: end) else {
                    end += 1
                    continue
                }
                // "n't" is a word of its own: its "n" was read with the verb.
                if text[end + 1] | 0x20 == 0x74 {
                    guard at(end - 1) | 0x20 == 0x6E else {
                        end += 1
                        continue
                    }
                    if end - 1 > start {
                        append(.word, from: start, to: end - 1, hasSpace)
                        return append(.word, from: end - 1, to: cliticEnd, false)
                    }
                    return append(.word, from: start, to: cliticEnd, hasSpace)
                }
                break scan
            case 0x2D, 0x26:
                guard ScalarClass.isWord(next) else { break scan }
                end += 1
            case 0x2E:
                if dots > 0 || end - start == 1, ScalarClass.isLetter(next), !ScalarClass.isWord(at(end + 2)) {
                    dots += 1
                    end += 2
                    if at(end) == 0x2E, !ScalarClass.isLetter(at(end + 1)) {
                        end += 1
                        break scan
                    }
                    continue
                }
                guard ScalarClass.isWord(next) else { break scan }
                if let mail = address(from: start) { return append(.email, from: start, to: mail, hasSpace) }
                if let host = domain(from: start) { return append(.web, from: start, to: host, hasSpace) }
                break scan
            case 0x40, 0x2B, 0x25:
                if let mail = address(from: start) { return append(.email, from: start, to: mail, hasSpace) }
                break scan
            default: break scan
            }
        }
        append(.word, from: start, to: end, hasSpace)
    }

    /// The end of an `'s`, `'m`, `'re`, `'ve`, `'ll`, `'d` or `'t` whose apostrophe is at `index`.
    private func clitic(at index: Int) -> Int? {
        let first = at(index + 1) | 0x20
        let second = at(index + 2)
        if !ScalarClass.isWord(second) {
            return first == 0x73 || first == 0x6D || first == 0x64 || first == 0x74 ? index + 2 : nil
        }
        guard !ScalarClass.isWord(at(index + 3)) else { return nil }
        switch (first, second | 0x20) {
        case (0x72, 0x65), (0x76, 0x65), (0x6C, 0x6C): return index + 3
        default: return nil
        }
    }
}
