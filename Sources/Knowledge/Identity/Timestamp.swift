/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package var milliseconds: Int64 { microseconds.floorDivided(by: 1000) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }

    /// The digits after the second in ``text(_:)``.
    package enum Precision: Int, Sendable {
        case milliseconds = 3
        case microseconds = 6
    }

    /// RFC 3339 in UTC, as `2026-11-23T03:34:55.123Z`. Years outside 0–9999 do not occur: ``init(rfc3339:)`` refuses them.
    package func text(_ precision: Precision = .milliseconds) -> String {
        let days = microseconds.floorDivided(by: 86_400_000_000)
        var rest = microseconds - days * 86_400_000_000
        let (year, month, day) = Self.civil(fromDays: days)
        let fraction = rest % 1_000_000
        rest /= 1_000_000
        let count = 20 + precision.rawValue + 1
        return String(unsafeUninitializedCapacity: count) { buffer in
            func put(_ value: Int64, at position: Int, digits: Int) {
                var value = value
                for offset in stride(from: digits - 1, through: 0, by: -1) {
                    buffer[position + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
                    value /= 10
                }
            }
            put(year, at: 0, digits: 4)
            buffer[4] = UInt8(ascii: "-")
            put(month, at: 5, digits: 2)
            buffer[7] = UInt8(ascii: "-")
            put(day, at: 8, digits: 2)
            buffer[10] = UInt8(ascii: "T")
            put(rest / 3600, at: 11, digits: 2)
            buffer[13] = UInt8(ascii: ":")
            put(rest / 60 % 60, at: 14, digits: 2)
            buffer[16] = UInt8(ascii: ":")
            put(rest % 60, at: 17, digits: 2)
            buffer[19] = UInt8(ascii: ".")
            put(precision == .milliseconds ? fraction / 1000 : fraction, at: 20, digits: precision.rawValue)
            buffer[count - 1] = UInt8(ascii: "Z")
            return count
        }
    }

    /// Reads an RFC 3339 date and time (`T` or a space between them, an offset or `Z`, digits past the microsecond dropped)
    /// or a bare date, which is its midnight in UTC. A date and time without an offset is read as UTC. Anything else,
    /// an impossible date among it, is `nil`.
    package init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), (1...12).contains(month),
            (1...Self.daysIn(month: month, of: year)).contains(day)
        else { return nil }
        var total = Self.days(year: year, month: month, day: day) * 86_400_000_000
        if !reader.isAtEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(digits: 2), hour < 24,
                reader.take(":"),
                let minute = reader.number(digits: 2), minute < 60
            else { return nil }
            var second: Int64 = 0
            var fraction: Int64 = 0
            if reader.take(":") {
                guard let value = reader.number(digits: 2), value <= 60 else { return nil }
                second = value
                if reader.take(".") {
                    guard let value = reader.fraction(digits: 6) else { return nil }
                    fraction = value
                }
            }
            total += ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
            if reader.take("+") || reader.peek("-") {
                let sign: Int64 = reader.take("-") ? -1 : 1
                guard let hours = reader.number(digits: 2), hours < 24 else { return nil }
                _ = reader.take(":")
                guard let minutes = reader.number(digits: 2), minutes < 60 else { return nil }
                total -= sign * (hours * 60 + minutes) * 60_000_000
            } else {
                _ = reader.take("Z") || reader.take("z")
            }
            guard reader.isAtEnd else { return nil }
        }
        // An offset may have carried it out of the years that can be written.
        guard total >= Self.days(year: 0, month: 1, day: 1) * 86_400_000_000,
            total < Self.days(year: 10_000, month: 1, day: 1) * 86_400_000_000
        else { return nil }
        self.init(microseconds: total)
    }

    /// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.floorDivided(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of ``days(year:month:day:)``, from the same source.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func daysIn(month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity; `divisor` is positive.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Reads fixed-width decimal fields from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    func peek(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek(character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Reads one digit or more as a fraction scaled to `digits` digits.
    mutating func fraction(digits: Int) -> Int64? {
        guard var value = digit() else { return nil }
        var count = 1
        while let next = digit() {
            if count < digits {
                value = value * 10 + next
                count += 1
            }
        }
        for _ in count..<digits { value *= 10 }
        return value
    }

    private mutating func digit() -> Int64? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        rest.removeFirst()
        return Int64(byte - UInt8(ascii: "0"))
    }
}
