import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let statistics: [Check] = [
        Check("what was measured is kept, each stage by itself, across restarts too") { trial in
            #expect(try await trial.store.stageSketches().isEmpty)
            func sketch(
                _ stage: String, measure: Int = 0, size: Int = -1, type: TaskType = .addEpisode, encoded: [UInt8]
            ) -> StageSketch {
                StageSketch(type: type, stage: stage, measure: measure, size: size, encoded: encoded)
            }
            let first = [
                sketch("extract", encoded: [1, 2, 3]), sketch("extract", measure: 1, encoded: [4]),
                sketch("extract", size: 12, encoded: []), sketch("extract", type: .rebuildCommunities, encoded: [5]),
                sketch("\u{E9}", encoded: [6]), sketch("e\u{301}", encoded: [7]), sketch("turn", encoded: [8])
            ]
            try await trial.store.keep(first)
            try await trial.store.keep([])
            try await trial.store.keep([sketch("turn", encoded: [0, 255])])
            let expected = first.dropLast() + [sketch("turn", encoded: [0, 255])]
            func isSame(_ found: [StageSketch]) -> Bool {
                found.count == expected.count && expected.allSatisfy { one in found.contains { $0 == one && $0.encoded == one.encoded } }
            }
            let kept = try await trial.store.stageSketches()
            #expect(isSame(kept))
            try await trial.reopened { trial in
                let kept = try await trial.store.stageSketches()
                #expect(isSame(kept))
            }
        },
        Check("waiting tasks know their positions, whoever leaves the line") { trial in
            let (project, other) = (try await trial.project(), try await trial.project("Other"))
            let accepted = try await trial.accept(8, to: project)
            let bulk = try await trial.accept(3, to: project, priority: .bulk)
            let elsewhere = try await trial.accept(2, to: other)
            let everybody = (accepted + bulk + elsewhere).map(\.taskID)
            func positions(_ ids: [Identifier]) async throws -> [TaskNumber: Int] {
                let waiting = try await trial.store.waiting(among: ids)
                for one in waiting {
                    let stored = try await trial.task(one.task.id)
                    #expect(one.task == stored)
                    let memory = try await trial.store.memory(id: #require(one.task.memoryID))
                    #expect(one.bytes == memory?.episode.content.utf8.count)
                }
                return Dictionary(uniqueKeysWithValues: waiting.map { ($0.task.number, $0.position) })
            }
            var expected = Dictionary(uniqueKeysWithValues: accepted.enumerated().map { ($1.task, $0 + 1) })
            for (index, one) in bulk.enumerated() { expected[one.task] = index + 1 }
            for (index, one) in elsewhere.enumerated() { expected[one.task] = index + 1 }
            #expect(try await positions(everybody) == expected)
            // Some of them, twice, in no order, and one that nobody knows.
            #expect(
                try await positions([accepted[6], accepted[1], accepted[6]].map(\.taskID) + [trial.newID()])
                    == [accepted[1].task: 2, accepted[6].task: 7])

            _ = try await trial.store.cancel(id: accepted[3].taskID, at: trial.at(20))
            let held = try await trial.claim(2, of: project)
            #expect(
                try await positions(accepted.map(\.taskID)) == [
                    accepted[2].task: 1, accepted[4].task: 2, accepted[5].task: 3, accepted[6].task: 4, accepted[7].task: 5
                ])
            try await trial.store.release([TaskGuard(held[1])])
            _ = try await trial.store.retry(id: accepted[3].taskID, at: trial.at(30))
            #expect(
                try await positions(accepted.map(\.taskID)) == [
                    accepted[1].task: 1, accepted[2].task: 2, accepted[4].task: 3, accepted[5].task: 4, accepted[6].task: 5,
                    accepted[7].task: 6, accepted[3].task: 7
                ])
            #expect(try await trial.store.waiting(among: []).isEmpty)
            try await trial.store.deleteProject(id: other.id, evenIfBusy: false, at: trial.at(40))
            #expect(try await positions(elsewhere.map(\.taskID)).isEmpty)
        },
        Check("waiting tasks come in the order of their lanes and places") { trial in
            let (project, other) = (try await trial.project(), try await trial.project("Other"))
            let (late, early) = (try await trial.accept(3, to: other), try await trial.accept(3, to: project))
            let bulk = try await trial.accept(2, to: project, priority: .bulk)
            _ = try await trial.store.cancel(id: early[0].taskID, at: trial.at(20))
            _ = try await trial.store.retry(id: early[0].taskID, at: trial.at(30))
            let asked = (bulk.reversed() + late.reversed() + early).map(\.taskID)
            let expected = [early[1], early[2], early[0]] + bulk + late
            #expect(try await trial.store.waiting(among: asked).map(\.task.number) == expected.map(\.task))
        },
        Check("what ended long before a restart counts when it is retried") { trial in
            let (project, other) = (try await trial.project(), try await trial.project("Other"))
            for index in 0..<3 {
                let accepted = try await trial.accept(trial.submission(to: project.number, "episode \(index)"))
                _ = try await trial.store.cancel(id: accepted.taskID, at: trial.at(5))
            }
            let late = Int64(26 * 3600)
            try await trial.accept(trial.submission(to: other.number, at: late))
            try await trial.reopened { trial in
                func standing() async throws -> [Int] {
                    var standing: [Int] = []
                    for projects in [[project.number], nil] {
                        let counts = try await trial.store.statistics(since: trial.at(late), now: trial.at(late), projects: projects).counts
                        standing += [counts[.pending] ?? 0, counts[.processing] ?? 0]
                    }
                    return standing
                }
                let selection = RetrySelection(project: project.number, status: .cancelled)
                #expect(try await trial.store.retryNext(selection, limit: 2, at: trial.at(late)).tasks.count == 2)
                #expect(try await standing() == [2, 0, 3, 0])
                #expect(try await trial.backlog(project) == 2)
                try await trial.accept(trial.submission(to: project.number, at: late))
                for task in try await trial.claim(2, of: project, at: late) {
                    #expect(try await standing()[1] > 0)
                    _ = try await trial.store.end(TaskGuard(task), trial.ending(.completed, at: late))
                }
                #expect(try await standing() == [1, 0, 2, 0])
                #expect(try await trial.backlog(project) == 1)
                let rest = try await trial.claim(1, of: project, at: late)[0]
                try await trial.store.deleteProject(id: project.id, evenIfBusy: true, at: trial.at(late))
                _ = try? await trial.store.end(TaskGuard(rest), trial.ending(.failed, at: late))
                while try await trial.store.purge(limit: 1) {}
                #expect(try await standing() == [0, 0, 1, 0])
            }
        }
    ]
}
