import Knowledge
import Persistence
import Testing

extension StoreConformance {
    private static let extraction = Extraction(
        entities: [
            ExtractedEntity(name: "Ada", type: "Person", description: "a \"q\"\u{0}\u{1F600}", mentions: [0..<3, 10..<13]),
            ExtractedEntity(name: "e\u{301}", type: "Topic")
        ],
        relationships: [ExtractedRelationship(source: 0, target: 1, type: "KNOWS", fact: "Ada knows\n\u{e9}.")])

    static let checkpoints: [Check] = [
        Check("a checkpoint comes with the next claim, after a restart too, and alone") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(2, to: project)
            let held = try await trial.store.claim(trial.lane(project), limit: 2, at: trial.at())
            #expect(held.allSatisfy { $0.checkpoint == nil })
            try await trial.store.checkpoint(TaskGuard(held[0].task), Extraction(), version: 1)
            try await trial.store.checkpoint(TaskGuard(held[0].task), extraction, version: 1)
            #expect(try await trial.task(held[0].task.id) == held[0].task)
            try await trial.store.release([TaskGuard(held[0].task)])
            let again = try await trial.store.claim(trial.lane(project), limit: 2, at: trial.at())
            #expect(again.map(\.checkpoint) == [extraction])
            _ = try await trial.store.claimAgain(TaskGuard(again[0].task), at: trial.at())
            try await trial.reopened { trial in
                _ = try await trial.store.recover(interruptionLimit: 3, at: trial.at())
                let later = try await trial.store.claim(trial.lane(project), limit: 2, at: trial.at())
                #expect(later.map(\.checkpoint) == [extraction, nil])
            }
        },
        Check("a checkpoint outlives a new title, and no new content") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            let memory = try #require(held.memoryID)
            try await trial.store.checkpoint(TaskGuard(held), extraction, version: 1)
            _ = try await trial.store.revise(
                MemoryChange(memory: memory, title: "A title", tags: ["a"], taskID: trial.newID(), at: trial.at(5)))
            try await trial.store.release([TaskGuard(held)])
            let again = try await trial.store.claim(trial.lane(project), limit: 1, at: trial.at())
            #expect(again.map(\.checkpoint) == [extraction] && again.first?.work.episode?.title == "A title")
            _ = try await trial.store.revise(
                MemoryChange(memory: memory, content: "Else.", taskID: trial.newID(), at: trial.at(6)))
            let other = try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at())
            #expect(other.map(\.checkpoint) == [nil] && other.first?.work.episode?.content == "Else.")
        },
        Check("a checkpoint goes with the task's end") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(2, to: project)
            let held = try await trial.claim(2, of: project)
            for task in held { try await trial.store.checkpoint(TaskGuard(task), extraction, version: 1) }
            _ = try await trial.store.end(TaskGuard(held[0]), trial.ending(.failed))
            _ = try await trial.store.cancel(id: held[1].id, at: trial.at())
            for task in accepted { _ = try await trial.store.retry(id: task.taskID, at: trial.at()) }
            let again = try await trial.store.claim(trial.lane(project), limit: 2, at: trial.at())
            #expect(again.map(\.checkpoint) == [nil, nil])
        },
        Check("only a held task is checkpointed") { trial in
            let project = try await trial.project()
            let held = try await trial.running(in: project)
            let again = try await trial.store.claimAgain(TaskGuard(held), at: trial.at())
            await trial.refuses(.lostRace) { try await trial.store.checkpoint(TaskGuard(held), extraction, version: 1) }
            try await trial.store.release([TaskGuard(again)])
            await trial.refuses(.lostRace) {
                try await trial.store.checkpoint(TaskGuard(trial.task(held.id)), extraction, version: 1)
            }
            let claimed = try await trial.store.claim(trial.lane(project), limit: 1, at: trial.at())
            #expect(claimed.map(\.checkpoint) == [nil])
            let cancelled = try await trial.store.cancel(id: held.id, at: trial.at()).task
            await trial.refuses(.lostRace) { try await trial.store.checkpoint(TaskGuard(cancelled), extraction, version: 1) }
        }
    ]
}
