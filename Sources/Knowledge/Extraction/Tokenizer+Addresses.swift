extension Tokenizer {
    private func matches(_ prefix: StaticString, at index: Int) -> Bool {
        prefix.withUTF8Buffer { bytes in
            for (offset, byte) in bytes.enumerated() where ScalarClass.lower(at(index + offset)) != UInt32(byte) { return false }
            return true
        }
    }

    /// The end of a web address that begins here with its scheme or `www.`.
    func web(from start: Int) -> Int? {
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
    func domain(from start: Int) -> Int? {
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
    func address(from start: Int) -> Int? {
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
