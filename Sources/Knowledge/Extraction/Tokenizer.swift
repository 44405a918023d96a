/// Cuts scalars into tokens. One pass; what looks ahead does so for a bounded number of scalars, so the work is linear.
struct Tokenizer {
    /// No e-mail address or host name longer than this is recognised.
    static let lookAhead = 96

    private let text: [UInt32]
    private let lexicon = Lexicon.shared
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

    private func at(_ index: Int) -> UInt32 { index >= 0 && index < text.count ? text[index] : 0 }

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
                token.shape = letters == 1 ? .title : .upper
            } else {
                token.shape = uppers == 1 && ScalarClass.isUpper(text[start]) ? .title : .mixed
            }
        }
        tokens.append(token)
        position = end
    }

    /// Whether a letter belongs to a script without capitals.
    private func isCaseless(_ value: UInt32) -> Bool { value >= 0x590 && !(value >= 0x10A0 && value < 0x1100) && !(value >= 0x1E00 && value < 0x2000) }

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

    private func matches(_ prefix: StaticString, at index: Int) -> Bool {
        prefix.withUTF8Buffer { bytes in
            for (offset, byte) in bytes.enumerated() where ScalarClass.lower(at(index + offset)) != UInt32(byte) { return false }
            return true
        }
    }

    /// The end of a web address that begins here with its scheme or `www.`.
    private func web(from start: Int) -> Int? {
        let first = at(start) | 0x20
        guard first == 0x68 || first == 0x77 else { return nil }
        var end = start
        if matches("https://", at: start) {
            end += 8
        } else if matches("http://", at: start) {
            end += 7
        } else if matches("www.", at: start) {
            end += 4
        } else {
            return nil
        }
        guard ScalarClass.isWord(at(end)) else { return nil }
        return pathEnd(from: end)
    }

    /// The end of what may stand in an address, the sentence's own marks left out.
    private func pathEnd(from start: Int) -> Int {
        var end = start
        var opened = 0
        scan: while end < text.count {
            let value = text[end]
            switch value {
            case 0x3C, 0x3E, 0x22, 0x60, 0x5B, 0x5D, 0x7B, 0x7D, 0x7C, 0x5C, 0x5E, ScalarClass.hardBreak: break scan
            case 0x28: opened += 1
            case 0x29:
                if opened == 0 { break scan }
                opened -= 1
            default: if ScalarClass.isSpace(value) || value >= 0x2000 && value < 0x2070 { break scan }
            }
            end += 1
        }
        while end > start, [0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x3F, 0x27, 0x2A, 0x5F].contains(text[end - 1]) { end -= 1 }
        return end
    }

    /// The end of a host name without a scheme (`example.com/path`) that begins here.
    private func domain(from start: Int) -> Int? {
        guard let host = hostEnd(from: start) else { return nil }
        return at(host) == 0x2F ? pathEnd(from: host) : host
    }

    private func hostEnd(from start: Int) -> Int? {
        var end = start
        var label = start
        let limit = min(text.count, start + Self.lookAhead)
        while end < limit {
            let value = text[end]
            if value < 0x80, ScalarClass.isWord(value) || (value == 0x2D && end > label) {
                end += 1
            } else if value == 0x2E, end > label, at(end + 1) < 0x80, ScalarClass.isWord(at(end + 1)) {
                end += 1
                label = end
            } else {
                break
            }
        }
        guard label > start, end < limit || limit == text.count, at(end) != 0x40 else { return nil }
        let tags = lexicon.tags(of: WordKey(text[label..<end]))
        return tags.contains(.topLevelDomain) ? end : nil
    }

    /// The end of an e-mail address that begins here.
    private func address(from start: Int) -> Int? {
        var end = start
        let limit = min(text.count, start + Self.lookAhead)
        while end < limit {
            let value = text[end]
            guard value < 0x80, ScalarClass.isWord(value) || [0x2E, 0x5F, 0x25, 0x2B, 0x2D].contains(value) else { break }
            end += 1
        }
        guard end > start, at(end) == 0x40, at(end - 1) != 0x2E else { return nil }
        var host = end + 1
        var label = host
        let hostLimit = min(text.count, host + Self.lookAhead)
        var dots = 0
        while host < hostLimit {
            let value = text[host]
            if value < 0x80, ScalarClass.isWord(value) || (value == 0x2D && host > label) {
                host += 1
            } else if value == 0x2E, host > label, at(host + 1) < 0x80, ScalarClass.isWord(at(host + 1)) {
                host += 1
                label = host
                dots += 1
            } else {
                break
            }
        }
        return dots > 0 && host - label >= 2 && ScalarClass.isLetter(at(label)) ? host : nil
    }
}
