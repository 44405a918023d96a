import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct ProgressHubTests {
    static func update(_ task: UInt64, step: Int64, status: TaskStatus = .processing) -> TaskUpdate {
        var record = TaskStateTests.claimed()
        record.id = Identifier(high: 9, low: task)
        record.status = status
        record.startedAt = Timestamp(microseconds: 0)
        return TaskUpdate(id: EventID(epoch: 1, revision: 1, step: step), task: record, occurredAt: Timestamp(microseconds: step))
    }

    @Test func onlyWatchingOutletsAreTold() {
        let hub = ProgressHub(outlets: 3)
        let task = Identifier(high: 9, low: 1)
        #expect(hub.watch(task, outlet: 1) == nil)
        hub.publish(Self.update(1, step: 1))
        #expect(hub.outlets[0].take().isEmpty)
        #expect(hub.outlets[1].take() == [Self.update(1, step: 1)])
        #expect(hub.watch(task, outlet: 2) == Self.update(1, step: 1), "the state of the moment comes with the watch")
        hub.unwatch(task, outlet: 1)
        hub.publish(Self.update(1, step: 2))
        #expect(hub.outlets[1].take().isEmpty)
        #expect(hub.outlets[2].take().count == 1)
    }

    @Test func anEndedTaskIsTheStoresToTell() {
        let hub = ProgressHub(outlets: 1)
        hub.publish(Self.update(1, step: 1))
        #expect(hub.running(Identifier(high: 9, low: 1)) != nil)
        hub.publish(Self.update(1, step: 2, status: .completed))
        #expect(hub.running(Identifier(high: 9, low: 1)) == nil)
        #expect(hub.takeUnsaved(startedBefore: Timestamp(microseconds: 10)).isEmpty)
    }

    @Test func aBurstIsKeptWholeAndTaskByTask() {
        let outlet = ProgressOutlet()
        for step in 0..<300 as Range<Int64> {
            for task in 1...3 as ClosedRange<UInt64> { outlet.deliver(Self.update(task, step: step)) }
        }
        let taken = outlet.take()
        #expect(taken.map(\.task.id.low) == (1...3).flatMap { Array(repeating: UInt64($0), count: 300) })
        #expect(taken.prefix(300).map(\.id) == (0..<300).map { EventID(epoch: 1, revision: 1, step: $0) })
    }

    @Test func aBoxIsBoundedAndKeepsEveryEnd() {
        let outlet = ProgressOutlet()
        let room = Int64(ProgressOutlet.room)
        for step in 0..<room { outlet.deliver(Self.update(1, step: step)) }
        outlet.deliver(Self.update(2, step: 0, status: .failed))
        for step in 0..<100 as Range<Int64> { outlet.deliver(Self.update(3, step: step)) }
        for step in room..<2 * room { outlet.deliver(Self.update(1, step: step)) }
        outlet.deliver(Self.update(1, step: 2 * room, status: .completed))
        let taken = outlet.take()
        let first = taken.filter { $0.task.id.low == 1 }
        #expect(first.count == ProgressOutlet.room)
        #expect(first.last?.task.status == .completed)
        #expect(first.map(\.id) == first.map(\.id).sorted(), "what is left is in order")
        #expect(first.first?.id == EventID(epoch: 1, revision: 1, step: room + 1), "the oldest went")
        #expect(taken.filter { $0.task.id.low == 2 }.map(\.task.status) == [.failed])
        let third = taken.filter { $0.task.id.low == 3 }
        #expect(third.count == ProgressOutlet.perTask, "a task that comes when the room is taken up has some of its own")
        #expect(third.last?.id == EventID(epoch: 1, revision: 1, step: 99))
        #expect(outlet.take().isEmpty)
    }

    @Test func oneSignalForHoweverMuchHasCome() async {
        let outlet = ProgressOutlet()
        for step in 0..<10 as Range<Int64> { outlet.deliver(Self.update(1, step: step)) }
        outlet.finish()
        var signals = 0
        for await _ in outlet.arrivals { signals += 1 }
        #expect(signals == 1)
        #expect(outlet.take().count == 10)
    }

    @Test func snapshotsAreTakenOnceAndOnlyOfOldTasks() {
        let hub = ProgressHub(outlets: 1)
        hub.publish(Self.update(1, step: 1))
        #expect(hub.takeUnsaved(startedBefore: Timestamp(microseconds: 0)).isEmpty)
        #expect(hub.takeUnsaved(startedBefore: Timestamp(microseconds: 1)).count == 1)
        #expect(hub.takeUnsaved(startedBefore: Timestamp(microseconds: 1)).isEmpty)
    }
}
