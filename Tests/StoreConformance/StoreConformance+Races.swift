import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let races: [Check] = [
        Check("after a cancel, a commit has lost and leaves nothing") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let cancelled = try await trial.store.cancel(id: task.id, at: trial.at()).task
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(task, trial.small(0))).wait() }
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(cancelled, trial.small(0))).wait() }
            #expect(try await trial.header(project) == GraphHeader(version: 0, totalWeight: 0))
            #expect(try await trial.store.entities(EntityQuery(projects: nil), slice: trial.all).total == 0)
            #expect(try await trial.task(task.id) == cancelled)
        },
        Check("after a commit was enqueued, a cancel comes too late") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let pending = try trial.store.commit(trial.commit(task, trial.small(0)))
            let answer = try await trial.store.cancel(id: task.id, at: trial.at())
            #expect(!answer.didCancel)
            #expect(answer.task.status == .completed)
            try await pending.wait()
            #expect(try await trial.header(project).version == 1)
        },
        Check("a commit and a cancel at once: exactly one wins, and the graph agrees") { trial in
            let project = try await trial.project()
            var version: Int64 = 0
            for _ in 0..<20 {
                let task = try await trial.running(in: project)
                let commit = try trial.commit(task, trial.small(version))
                async let cancelled = trial.store.cancel(id: task.id, at: trial.at()).didCancel
                async let committed = { () async throws -> Bool in
                    do {
                        try await trial.store.commit(commit).wait()
                        return true
                    } catch let error as StoreError where error.code == .lostRace {
                        return false
                    }
                }()
                let (didCancel, didCommit) = try await (cancelled, committed)
                #expect(didCancel != didCommit)
                if didCommit { version += 1 }
                #expect(try await trial.task(task.id).status == (didCommit ? .completed : .cancelled))
                #expect(try await trial.header(project) == GraphHeader(version: version, totalWeight: Int(version)))
            }
            #expect(try await trial.store.entities(EntityQuery(projects: nil), slice: trial.all).total == Int(version))
        },
        Check("a reader sees all of a commit or nothing of it") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(20, to: project)
            let commits = try await trial.claim(20, of: project).enumerated().map { index, task in
                let pair = [trial.entity("Ada"), trial.entity("Bob")]
                return try trial.commit(
                    task,
                    trial.delta(Int64(index)) { delta in
                        delta.newEntities = pair
                        delta.newRelationships = [trial.edge(pair[0], "KNOWS", pair[1])]
                        delta.mentions = pair.map { GraphDelta.Mention(entity: $0.number, ranges: []) }
                    })
            }
            try await withThrowingTaskGroup { group in
                group.addTask { for pending in commits.map({ trial.store.commit($0) }) { try await pending.wait() } }
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<25 {
                            let graph = try await trial.store.graph(of: project.number, limit: 100)
                            #expect(graph.entities.count == 2 * graph.relationships.count)
                            #expect(graph.entities.count == 2 * graph.memories.count)
                            #expect(graph.entities.count == graph.mentions.count)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await trial.store.graph(of: project.number, limit: 100).relationships.count == 20)
        },
        Check("memories accepted at once are all kept, and claimed in the order of their numbers") { trial in
            let project = try await trial.project()
            let accepted = try await withThrowingTaskGroup(of: Accepted.self) { group in
                for _ in 0..<50 { group.addTask { try await trial.accept(trial.submission(to: project.number)) } }
                return try await group.reduce(into: [Accepted]()) { $0.append($1) }
            }
            for one in accepted {
                #expect(try await trial.memory(one.memoryID).number == one.memory)
                #expect(try await trial.task(one.taskID).number == one.task)
            }
            #expect(try await trial.claim(50, of: project).map(\.number) == accepted.map(\.task).sorted())
        }
    ]
}
