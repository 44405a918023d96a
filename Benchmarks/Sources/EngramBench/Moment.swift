import Glibc

/// A moment on the wall clock, microseconds since 1970: the clock `occurred_at` is on.
struct Moment: Hashable, Comparable {
    let microseconds: Int64

    init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    static func now() -> Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Reads `2026-11-23T03:34:55.123456Z`: UTC with any number of fraction digits, those past the microsecond dropped.
    init?(rfc3339 text: String) {
        var bytes = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int64? {
            guard bytes.count >= count else { return nil }
            var value: Int64 = 0
            for byte in bytes.prefix(count) {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            bytes = bytes.dropFirst(count)
            return value
        }
        func skip(_ separator: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: separator) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2), skip("T"),
            let hour = digits(2), skip(":"), let minute = digits(2), skip(":"), let second = digits(2),
            (1...12).contains(month)
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var weight: Int64 = 100_000
            while let digit = digits(1) {
                fraction += digit * weight
                weight /= 10
            }
        }
        guard skip("Z"), bytes.isEmpty else { return nil }
        // Days of the proleptic Gregorian calendar: years are counted from March, so that the leap day comes last.
        let shifted = month > 2 ? year : year - 1
        let ordinal = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + ordinal - 719_468
        microseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    static func < (left: Moment, right: Moment) -> Bool { left.microseconds < right.microseconds }

    /// Microseconds from `earlier` to this moment.
    func since(_ earlier: Moment) -> Int64 { microseconds - earlier.microseconds }
}
