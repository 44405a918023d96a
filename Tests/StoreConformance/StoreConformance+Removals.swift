import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let removals: [Check] = [
        Check("a deletion takes the memory, its contribution and its task's end in one go") { trial in
            let project = try await trial.project()
            let scene = try await RemovalScene(trial, project)
            let waiting = MemoryChange(memory: scene.second.memoryID, content: "new", taskID: trial.newID(), at: trial.at(7))
            _ = try await trial.store.revise(waiting)
            let outcome = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: scene.withoutSecond, at: trial.at(8)))
            #expect(outcome.removed == 1)
            #expect(outcome.cancelled.map(\.id) == [waiting.taskID])
            #expect(outcome.cancelled.map(\.message) == ["The memory was deleted"])
            #expect(try await trial.store.memory(id: scene.second.memoryID) == nil)
            #expect(
                try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).elements.map(\.number) == [scene.first.memory])
            try await scene.expectFirstOnly(trial, project)
            // The tasks stay, without a memory.
            for id in [scene.second.taskID, waiting.taskID] {
                let task = try await trial.task(id)
                #expect(task.memory == nil && task.memoryID == nil && task.status == (id == waiting.taskID ? .cancelled : .completed))
            }
            #expect(try await trial.task(waiting.taskID) == outcome.cancelled[0])
            #expect(try await trial.backlog(project) == 0)
            try await trial.reopened { try await scene.expectFirstOnly($0, project) }
        },
        Check("a new version's commit takes the older one's contribution out") { trial in
            let project = try await trial.project()
            let scene = try await RemovalScene(trial, project)
            _ = try await trial.store.revise(
                MemoryChange(memory: scene.second.memoryID, content: "new", taskID: trial.newID(), at: trial.at(7)))
            let eve = trial.entity("Eve")
            var delta = scene.withoutSecond
            delta.newEntities = [eve]
            delta.mentions = [.init(entity: eve.number, ranges: [0..<3], forms: [EntityForm(name: "Eve", type: "Person")])]
            try await trial.store.commit(trial.commit(try await trial.claim(1, of: project)[0], delta)).wait()
            #expect(try await trial.store.mentions(in: scene.second.memory).map(\.name) == ["Eve"])
            let contribution = Contribution(memory: scene.second.memory, version: 3, mentions: delta.mentions)
            #expect(try await trial.store.contributions(of: [scene.second.memory]) == [contribution])
            let names = try await trial.store.entities(EntityQuery(projects: nil), slice: trial.all).elements.map(\.record.name)
            #expect(names.sorted() == ["Ada", "Bob", "Eve"])
            #expect(try await trial.store.memories(naming: scene.ada.number, limit: 9).map(\.id) == [scene.first.memoryID])
        },
        Check("a deletion planned for another version of the graph is refused and changes nothing") { trial in
            let project = try await trial.project()
            let scene = try await RemovalScene(trial, project)
            for version in [1, 3] as [Int64] {
                var delta = scene.withoutSecond
                delta.baseVersion = version
                await trial.refuses(.staleGraph) {
                    _ = try await trial.store.remove(
                        MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: delta, at: trial.at(8)))
                }
            }
            await trial.refuses(.notFound) {
                _ = try await trial.store.remove(
                    MemoryRemoval(project: ProjectNumber(999), memories: [], delta: trial.delta(0), at: trial.at(8)))
            }
            #expect(try await trial.memory(scene.second.memoryID).version == 1)
            #expect(try await trial.header(project) == GraphHeader(version: 2, totalWeight: 3))
            #expect(try await trial.store.relationships(of: scene.ada.number, type: nil, limit: 9).total == 2)
        },
        Check("what is gone is passed over, and gone memories change nothing") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            let stranger = try await trial.accept(trial.submission(to: other.number))
            let one = try await trial.accept(trial.submission(to: project.number, "one", externalID: "x"))
            #expect(try await trial.delete([one.memory, one.memory, MemoryNumber(999), stranger.memory], of: project, 0) == 1)
            #expect(try await trial.delete([one.memory], of: project, 1) == 0)
            #expect(try await trial.header(project).version == 1)
            #expect(try await trial.store.memory(id: stranger.memoryID) != nil)
            // Its external id is free again, its number is not.
            let again = try await trial.accept(trial.submission(to: project.number, "two", externalID: "x"))
            #expect(again.memory > one.memory)
            try await trial.reopened { trial in
                let next = try await trial.accept(trial.submission(to: project.number))
                #expect(next.memory > again.memory)
            }
        },
        Check("what a task deletes is counted with it, for longer than a boot") { trial in
            let project = try await trial.project()
            let record = try await trial.imported(3, in: project)
            let task = try await trial.store.submit(
                TaskSubmission(
                    id: trial.newID(), type: .removeImported, project: project.number, parent: record.task.number, at: trial.at(3)))
            let all = try await trial.store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 9).map(\.number)
            #expect(try await trial.store.removedMemories(by: task.number) == 0)
            #expect(try await trial.delete([all[0], all[1], MemoryNumber(999)], of: project, 0, by: task.number) == 2)
            #expect(try await trial.delete([all[0]], of: project, 1, by: task.number) == 0)
            #expect(try await trial.store.removedMemories(by: task.number) == 2)
            try await trial.reopened { trial in
                let (last, store) = (try await trial.delete([all[2]], of: project, 1, by: task.number), trial.store)
                let (removed, others) = (
                    try await store.removedMemories(by: task.number), try await store.removedMemories(by: record.task.number)
                )
                #expect(last == 1 && removed == 3 && others == 0)
            }
        },
        Check("numbers of what was taken out are not given again") { trial in
            let project = try await trial.project()
            let scene = try await RemovalScene(trial, project)
            _ = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: [scene.second.memory], delta: scene.withoutSecond, at: trial.at(8)))
            try await trial.reopened { trial in
                #expect(trial.store.numbering.entity() > scene.cay.number)
                #expect(trial.store.numbering.relationship() > scene.meets.number)
            }
        },
        Check("a deletion and a commit at once: the graph agrees with whoever won") { trial in
            let project = try await trial.project()
            for round in 0..<12 as Range<Int64> {
                let version = try await trial.header(project).version
                let task = try await trial.running(in: project)
                let memory = try #require(task.memory)
                let commit = try trial.commit(task, trial.small(version, "Ada\(round)"))
                let removal = MemoryRemoval(project: project.number, memories: [memory], delta: trial.delta(version), at: trial.at(8))
                async let removed = { () async throws -> Bool in
                    do { return try await trial.store.remove(removal).removed == 1 } catch let error as StoreError
                        where error.code == .staleGraph
                    {
                        return false
                    }
                }()
                async let committed = { () async throws -> Bool in
                    do {
                        try await trial.store.commit(commit).wait()
                        return true
                    } catch let error as StoreError where [.lostRace, .notFound].contains(error.code) { return false }
                }()
                let (didRemove, didCommit) = try await (removed, committed)
                #expect(didRemove != didCommit)
                #expect(try await trial.header(project).version == version + 1)
                #expect(try await trial.task(task.id).status == (didCommit ? .completed : .cancelled))
                let found = try await trial.facts(of: project) { $0.names = ["ada\(round)"] }.names.values.flatMap { $0 }.count
                #expect(found == (didCommit ? 1 : 0))
            }
        },
        Check("a change and a commit at once: the task's end says who won") { trial in
            let project = try await trial.project()
            for _ in 0..<12 {
                let version = try await trial.header(project).version
                let task = try await trial.running(in: project)
                let commit = try trial.commit(task, trial.delta(version))
                let change = MemoryChange(memory: try #require(task.memoryID), content: "new", taskID: trial.newID(), at: trial.at(7))
                async let cancelled = trial.store.revise(change).cancelled
                async let committed = { () async throws -> Bool in
                    do {
                        try await trial.store.commit(commit).wait()
                        return true
                    } catch let error as StoreError where error.code == .lostRace { return false }
                }()
                let (ended, didCommit) = try await (cancelled, committed)
                #expect((ended == nil) == didCommit)
                #expect(try await trial.task(task.id).status == (didCommit ? .completed : .cancelled))
                _ = try await trial.store.cancel(id: change.taskID, at: trial.at(9))
            }
        },
        Check("how the others name an entity and put a relationship is found") { trial in
            let project = try await trial.project()
            let scene = try await RemovalScene(trial, project)
            let (plain, full) = (EntityForm(name: "Ada", type: "Person"), EntityForm(name: "Ada L.", type: "Person", description: "she"))
            let second = try await scene.ask(trial, project, [scene.second.memory], retracted: [full: 2])
            #expect(second.entities == [scene.ada.number: scene.changedAda, EntityNumber(999): nil])
            #expect(second.relationships == [scene.knows.number: scene.changedKnows, RelationshipNumber(999): nil])
            #expect(second.forms == [scene.ada.number: [plain]])
            #expect(second.facts == [scene.knows.number: nil])
            #expect(try await scene.ask(trial, project, [scene.second.memory], retracted: [plain: 2]).forms == [scene.ada.number: nil])
            let first = try await scene.ask(trial, project, [scene.first.memory], retracted: [plain: 1])
            #expect(first.forms == [scene.ada.number: [full]])
            #expect(first.facts == [scene.knows.number: Contribution.Fact("They know each other.", validAt: trial.at(3))])
        }
    ]
}

extension Trial {
    /// Deletes memories that have contributed nothing. Returns how many there were.
    fileprivate func delete(_ memories: [MemoryNumber], of project: ProjectRecord, _ version: Int64, by task: TaskNumber? = nil)
        async throws -> Int
    {
        let removal = MemoryRemoval(project: project.number, memories: memories, task: task, delta: delta(version), at: at(8))
        return try await store.remove(removal).removed
    }
}
