/// Why a text is no JSON document, and where.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// A clause that goes on after "malformed JSON:".
    package let reason: String
    /// The byte at which it was noticed, from 0.
    package let offset: Int

    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Reads one document, white space around it allowed and nothing else.
    ///
    /// Strict where leniency hides faults: invalid UTF-8, lone surrogates, control characters in strings, leading zeros and
    /// trailing commas are refused. O(bytes), no recursion deeper than `depthLimit`.
    /// - Throws: ``JSONSyntaxError``.
    package static func parse(_ bytes: UnsafeRawBufferPointer, depthLimit: Int = 128) throws(JSONSyntaxError) -> JSON {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        return try parser.document()
    }

    package static func parse(_ text: String, depthLimit: Int = 128) throws(JSONSyntaxError) -> JSON {
        var text = text
        let result: Result<JSON, JSONSyntaxError> = text.withUTF8 { buffer in
            do throws(JSONSyntaxError) {
                return .success(try parse(UnsafeRawBufferPointer(buffer), depthLimit: depthLimit))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

private struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let depthLimit: Int
    var position = 0
    var depth = 0

    init(bytes: UnsafeRawBufferPointer, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    func failure(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: position) }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        skipWhiteSpace()
        guard position < bytes.count else { throw failure("there is nothing to read") }
        let value = try value()
        skipWhiteSpace()
        guard position == bytes.count else { throw failure("something follows the document") }
        return value
    }

    mutating func value() throws(JSONSyntaxError) -> JSON {
        guard let next else { throw failure("the document ends too early") }
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure("a value cannot start here")
        }
    }

    mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count, (0..<count).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] }) else {
            throw failure("a value cannot start here")
        }
        position += count
        return value
    }

    mutating func descend() throws(JSONSyntaxError) {
        depth += 1
        guard depth <= depthLimit else { throw failure("it is nested more than \(depthLimit) levels deep") }
        position += 1
        skipWhiteSpace()
    }

    mutating func array() throws(JSONSyntaxError) -> JSON {
        try descend()
        defer { depth -= 1 }
        var values: [JSON] = []
        if next == UInt8(ascii: "]") {
            position += 1
            return .array(values)
        }
        while true {
            values.append(try value())
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                position += 1
                skipWhiteSpace()
            case UInt8(ascii: "]"):
                position += 1
                return .array(values)
            case nil: throw failure("the document ends inside an array")
            default: throw failure("a comma or a closing bracket is missing")
            }
        }
    }

    mutating func object() throws(JSONSyntaxError) -> JSON {
        try descend()
        defer { depth -= 1 }
        var members: [JSON.Member] = []
        if next == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            guard next == UInt8(ascii: "\"") else {
                throw failure(next == nil ? "the document ends inside an object" : "a member's name in quotation marks is missing")
            }
            let name = try string()
            skipWhiteSpace()
            guard next == UInt8(ascii: ":") else { throw failure("a colon is missing after a member's name") }
            position += 1
            skipWhiteSpace()
            members.append(JSON.Member(name, try value()))
            skipWhiteSpace()
            switch next {
            case UInt8(ascii: ","):
                position += 1
                skipWhiteSpace()
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            case nil: throw failure("the document ends inside an object")
            default: throw failure("a comma or a closing brace is missing")
            }
        }
    }

    mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    mutating func number() throws(JSONSyntaxError) -> JSON {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let leadsWithZero = next == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !leadsWithZero) else { throw failure("a number is not written as JSON wants it") }
        if next == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw failure("a number's decimals are missing") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw failure("a number's exponent is missing") }
        }
        return .number(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
    }

    mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                let text = try text(start..<position)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw failure("a control character stands unescaped in a string") }
            position += 1
        }
        throw failure("the document ends inside a string")
    }

    func text(_ range: Range<Int>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self) else {
            throw JSONSyntaxError(reason: "a string is not valid UTF-8", offset: range.lowerBound)
        }
        return text
    }

    mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var units = Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else { throw failure("a string is not valid UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                try escape(into: &units)
            case ..<0x20:
                position -= 1
                throw failure("a control character stands unescaped in a string")
            default:
                units.append(byte)
            }
        }
        throw failure("the document ends inside a string")
    }

    mutating func escape(into units: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = next else { throw failure("the document ends inside a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try fourDigits())
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
                    throw failure("half of a surrogate pair stands alone")
                }
                position += 2
                let low = UInt32(try fourDigits())
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair stands alone") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair stands alone") }
            units.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        default:
            position -= 1
            throw failure("an escape is unknown")
        }
    }

    mutating func fourDigits() throws(JSONSyntaxError) -> UInt16 {
        guard bytes.count - position >= 4 else { throw failure("the document ends inside a string") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw failure("four hexadecimal digits are missing after \\u")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
