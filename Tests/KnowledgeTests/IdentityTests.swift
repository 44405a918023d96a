import Testing

@testable import Knowledge

@Suite struct IdentityTests {
    @Test func identifiersRoundTripAndSortByTime() throws {
        var random = SystemRandomNumberGenerator()
        var previous = Identifier(milliseconds: 0, random: &random)
        for time in 1...1000 as ClosedRange<Int64> {
            let next = Identifier(milliseconds: time * 1_000_003, random: &random)
            #expect(previous < next)
            #expect(Identifier(next.description) == next)
            #expect(next.description.utf8.dropFirst(14).first == UInt8(ascii: "7"))
            previous = next
        }
    }

    @Test(arguments: [
        "", "x", "0190163d8694739ba8a2b0a5cbbb5f05", "0190163d-8694-739b-a8a2-b0a5cbbb5f0g", "0190163d-8694-739b-a8a2-b0a5cbbb5f055"
    ])
    func refusesWhatIsNoIdentifier(text: String) {
        #expect(Identifier(text) == nil)
    }

    @Test(
        arguments: [
            ("2026-11-23T03:34:55.123Z", 1_795_404_895_123_000), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
            ("2024-02-29", 1_709_164_800_000_000), ("2024-02-29T01:00:00+01:00", 1_709_164_800_000_000),
            ("2023-05-08 13:56", 1_683_554_160_000_000)
        ] as [(String, Int64)])
    func readsRFC3339(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "2023-02-29", "2023-13-01", "2023-1-01", "tomorrow", "", "2023-05-08T", "2023-05-08T25:00:00Z", "2023-05-08T13:56:00Zx",
        "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
    ])
    func refusesWhatIsNoDate(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func writesWhatItReads() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let moment = Timestamp(microseconds: Int64.random(in: -62_000_000_000_000_000...253_000_000_000_000_000, using: &generator))
            #expect(Timestamp(rfc3339: moment.text(.microseconds)) == moment)
        }
    }
}
