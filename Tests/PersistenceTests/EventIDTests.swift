import Persistence
import Testing

@Suite struct EventIDTests {
    @Test(arguments: [
        ("1-0", 1, 0), ("12-34000007", 12, 34_000_007), ("0-0", 0, 0), ("9223372036854775807-9223372036854775807", Int64.max, Int64.max)
    ])
    func readsWhatItWrites(text: String, epoch: Int64, version: Int64) {
        let id = EventID(text)
        #expect(id == EventID(epoch: epoch, version: version))
        #expect(id?.description == text)
    }

    @Test(arguments: [
        "", "-", "1", "1-", "-1", "1-2-3", "1--2", "-1-2", "+1-2", "1-+2", " 1-2", "1-2 ", "1 - 2", "a-b", "1-0x2", "1-2\n", "١-٢", "1–2",
        "1-2\0",
        "9223372036854775808-1", "1-9223372036854775808"
    ])
    func refusesAnythingElse(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test func isOrderedByEpochThenVersionAsNumbers() {
        let ascending = [(1, 2), (1, 9), (1, 10), (2, 0), (2, 1), (10, 0)].map { EventID(epoch: $0.0, version: $0.1) }
        #expect(ascending.reversed().sorted() == ascending)
        #expect(EventID(epoch: 1, version: 2) == EventID(epoch: 1, version: 2))
    }

    @Test func stepsGrowWithinARevisionAndNeverReachTheNext() {
        let stride = EventID.stride
        let start = EventID(epoch: 3, revision: 4)
        #expect(start == EventID(epoch: 3, version: 4 * stride))
        #expect(start < EventID(epoch: 3, revision: 4, step: 1))
        let last = EventID(epoch: 3, revision: 4, step: stride - 1)
        #expect(EventID(epoch: 3, revision: 4, step: stride * 5) == last)
        #expect(last < EventID(epoch: 3, revision: 5))
    }
}
