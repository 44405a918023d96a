import Knowledge
import Testing

@testable import Persistence

@Suite struct WaitingLineTests {
    private func seat(_ place: Int64, task: Int64? = nil) -> Seat { Seat(place: TaskNumber(place), task: TaskNumber(task ?? place)) }

    @Test func agreesWithASortedSet() {
        var line = WaitingLine()
        var model = Set<Seat>()
        var gone: [Seat] = []
        var places: Int64 = 0
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case ..<4:
                places += 1
                // A task that was retried has a place above its number.
                let next = seat(places, task: Int64.random(in: 1...places, using: &generator))
                line.append(next)
                model.insert(next)
            case ..<7:
                guard let first = model.min() else { continue }
                #expect(line.first == first)
                line.remove(first)
                model.remove(first)
                gone.append(first)
            case ..<8:
                guard let any = model.randomElement(using: &generator) else { continue }
                line.remove(any)
                model.remove(any)
                gone.append(any)
            default:
                guard let back = gone.indices.randomElement(using: &generator) else { continue }
                let number = gone.remove(at: back)
                line.insert(number)
                model.insert(number)
            }
            #expect(line.count == model.count)
        }
        while let first = line.first {
            #expect(first == model.min())
            line.remove(first)
            model.remove(first)
        }
        #expect(model.isEmpty)
    }

    @Test func aMillionLeaveFromBothEndsQuickly() {
        var line = WaitingLine()
        for number in 1...1_000_000 as ClosedRange<Int64> { line.append(seat(number)) }
        for number in stride(from: 1_000_000, to: 500_000, by: -1) as StrideTo<Int64> { line.remove(seat(number)) }
        var count = 0
        while let first = line.first {
            line.remove(first)
            count += 1
        }
        #expect(count == 500_000)
    }
}
