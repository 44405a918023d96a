import Knowledge
import Testing

@testable import engram

@Suite struct LedgerTests {
    private func digest(_ text: String) -> Digest { Digest(of: text) }

    @Test func marksStopBeforeTheFirstThatIsNotDone() {
        var ledger = Ledger()
        for text in ["a", "b", "c", "d"] { _ = ledger.append(digest(text)) }
        ledger.accept(1)
        ledger.settle(3, .rejected)
        #expect(ledger.accepted == Mark())
        ledger.accept(0)
        #expect(ledger.accepted == Mark(count: 2, digest: digest("b")))
        ledger.settle(1, .completed(Receipt(["entities_created": 3])))
        #expect(ledger.settled == Mark())
        #expect(ledger.tally.memories == 2)
        ledger.settle(0, .failed)
        #expect(ledger.settled == Mark(count: 2, digest: digest("b")))
        #expect(ledger.settledTally.receipt.entitiesCreated == 3)
        #expect(ledger.settledTally.rejected == 0)
        ledger.accept(2)
        ledger.settle(2, .cancelled)
        #expect(ledger.settled == Mark(count: 4, digest: digest("d")))
        #expect(ledger.settledTally == ledger.tally)
        #expect(ledger.answered == 4)
    }

    @Test func endingTwiceCountsOnce() {
        var ledger = Ledger()
        let first = ledger.append(digest("a"))
        _ = ledger.append(digest("b"))
        ledger.settle(first, .failed)
        ledger.settle(first, .failed)
        ledger.accept(first)
        #expect(ledger.tally.failed == 1)
        #expect(ledger.answered == 1)
    }

    /// Any order of endings leads to the same sums, and the settled mark never runs ahead of an open memory.
    @Test(arguments: 0..<20)
    func anyOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var ledger = Ledger()
        let count = 3000
        for index in 0..<count { _ = ledger.append(digest("\(index)")) }
        var open = Set(0..<count)
        for ordinal in Array(0..<count).shuffled(using: &random) {
            ledger.accept(ordinal)
            ledger.settle(ordinal, ordinal % 7 == 0 ? .failed : .completed(Receipt(["relationships_created": 1])))
            open.remove(ordinal)
            if ordinal % 50 == 0 { #expect(ledger.settled.count == open.min() ?? count) }
        }
        #expect(ledger.settled == Mark(count: count, digest: digest("\(count - 1)")))
        #expect(ledger.tally.failed == 429)
        #expect(ledger.settledTally.receipt.relationshipsCreated == 2571)
    }

    @Test func theJournalReadsWhatItWrote() {
        var tally = Tally()
        tally.add(.completed(Receipt(["entities_created": 2])))
        tally.add(.rejected)
        let journal = RunJournal(
            runID: "r \"1\"", startedAt: Timestamp(microseconds: 1_700_000_000_000_000), settled: Mark(count: 2, digest: digest("b")),
            tally: tally, accepted: Mark(count: 5, digest: digest("e")),
            imports: [
                3: ImportEntry(
                    generation: 2, target: .init(task: "t", path: "/u?x"), isTold: true,
                    upload: .init(content: InputContent(bytes: 7, sha256: String(repeating: "a", count: 64)), tally: tally), tally: tally),
                7: ImportEntry()
            ])
        #expect(RunJournal(journal.text) == journal)
        #expect(RunJournal("") == nil)
        #expect(RunJournal("{}") == nil)
        #expect(RunJournal(journal.text.replacing("\"version\":2", with: "\"version\":1")) == nil)
        #expect(RunJournal(journal.text.replacing("\"generation\":2", with: "\"generation\":0")) == nil)
    }

    @Test func afterADayMemoriesAreOutOfReachAndImportsAreNot() {
        let start = Timestamp(microseconds: 0)
        let journal = RunJournal(
            runID: "r", startedAt: start, settled: Mark(count: 2, digest: digest("b")), accepted: Mark(count: 5, digest: digest("e")),
            imports: [3: ImportEntry(target: .init(task: "t", path: "/u"))])
        let late = start.advanced(bySeconds: 86_400)
        #expect((2..<7).map { journal.isOutOfReach($0, at: start.advanced(bySeconds: 3600)) } == [false, false, false, false, false])
        #expect((2..<7).map { journal.isOutOfReach($0, at: late) } == [true, false, true, false, false])
    }

    @Test func anImportCountsAsAllItsMemories() {
        var ledger = Ledger()
        let input = ledger.append(digest("a"))
        var sums = Tally()
        sums.completed = 7
        sums.rejected = 2
        sums.receipt.entitiesCreated = 3
        let isNews = [ledger.settle(input, .imported(sums)), ledger.settle(input, .failed)]
        #expect(isNews == [true, false])
        #expect(ledger.settledTally == sums)
        #expect(ledger.settledTally.memories == 9)
    }
}
