import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let restarts: [Check] = [
        Check("recovery finds nothing in a store that has held nothing") { trial in
            _ = try await trial.accept(2, to: trial.project())
            #expect(try await trial.store.recover(attemptLimit: 3, at: trial.at()) == Recovery(resumed: 0, failed: 0))
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
                #expect(try await trial.store.recover(attemptLimit: 3, at: trial.at(500)) == Recovery(resumed: 2, failed: 0))
                #expect(try await trial.task(expected.id) == expected)
                #expect(try await trial.store.recover(attemptLimit: 3, at: trial.at(501)) == Recovery(resumed: 0, failed: 0))
                #expect(try await trial.backlog(project) == 4)
                let again = try await trial.claim(4, of: project)
                #expect(again.map(\.number) == [0, 2, 3, 4].map { accepted[$0].task })
                #expect(again.map(\.attempt) == [2, 2, 1, 1])
                #expect(again.map(\.isResumed) == [true, true, false, false])
            }
        },
        Check("recovery fails what was claimed too often") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(3, to: project)
            var held = try await trial.claim(3, of: project)
            held[1] = try await trial.store.claimAgain(TaskGuard(held[1]), at: trial.at(110))
            for _ in 0..<2 { held[2] = try await trial.store.claimAgain(TaskGuard(held[2]), at: trial.at(120)) }
            try await trial.reopened { trial in
                #expect(try await trial.store.recover(attemptLimit: 2, at: trial.at(500)) == Recovery(resumed: 1, failed: 2))
                for task in held[1...] {
                    let failed = try await trial.task(task.id)
                    #expect(failed.status == .failed)
                    #expect(failed.attempt == task.attempt)
                    #expect(failed.revision == task.revision + 1)
                    #expect(failed.error?.isEmpty == false)
                    #expect(failed.endedAt == trial.at(500))
                    #expect(failed.endedEpoch == trial.store.epoch)
                    #expect(!failed.isResumed)
                }
                #expect(try await trial.task(held[0].id).status == .pending)
                #expect(try await trial.backlog(project) == 1)
                try await trial.store.release(held.map { TaskGuard($0) })
                #expect(try await trial.backlog(project) == 1)
            }
        },
        Check("a guard of an earlier boot does not hold after recovery") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            try await trial.reopened { trial in
                _ = try await trial.store.recover(attemptLimit: 3, at: trial.at())
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
                #expect(try await trial.store.recover(attemptLimit: 1, at: trial.at()) == Recovery(resumed: 0, failed: 0))
                let again = try await trial.claim(1, of: project)[0]
                #expect(again.attempt == 1)
                #expect(again.isResumed)
            }
        }
    ]
}
