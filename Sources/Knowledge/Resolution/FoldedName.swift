/// A name without what spellings of it differ in: case, width, diacritics, white space, quotation marks and dashes,
/// surrounding punctuation, a possessive ending. For persons also without titles and with initials apart.
struct FoldedName: Equatable {
    /// UTF-8, words separated by one space; empty only for a name that is.
    private(set) var text: [UInt8]
    /// Whether a title such as "Dr." stood before it that goes with last names.
    private(set) var hasTitle = false

    /// - Complexity: linear in the name's length.
    init(_ name: String, isPerson: Bool) {
        let folded = Self.fold(name)
        text = Self.trim(folded)
        if text.isEmpty { text = folded }
        if isPerson {
            separateInitials()
            dropTitles()
        } else {
            joinAcronyms()
        }
    }

    var isSingleWord: Bool { !text.contains(.space) }

    var firstWord: ArraySlice<UInt8> { text.prefix { $0 != .space } }

    /// The text after a leading "the", if there is both.
    var withoutArticle: ArraySlice<UInt8>? {
        text.count > 4 && text.starts(with: "the ".utf8) ? text.dropFirst(4) : nil
    }

    // MARK: Characters

    private static func fold(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count)
        for scalar in name.unicodeScalars { append(scalar, to: &bytes) }
        if bytes.last == .space { bytes.removeLast() }
        return bytes
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar.value {
        case 0x41...0x5A: bytes.append(UInt8(scalar.value) | 0x20)
        case 0x60: bytes.append(.apostrophe)
        case 0x21...0x7E: bytes.append(UInt8(scalar.value))
        case 0x09...0x0D, 0x20: appendSpace(to: &bytes)
        case 0x300...0x36F: break
        case 0x2018...0x201B, 0x2032, 0x02BC, 0xB4: bytes.append(.apostrophe)
        case 0x201C...0x201F, 0x2033, 0xAB, 0xBB, 0x2039, 0x203A: bytes.append(.quotationMark)
        case 0x2010...0x2015, 0x2212: bytes.append(.hyphen)
        case 0x2026: bytes.append(contentsOf: "...".utf8)
        // The full-width forms of ASCII.
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0).map { append($0, to: &bytes) }
        default:
            let properties = scalar.properties
            if properties.isWhitespace { return appendSpace(to: &bytes) }
            if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .control { return }
            for lower in properties.lowercaseMapping.unicodeScalars where !(0x300...0x36F).contains(lower.value) {
                if let base = DiacriticTable.bases[lower] {
                    bytes.append(contentsOf: base.utf8)
                } else {
                    bytes.append(contentsOf: UTF8.encode(lower) ?? UTF8.encodedReplacementCharacter)
                }
            }
        }
    }

    private static func appendSpace(to bytes: inout [UInt8]) {
        if !bytes.isEmpty, bytes.last != .space { bytes.append(.space) }
    }

    // MARK: Ends

    private static func trim(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        // Counted, not searched for: a name may be long and all brackets.
        var openings = rest.count(where: isOpening)
        var closings = rest.count(where: isClosing)
        while let first = rest.first, let last = rest.last {
            if isDropped(first) {
                rest.removeFirst()
            } else if isDropped(last) || last == UInt8(ascii: ".") {
                rest.removeLast()
            } else if isOpening(first), closings == 0 || isClosing(last) {
                rest.removeFirst()
                openings -= 1
            } else if isClosing(last), openings == 0 {
                rest.removeLast()
                closings -= 1
            } else if rest.count > 2, last == UInt8(ascii: "s"), rest[rest.endIndex - 2] == .apostrophe {
                rest.removeLast(2)
            } else {
                break
            }
        }
        return Array(rest)
    }

    /// What never belongs to a name's end. Not `+` and `#`: C++ and C# are names.
    private static func isDropped(_ byte: UInt8) -> Bool {
        switch byte {
        case .space, .apostrophe, .quotationMark, .hyphen, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "!"),
            UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func isOpening(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "<")
    }

    private static func isClosing(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ">")
    }

    // MARK: Words

    /// "j.r.r. tolkien" and "j. r. r. tolkien" are one: `j r r tolkien`.
    private mutating func separateInitials() {
        guard text.contains(UInt8(ascii: ".")) else { return }
        var separated: [UInt8] = []
        for byte in text {
            if byte != UInt8(ascii: "."), byte != .space {
                separated.append(byte)
            } else if !separated.isEmpty, separated.last != .space {
                separated.append(.space)
            }
        }
        if separated.last == .space { separated.removeLast() }
        if !separated.isEmpty { text = separated }
    }

    private mutating func dropTitles() {
        var rest = text[...]
        while let end = rest.firstIndex(of: .space) {
            let word = rest[..<end]
            if Self.titlesOfLastNames.contains(where: { word.elementsEqual($0.utf8) }) {
                hasTitle = true
            } else if !Self.titlesOfFirstNames.contains(where: { word.elementsEqual($0.utf8) }) {
                break
            }
            rest = rest[(end + 1)...]
        }
        if rest.count < text.count { text = Array(rest) }
    }

    private static let titlesOfLastNames = [
        "mr", "mrs", "ms", "miss", "mx", "dr", "doctor", "prof", "professor", "madam", "mme", "mlle", "herr", "frau", "sr", "sra", "senor",
        "senora", "rev", "reverend"
    ]
    private static let titlesOfFirstNames = ["sir", "dame"]

    /// "u.s.a" is `usa`: a word of single letters between dots loses the dots.
    private mutating func joinAcronyms() {
        guard text.contains(UInt8(ascii: ".")) else { return }
        let words = text.split(separator: .space).map { word -> [UInt8] in
            let letters = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            // The last may be empty: the dot at the end of a word that is not the last one.
            let isAcronym = letters.count > 1 && letters.dropLast().allSatisfy { $0.count == 1 } && (letters.last?.count ?? 0) < 2
            return isAcronym && letters.joined().allSatisfy(\.isLetter) ? Array(letters.joined()) : Array(word)
        }
        text = Array(words.joined(separator: CollectionOfOne(UInt8.space)))
    }
}

extension UInt8 {
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let apostrophe = UInt8(ascii: "'")
    fileprivate static let quotationMark = UInt8(ascii: "\"")
    fileprivate static let hyphen = UInt8(ascii: "-")
    /// In lower case.
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
