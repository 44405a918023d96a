/// What a Unicode scalar is to the tokenizer. ASCII is decided by comparison, the rest by the Unicode tables.
enum ScalarClass {
    static let hardBreak: UInt32 = 0x2029

    static func isDigit(_ value: UInt32) -> Bool { value >= 0x30 && value <= 0x39 }

    static func isUpper(_ value: UInt32) -> Bool {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A }
        return Unicode.Scalar(value)?.properties.isUppercase ?? false
    }

    /// Letters and the marks that go on with one.
    static func isLetter(_ value: UInt32) -> Bool {
        if value < 0x80 { return (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }
        if value >= 0x300 && value < 0x370 { return true }
        if value >= 0x2000 && value < 0x2C00 { return false }
        return Unicode.Scalar(value)?.properties.isAlphabetic ?? false
    }

    static func isWord(_ value: UInt32) -> Bool { isLetter(value) || isDigit(value) }

    /// White space, and what is as invisible as it; not the hard break.
    static func isSpace(_ value: UInt32) -> Bool {
        if value <= 0x20 { return true }
        if value < 0x7F { return false }
        switch value {
        case 0x7F, 0x85, 0xA0, 0x1680, 0x2000...0x200F, 0x2028, 0x202A...0x202F, 0x205F...0x2064, 0x3000, 0xFE0F, 0xFEFF: return true
        default: return false
        }
    }

    static func isApostrophe(_ value: UInt32) -> Bool { value == 0x27 || value == 0x2019 }

    /// The double quotation marks that set off a title.
    static func isQuote(_ value: UInt32) -> Bool {
        value == 0x22 || value == 0x201C || value == 0x201D || value == 0x201E || value == 0xAB || value == 0xBB
    }

    /// A mark at which a sentence may end.
    static func isTerminator(_ value: UInt32) -> Bool {
        switch value {
        case 0x21, 0x2E, 0x3F, 0x2026, 0x203C, 0x203D, 0x3002, 0xFF01, 0xFF1F: true
        default: false
        }
    }

    /// A mark that may stand before or after another scalar of the same user-visible character, so that no cut belongs there.
    static func joins(_ value: UInt32) -> Bool {
        if value < 0x300 { return false }
        switch value {
        case 0x300...0x36F, 0x200C, 0x200D, 0xFE00...0xFE0F, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F, 0x1F1E6...0x1F1FF: return true
        default:
            guard let properties = Unicode.Scalar(value)?.properties else { return true }
            return properties.isGraphemeExtend || properties.generalCategory == .spacingMark || (0x1160...0x11FF).contains(value)
        }
    }

    /// Simple lower case of the scripts that have it one to one; others stay. Used for keys only.
    static func lower(_ value: UInt32) -> UInt32 {
        switch value {
        case 0x41...0x5A: value + 32
        case ..<0xC0: value
        case 0xC0...0xD6, 0xD8...0xDE: value + 32
        case 0x100...0x137, 0x14A...0x177: value | 1
        case 0x139...0x148, 0x179...0x17E: value + (value & 1)
        case 0x391...0x3A9: value + 32
        case 0x410...0x42F: value + 32
        case 0x400...0x40F: value + 80
        case 0x2019: 0x27
        default: value
        }
    }

    static func string(_ values: ArraySlice<UInt32>) -> String {
        var text = String.UnicodeScalarView()
        text.reserveCapacity(values.count)
        for value in values {
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        return String(text)
    }
}
