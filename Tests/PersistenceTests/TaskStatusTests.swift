import Persistence
import Testing

@Suite struct TaskStatusTests {
    @Test func everyStatusHasItsRowInTheTable() {
        #expect(Set(TaskStatus.transitions.keys) == Set(TaskStatus.allCases))
    }

    @Test func completedIsLeftByNothing() {
        #expect(TaskStatus.allCases.allSatisfy { !TaskStatus.completed.canBecome($0) })
    }

    @Test func onlyWhatRunsCanComplete() {
        #expect(TaskStatus.allCases.filter { $0.canBecome(.completed) } == [.processing])
    }

    @Test func onlyAClientsRetryLeavesATerminalStatus() {
        for status in TaskStatus.allCases where status.isTerminal {
            #expect(TaskStatus.transitions[status]?.subtracting([.pending]) == [])
        }
    }

    @Test func noStatusFollowsItself() {
        #expect(TaskStatus.allCases.allSatisfy { !$0.canBecome($0) })
    }

    @Test func everythingThatIsNotTerminalCanBeCancelledAndFail() {
        for status in TaskStatus.allCases {
            #expect(status.canBecome(.cancelled) == !status.isTerminal)
            #expect(status.canBecome(.failed) == !status.isTerminal)
        }
    }
}
