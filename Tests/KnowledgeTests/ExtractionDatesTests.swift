import Testing

@testable import Knowledge

@Suite struct ExtractionDatesTests {
    /// A Monday.
    static let now = "2023-05-08T13:56:00Z"

    @Test(arguments: [
        ("on 7 May 2023 it", "2023-05-07", "7 May 2023"), ("the 7th of May, 2023", "2023-05-07", "7th of May, 2023"),
        ("on May 7, 2023 we", "2023-05-07", "May 7, 2023"), ("it was 2023-05-08 then", "2023-05-08", "2023-05-08"),
        ("from 2023/5/8 on", "2023-05-08", "2023/5/8"), ("on 28.05.2023 then", "2023-05-28", "28.05.2023"),
        ("on 05/28/2023 then", "2023-05-28", "05/28/2023"),
        ("since May 2023 we", "2023-05", "May 2023"), ("back in 2022 we", "2022", "2022"),
        ("we met yesterday in", "2023-05-07", "yesterday"), ("we meet tomorrow.", "2023-05-09", "tomorrow"),
        ("it was last night", "2023-05-07", "last night"),
        ("it was last Friday", "2023-05-05", "last Friday"), ("it is next Friday", "2023-05-12", "next Friday"),
        ("it was last Monday", "2023-05-01", "last Monday"),
        ("see you next month", "2023-06", "next month"), ("it was last month", "2023-04", "last month"),
        ("it was last year", "2022", "last year"),
        ("two days ago we", "2023-05-06", "two days ago"), ("some 3 months ago", "2023-02", "3 months ago"),
        ("a year ago we", "2022", "a year ago"),
        ("on 20 December we", "2022-12-20", "20 December"), ("last December we", "2022-12", "last December")
    ])
    func reads(text: String, date: String, words: String) {
        let reading = ExtractionReading(text, occurredAt: Self.now)
        #expect(reading.entities == ["Date \(date)"])
        #expect(reading.mentions(of: date) == [words])
    }

    @Test(arguments: [
        "on 31 February 2023", "it was 2023-13-45", "on 05/06/2023", "last week we", "next time we", "it may rain", "we march on",
        "in 2000 days", "we sold 2022 of them",
        "this day last", "version 1.2.3", "call 555-1234-99"
    ])
    func skips(text: String) {
        #expect(ExtractionReading(text, occurredAt: Self.now).entities == [])
    }

    @Test func relativeDatesWantAMoment() {
        #expect(ExtractionReading("yesterday and last Friday and 20 December").entities == [])
    }

    @Test func calendarDates() {
        #expect(CalendarDate(year: 2024, month: 2, day: 29)?.text == "2024-02-29")
        #expect(CalendarDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 987)?.text == "0987")
        #expect(Timestamp(rfc3339: "1969-12-31T23:59:59Z")?.dayNumber == -1)
    }
}
