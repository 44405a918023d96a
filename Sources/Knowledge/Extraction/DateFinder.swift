/// Finds dates in a sentence: written out, in digits, or relative to a known day.
struct DateFinder {
    private let passage: Passage
    /// Days since 1970-01-01 of the episode's own moment.
    private let today: Int64?

    init(_ passage: Passage, occurredAt: Timestamp?) {
        self.passage = passage
        today = occurredAt?.dayNumber
    }

    /// The date that begins at token `index` and the token after it.
    func date(at index: Int, in sentence: Sentence) -> (date: CalendarDate, end: Int)? {
        let end = sentence.tokens.upperBound
        let token = passage.tokens[index]
        switch token.kind {
        case .number: return inDigits(index) ?? dayMonth(index, end) ?? year(index, sentence) ?? ago(index, end)
        case .word:
            if token.tags.contains(.month), token.isCapitalised { return month(index, sentence) }
            return relative(index, end) ?? ago(index, end)
        default: return nil
        }
    }

    // MARK: Tokens

    private func token(_ index: Int, _ end: Int) -> TextToken? { index < end ? passage.tokens[index] : nil }

    private func isWord(_ index: Int, _ end: Int, _ word: Word) -> Bool {
        token(index, end)?.key == word.key && passage.tokens[index].kind == .word
    }

    private func isComma(_ index: Int, _ end: Int) -> Bool { token(index, end)?.mark == 0x2C }

    /// The value of a number token made of digits and, for days, an ordinal's ending.
    private func value(_ index: Int, _ end: Int, ordinal: Bool = false) -> Int64? {
        guard let token = token(index, end), token.kind == .number, token.count <= 6 else { return nil }
        var value: Int64 = 0
        var digits = 0
        for scalar in passage.original[token.start..<token.end] {
            guard ScalarClass.isDigit(scalar) else { break }
            value = value * 10 + Int64(scalar - 0x30)
            digits += 1
        }
        if digits == token.count { return value }
        guard ordinal, token.count - digits == 2 else { return nil }
        let ending = WordKey(passage.original[(token.end - 2)..<token.end])
        return Self.ordinals.contains(ending) ? value : nil
    }

    private func fullYear(_ index: Int, _ end: Int) -> Int64? {
        guard let token = token(index, end), token.count == 4, let year = value(index, end), (1000...2999).contains(year) else {
            return nil
        }
        return year
    }

    private func monthNumber(_ index: Int, _ end: Int) -> Int64? {
        guard let token = token(index, end), token.kind == .word, token.tags.contains(.month) else { return nil }
        return Self.months[token.key]
    }

    // MARK: Absolute

    /// `2023-05-08`, `2023/5/8`, `08.05.2023` when only one reading is possible.
    private func inDigits(_ index: Int) -> (CalendarDate, Int)? {
        let token = passage.tokens[index]
        guard (8...20).contains(token.count) else { return nil }
        var numbers: [Int64] = [0]
        var widths = [0]
        var separator: UInt32 = 0
        for scalar in passage.original[token.start..<token.end] {
            if ScalarClass.isDigit(scalar) {
                guard widths[widths.count - 1] < 4 else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(scalar - 0x30)
                widths[widths.count - 1] += 1
            } else if numbers.count == 3 {
                // "2023-05-08T13:56": the time is not needed.
                guard scalar | 0x20 == 0x74 else { return nil }
                break
            } else {
                guard scalar == 0x2D || scalar == 0x2F || scalar == 0x2E, separator == 0 || scalar == separator else { return nil }
                separator = scalar
                numbers.append(0)
                widths.append(0)
            }
        }
        guard numbers.count == 3 else { return nil }
        if widths[0] == 4, widths[1] <= 2, widths[2] <= 2 {
            return CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]).map { ($0, index + 1) }
        }
        guard widths[2] == 4, widths[0] <= 2, widths[1] <= 2 else { return nil }
        let dayFirst = separator == 0x2E || numbers[0] > 12
        guard dayFirst || numbers[1] > 12 || numbers[0] == numbers[1] else { return nil }
        let (day, month) = dayFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
        return CalendarDate(year: numbers[2], month: month, day: day).map { ($0, index + 1) }
    }

    /// `7 May 2023`, `7th of May, 2023`, `7 May`.
    private func dayMonth(_ index: Int, _ end: Int) -> (CalendarDate, Int)? {
        guard let day = value(index, end, ordinal: true), (1...31).contains(day) else { return nil }
        var next = index + 1
        if isWord(next, end, .of) { next += 1 }
        guard let month = monthNumber(next, end), passage.tokens[next].isCapitalised else { return nil }
        return withYear(month: month, day: day, next + 1, end)
    }

    /// `May 7, 2023`, `May 7th`, `May 2023`.
    private func month(_ index: Int, _ sentence: Sentence) -> (CalendarDate, Int)? {
        let end = sentence.tokens.upperBound
        guard let month = monthNumber(index, end) else { return nil }
        // "31 February" was no date; half of it is none, either.
        if index > sentence.tokens.lowerBound, let day = value(index - 1, end, ordinal: true), day < 100 { return nil }
        var next = index + 1
        if token(next, end)?.mark == 0x2E, !(token(next, end)?.hasSpaceBefore ?? true) { next += 1 }
        if let day = value(next, end, ordinal: true), (1...31).contains(day) { return withYear(month: month, day: day, next + 1, end) }
        if isComma(next, end) { next += 1 }
        if let year = fullYear(next, end) { return CalendarDate(year: year, month: month).map { ($0, next + 1) } }
        return nil
    }

    private func withYear(month: Int64, day: Int64, _ index: Int, _ end: Int) -> (CalendarDate, Int)? {
        let next = isComma(index, end) ? index + 1 : index
        if let year = fullYear(next, end) { return CalendarDate(year: year, month: month, day: day).map { ($0, next + 1) } }
        // Without a year: the nearest such day.
        guard let today else { return nil }
        let year = Timestamp.civil(fromDays: today).year
        var best: (distance: Int64, date: CalendarDate)?
        for candidate in [year, year - 1, year + 1] {
            guard let date = CalendarDate(year: candidate, month: month, day: day) else { continue }
            let distance = abs(Timestamp.days(year: candidate, month: month, day: day) - today)
            if distance < best?.distance ?? .max { best = (distance, date) }
        }
        return best.map { ($0.date, index) }
    }

    /// `in 2022`: a year wants a word before it that takes one.
    private func year(_ index: Int, _ sentence: Sentence) -> (CalendarDate, Int)? {
        guard index > sentence.tokens.lowerBound, let year = fullYear(index, sentence.tokens.upperBound), (1500...2199).contains(year),
            Self.yearCues.contains(passage.tokens[index - 1].key)
        else { return nil }
        let next = token(index + 1, sentence.tokens.upperBound)
        // "in 2000 days" is an amount.
        if let next, [Word.days.key, Word.months.key, Word.years.key].contains(next.key) { return nil }
        return CalendarDate(year: year).map { ($0, index + 1) }
    }

    // MARK: Relative

    private func relative(_ index: Int, _ end: Int) -> (CalendarDate, Int)? {
        guard let today else { return nil }
        let key = passage.tokens[index].key
        switch key {
        case Word.today.key, Word.tonight.key: return CalendarDate(days: today).map { ($0, index + 1) }
        case Word.yesterday.key: return CalendarDate(days: today - 1).map { ($0, index + 1) }
        case Word.tomorrow.key: return CalendarDate(days: today + 1).map { ($0, index + 1) }
        default: break
        }
        let step: Int64
        switch key {
        case Word.last.key: step = -1
        case Word.this.key: step = 0
        case Word.next.key: step = 1
        default: return nil
        }
        guard let unit = token(index + 1, end), unit.kind == .word else { return nil }
        let after = index + 2
        let (year, month, _) = Timestamp.civil(fromDays: today)
        switch unit.key {
        case Word.night.key where step < 0: return CalendarDate(days: today - 1).map { ($0, after) }
        case Word.month.key:
            let months = year * 12 + month - 1 + step
            return CalendarDate(year: months / 12, month: months % 12 + 1).map { ($0, after) }
        case Word.year.key: return CalendarDate(year: year + step).map { ($0, after) }
        default: break
        }
        guard step != 0 else { return nil }
        if let weekday = Self.weekdays[unit.key] {
            // 1970-01-01 was a Thursday; Monday is 0.
            let current = ((today + 3) % 7 + 7) % 7
            let distance = step > 0 ? (weekday - current + 6) % 7 + 1 : -((current - weekday + 6) % 7 + 1)
            return CalendarDate(days: today + distance).map { ($0, after) }
        }
        guard let wanted = Self.months[unit.key], unit.isCapitalised else { return nil }
        let shifted = step > 0 ? (wanted > month ? year : year + 1) : (wanted < month ? year : year - 1)
        return CalendarDate(year: shifted, month: wanted).map { ($0, after) }
    }

    /// `two days ago`, `3 months ago`, `a year ago`.
    private func ago(_ index: Int, _ end: Int) -> (CalendarDate, Int)? {
        guard let today, isWord(index + 2, end, .ago), let unit = token(index + 1, end) else { return nil }
        let token = passage.tokens[index]
        guard let count = token.kind == .number ? value(index, end) : Self.counts[token.key] else { return nil }
        let (year, month, _) = Timestamp.civil(fromDays: today)
        switch unit.key {
        case Word.day.key, Word.days.key: return CalendarDate(days: today - count).map { ($0, index + 3) }
        case Word.month.key, Word.months.key:
            let months = year * 12 + month - 1 - count
            guard months > 0 else { return nil }
            return CalendarDate(year: months / 12, month: months % 12 + 1).map { ($0, index + 3) }
        case Word.year.key, Word.years.key: return CalendarDate(year: year - count).map { ($0, index + 3) }
        default: return nil
        }
    }

    // MARK: Words

    private static let ordinals: Set<WordKey> = Set(["st", "nd", "rd", "th"].map { WordKey($0) })
    private static let yearCues: Set<WordKey> = Set(
        ["in", "since", "until", "till", "by", "during", "before", "after", "from", "of", "early", "late", "year", "around"].map {
            WordKey($0)
        })
    private static let months: [WordKey: Int64] = {
        let full = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"
        ]
        var months: [WordKey: Int64] = [WordKey("sept"): 9]
        for (index, name) in full.enumerated() {
            months[WordKey(name)] = Int64(index + 1)
            months[WordKey(name.prefix(3))] = Int64(index + 1)
        }
        return months
    }()
    private static let weekdays: [WordKey: Int64] = {
        let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        var days: [WordKey: Int64] = [WordKey("tues"): 1, WordKey("thurs"): 3]
        for (index, name) in full.enumerated() {
            days[WordKey(name)] = Int64(index)
            days[WordKey(name.prefix(3))] = Int64(index)
        }
        return days
    }()
    private static let counts: [WordKey: Int64] = {
        var counts: [WordKey: Int64] = [WordKey("a"): 1]
        for (index, word) in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
            .enumerated()
        {
            counts[WordKey(word)] = Int64(index + 1)
        }
        return counts
    }()
}
