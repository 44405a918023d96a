/// A day, month or year of the Gregorian calendar, as far as a text says it.
struct CalendarDate: Equatable {
    var year: Int64
    var month: Int64?
    var day: Int64?

    /// `nil` for a date that the calendar doesn't have.
    init?(year: Int64, month: Int64? = nil, day: Int64? = nil) {
        guard (1...9999).contains(year) else { return nil }
        if let month {
            guard (1...12).contains(month) else { return nil }
            if let day { guard (1...Timestamp.daysIn(month: month, of: year)).contains(day) else { return nil } }
        } else if day != nil {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// A day counted from 1970-01-01.
    init?(days: Int64) {
        let (year, month, day) = Timestamp.civil(fromDays: days)
        self.init(year: year, month: month, day: day)
    }

    /// ISO 8601, as precise as the date: `2023`, `2023-05` or `2023-05-07`.
    var text: String {
        var text = Self.padded(year, 4)
        if let month { text += "-" + Self.padded(month, 2) }
        if let day { text += "-" + Self.padded(day, 2) }
        return text
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Timestamp {
    /// Whole days since 1970-01-01 in UTC.
    var dayNumber: Int64 {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
        return seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
    }
}
