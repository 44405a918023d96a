import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let restarts: [Check] = [
        Check("recovery finds nothing in a store that has held nothing") { trial in
            _ = try await trial.accept(2, to: trial.project())
            #expect(try await trial.store.recover(interruptionLimit: 3, at: trial.at()) == Recovery(resumed: 0, failed: 0))
        },
        Check("recovery makes what was being processed wait again, in its old place") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(5, to: project)
            let held = try await trial.claim(3, of: project)
            try await trial.store.snapshot([trial.snapshot(TaskGuard(held[0]))])
            _ = try await trial.store.cancel(id: held[1].id, at: trial.at())
            var expected = try await trial.task(held[0].id)
            expected.status = .pending
            expected.revision += 1
            expected.isResumed = true
            expected.stage = "pending"
            expected.progress = 0
            expected.message = "Resumed after restart"
            try await trial.reopened { trial in
                #expect(try await trial.backlog(project) == 2)
                #expect(try await trial.store.claim(trial.lane(project), limit: 0, at: trial.at()).isEmpty)
                #expect(try await trial.store.recover(interruptionLimit: 3, at: trial.at(500)) == Recovery(resumed: 2, failed: 0))
                #expect(try await trial.task(expected.id) == expected)
                #expect(try await trial.store.recover(interruptionLimit: 3, at: trial.at(501)) == Recovery(resumed: 0, failed: 0))
                #expect(try await trial.backlog(project) == 4)
                let again = try await trial.claim(4, of: project)
                #expect(again.map(\.number) == [0, 2, 3, 4].map { accepted[$0].task })
                #expect(again.map(\.attempt) == [2, 2, 1, 1])
                #expect(again.map(\.isResumed) == [true, true, false, false])
            }
        },
        Check("recovery fails the task under which the process ended too often, and suspects those under which it ended twice") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(3, to: project)
            var trial = trial
            for end in 1...3 {
                // An attempt more is no end of the process.
                for task in try await trial.claim(4 - end, of: project) {
                    _ = try await trial.store.claimAgain(TaskGuard(task), at: trial.at(110))
                }
                let earlier = trial.store
                trial = trial.with(try await trial.reopen(earlier))
                await earlier.close()
                let recovery = try await trial.store.recover(interruptionLimit: 3, at: trial.at(500))
                let lane = trial.lane(project)
                switch end {
                case 1: #expect(recovery == Recovery(resumed: 3, failed: 0))
                case 2:
                    #expect(
                        recovery == Recovery(resumed: 2, failed: 0, suspects: accepted[0...1].map { Suspect(task: $0.task, lane: lane) }))
                // It does not run now, but may be why all the same.
                default: #expect(recovery == Recovery(resumed: 0, failed: 1, suspects: [Suspect(task: accepted[1].task, lane: lane)]))
                }
            }
            let failed = try await trial.task(accepted[0].taskID)
            #expect(failed.status == .failed && failed.attempt == 6 && !failed.isResumed)
            #expect(failed.error == TaskRecord.interruptedError(times: 3))
            #expect(failed.endedAt == trial.at(500) && failed.endedEpoch == trial.store.epoch)
            #expect(try await trial.backlog(project) == 2)
            try await trial.store.release([TaskGuard(failed)])
            #expect(try await trial.backlog(project) == 2)
            await trial.store.close()
        },
        Check("an orderly end is no interruption") { trial in
            let project = try await trial.project()
            try await trial.store.release([TaskGuard(trial.running(in: project))])
            try await trial.store.release([TaskGuard(trial.claim(1, of: project)[0])])
            _ = try await trial.claim(1, of: project)
            try await trial.reopened { trial in
                let recovery = try await trial.store.recover(interruptionLimit: 2, at: trial.at())
                #expect(recovery == Recovery(resumed: 1, failed: 0))
            }
        },
        Check("a guard of an earlier boot does not hold after recovery") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            try await trial.reopened { trial in
                _ = try await trial.store.recover(interruptionLimit: 3, at: trial.at())
                await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(held, trial.small(0))).wait() }
                await trial.refuses(.lostRace) { _ = try await trial.store.end(TaskGuard(held), trial.ending(.failed)) }
                let again = try await trial.claim(1, of: project)[0]
                await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(held, trial.small(0))).wait() }
                try await trial.store.commit(trial.commit(again, trial.small(0))).wait()
            }
        },
        Check("a released task goes on after a restart") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            try await trial.store.release([TaskGuard(held)])
            try await trial.reopened { trial in
                #expect(try await trial.store.recover(interruptionLimit: 1, at: trial.at()) == Recovery(resumed: 0, failed: 0))
                let again = try await trial.claim(1, of: project)[0]
                #expect(again.attempt == 1)
                #expect(again.isResumed)
            }
        }
    ]
}
