import Synchronization
import Testing

@testable import Actors

@Suite struct DeadlineTimerTests {
    private let clock = ManualClock()

    /// Who has been rung, in that order.
    private final class Log: Sendable {
        private let entries = Mutex<[Int]>([])
        private let rings = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

        func ring(_ number: Int) {
            entries.withLock { $0.append(number) }
            rings.continuation.yield()
        }

        func count(_ wanted: Int) async -> [Int] {
            for await _ in rings.stream where entries.withLock({ $0.count }) >= wanted { break }
            return entries.withLock { $0 }
        }
    }

    @Test(.timeLimit(.minutes(1))) func oneSleepServesAllAndWhatIsCalledOffDoesNotRing() async {
        let timer = DeadlineTimer(clock: clock)
        let log = Log()
        let tickets = (1...100).map { number in timer.set(at: .seconds(number)) { log.ring(number) } }
        for number in 1...100 where number % 25 != 0 { timer.callOff(tickets[number - 1]) }
        await clock.sleeper(for: .seconds(1))
        #expect(clock.sleeping == 1)
        clock.advance(by: .seconds(1))
        // The next that is left, although others were set between.
        await clock.sleeper(for: .seconds(24))
        for round in 1...4 {
            clock.advance(by: round == 1 ? .seconds(24) : .seconds(25))
            #expect(await log.count(round) == (1...round).map { 25 * $0 })
            if round < 4 { await clock.sleeper(for: .seconds(25)) }
        }
        #expect(clock.sleeping == 0)
    }

    @Test(.timeLimit(.minutes(1))) func anEarlierDeadlineIsNotMissed() async {
        let timer = DeadlineTimer(clock: clock)
        let log = Log()
        _ = timer.set(at: .seconds(100)) { log.ring(100) }
        await clock.sleeper(for: .seconds(100))
        _ = timer.set(at: .seconds(10)) { log.ring(10) }
        await clock.sleeper(for: .seconds(10))
        clock.advance(by: .seconds(10))
        #expect(await log.count(1) == [10])
        await clock.sleeper(for: .seconds(90))
        clock.advance(by: .seconds(90))
        #expect(await log.count(2) == [10, 100])
        _ = timer.set(at: .seconds(50)) { log.ring(50) }  // It is over already.
        #expect(await log.count(3) == [10, 100, 50])
    }

    @Test(.timeLimit(.minutes(1))) func itsEndLeavesNobodySleeping() async {
        var timer: DeadlineTimer? = DeadlineTimer(clock: clock)
        _ = timer?.set(at: .seconds(100)) {}
        await clock.sleeper(for: .seconds(100))
        timer = nil
        while clock.sleeping > 0 { await Task.yield() }
    }
}
