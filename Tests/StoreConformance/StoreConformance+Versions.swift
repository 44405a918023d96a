import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let versions: [Check] = [
        Check("a known external id with other content makes a new version, with a task at the end of its lane") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(
                trial.submission(to: project.number, "caf\u{E9}", title: "one", tags: ["a"], externalID: "x"))
            try await trial.accept(trial.submission(to: project.number, "another"))
            var second = trial.submission(to: project.number, "cafe\u{301}", title: "two", externalID: "x", at: 9)
            second.metadata = ["k": 1]
            second.episode.entities = [SuppliedEntity(name: "Ada", type: "Person")]
            guard case .revised(let revision) = try await trial.store.accept(second) else {
                throw Unexpected("not revised", #_sourceLocation)
            }
            let memory = try await trial.memory(first.memoryID)
            #expect(memory == revision.memory)
            #expect(memory.number == first.memory && memory.version == 2 && memory.episode == second.episode)
            #expect(memory.tags.isEmpty && memory.metadata == second.metadata && memory.externalID == "x")
            #expect(memory.createdAt == trial.at(1) && memory.updatedAt == trial.at(9))
            #expect(memory.taskID == second.taskID && memory.taskStatus == .pending)
            #expect(try await trial.store.memory(id: second.memoryID) == nil)
            let cancelled = try #require(revision.cancelled)
            #expect(cancelled.id == first.taskID && cancelled.status == .cancelled && cancelled.message == "Superseded by version 2")
            #expect(cancelled.endedAt == trial.at(9) && cancelled.endedEpoch == trial.store.epoch)
            #expect(try await trial.task(first.taskID) == cancelled)
            #expect(try await trial.task(second.taskID).number == revision.task)
            let claims = try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at(10))
            #expect(claims.map(\.task.id).last == second.taskID && claims.count == 2)
            guard case .episode(second.episode, version: 2) = claims.last?.work else {
                throw Unexpected("another episode", #_sourceLocation)
            }
        },
        Check("a submission is recognised by its content's hash, or by the content where there is none") { trial in
            let project = try await trial.project()
            func outcome(_ content: String, _ hash: [UInt8]?, type: ContentType = .text) async throws -> String {
                var submission = trial.submission(to: project.number, content, externalID: "x")
                submission.contentHash = hash
                submission.episode.contentType = type
                switch try await trial.store.accept(submission) {
                case .created: return "created"
                case .existing: return "existing"
                case .revised(let revision): return "revised to \(revision.memory.version)"
                case .replayed: return "replayed"
                }
            }
            #expect(try await outcome("one", [1]) == "created")
            #expect(try await outcome("the hash decides", [1]) == "existing")
            #expect(try await outcome("one", nil) == "existing")
            #expect(try await outcome("one", [2]) == "revised to 2")
            #expect(try await outcome("two", nil) == "revised to 3")
            #expect(try await outcome("two", [3]) == "existing")
            #expect(try await outcome("two", nil, type: .markdown) == "revised to 4")
        },
        Check("an idempotency key is kept with a revision, with the answer made of it") { trial in
            let project = try await trial.project()
            try await trial.accept(trial.submission(to: project.number, "one", externalID: "x"))
            var key = trial.key()
            _ = try await trial.store.accept(trial.submission(to: project.number, "two", externalID: "x", idempotency: key))
            // Without a way to make an answer it was not kept.
            key.revisionAnswer = { [UInt8($0.version), 7] }
            let third = trial.submission(to: project.number, "three", externalID: "x", idempotency: key)
            guard case .revised = try await trial.store.accept(third) else { throw Unexpected("not revised", #_sourceLocation) }
            let again = try await trial.store.accept(trial.submission(to: project.number, "four", externalID: "x", idempotency: key))
            guard case .replayed([3, 7], third.taskID) = again else { throw Unexpected("not replayed", #_sourceLocation) }
        },
        Check("a change of the content makes a version and a task, any other a version, none nothing") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number, "one", title: "t", tags: ["a"]))
            func revise(_ fill: (inout MemoryChange) -> Void) async throws -> Revision {
                var change = MemoryChange(memory: accepted.memoryID, taskID: trial.newID(), priority: .bulk, at: trial.at(5))
                fill(&change)
                return try await trial.store.revise(change)
            }
            let same = try await revise { change in
                (change.content, change.title, change.tags, change.metadata) = ("one", .some("t"), ["a"], .object([]))
            }
            #expect(same.memory == (try await trial.memory(accepted.memoryID)) && same.memory.version == 1)
            #expect(same.task == nil && same.cancelled == nil)
            let titled = try await revise { $0.title = .some(nil) }
            #expect(titled.memory.version == 2 && titled.memory.episode.title == nil && titled.memory.updatedAt == trial.at(5))
            #expect(titled.task == nil && titled.memory.taskID == accepted.taskID && titled.memory.taskStatus == .pending)
            let tagged = try await revise { ($0.tags, $0.metadata) = (["b", "c"], ["k": [1, 2]]) }
            #expect(tagged.memory.version == 3 && tagged.memory.tags == ["b", "c"] && tagged.memory.metadata == ["k": [1, 2]])
            #expect(try await trial.memory(accepted.memoryID) == tagged.memory)
            let rewritten = try await revise { $0.content = "two" }
            #expect(
                rewritten.memory.version == 4 && rewritten.memory.episode.content == "two" && rewritten.cancelled?.id == accepted.taskID)
            #expect(try await trial.backlog(project) == 0)
            #expect(try await trial.backlog(project, .bulk) == 1)
            #expect(try await trial.memory(accepted.memoryID) == rewritten.memory)
            await trial.refuses(.notFound) {
                _ = try await trial.store.revise(MemoryChange(memory: trial.newID(), taskID: trial.newID(), at: trial.at()))
            }
            await trial.refuses(.unavailable) {
                _ = try await trial.store.revise(
                    MemoryChange(memory: accepted.memoryID, content: "three", taskID: accepted.taskID, at: trial.at()))
            }
            #expect(try await trial.memory(accepted.memoryID) == rewritten.memory)
        },
        Check("a change or deletion meant for another version is refused and changes nothing") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number, "one"))
            let before = try await trial.memory(accepted.memoryID)
            await trial.refuses(.staleVersion) {
                _ = try await trial.store.revise(
                    MemoryChange(memory: accepted.memoryID, expectedVersion: 2, content: "two", taskID: trial.newID(), at: trial.at()))
            }
            await trial.refuses(.staleVersion) {
                _ = try await trial.store.remove(
                    MemoryRemoval(
                        project: project.number, memories: [accepted.memory], expectedVersion: 2, delta: trial.delta(0), at: trial.at()))
            }
            #expect(try await trial.memory(accepted.memoryID) == before)
            #expect(try await trial.header(project).version == 0)
            _ = try await trial.store.revise(
                MemoryChange(memory: accepted.memoryID, expectedVersion: 1, content: "two", taskID: trial.newID(), at: trial.at()))
            #expect(try await trial.memory(accepted.memoryID).version == 2)
        },
        Check("a change of a running task's memory ends the task, whose commit then fails") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let change = MemoryChange(memory: try #require(task.memoryID), content: "new", taskID: trial.newID(), at: trial.at(7))
            let revision = try await trial.store.revise(change)
            #expect(revision.cancelled?.id == task.id && revision.cancelled?.message == "Superseded by version 2")
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(task, trial.small(0))).wait() }
            #expect(try await trial.header(project).version == 0)
            // One that has ended stays as it ended.
            let next = try await trial.claim(1, of: project)[0]
            try await trial.store.commit(trial.commit(next, trial.small(0))).wait()
            let third = try await trial.store.revise(
                MemoryChange(memory: try #require(task.memoryID), content: "newer", taskID: trial.newID(), at: trial.at(8)))
            #expect(third.cancelled == nil)
            #expect(try await trial.task(next.id).status == .completed)
        },
        Check("a memory's tasks are all found by it, its state is the current one's") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number, "one"))
            let change = MemoryChange(memory: accepted.memoryID, content: "two", taskID: trial.newID(), at: trial.at(7))
            _ = try await trial.store.revise(change)
            let tasks = try await trial.store.tasks(TaskQuery(projects: nil, entity: accepted.memoryID), slice: trial.all)
            #expect(tasks.map(\.id) == [change.taskID, accepted.taskID])
            #expect(tasks.allSatisfy { $0.memory == accepted.memory && $0.memoryID == accepted.memoryID })
            for (status, count) in [(TaskStatus.pending, 1), (.cancelled, 0)] {
                let page = try await trial.store.memories(MemoryQuery(projects: [project.number], status: status), slice: trial.all)
                #expect(page.total == count && page.elements.count == count, "\(status)")
            }
        },
        Check("what a memory contributed is told as it was committed") { trial in
            let project = try await trial.project()
            let (ada, bob) = (trial.entity("Ada"), trial.entity("Bob"))
            let (knows, likes, sees) = (trial.edge(ada, "KNOWS", bob), trial.edge(ada, "LIKES", bob), trial.edge(bob, "SEES", ada))
            let mentions = [
                GraphDelta.Mention(
                    entity: bob.number, ranges: [4..<7, 2..<12],
                    forms: [
                        EntityForm(name: "Bob", type: "Person", description: ""),
                        EntityForm(name: "Bobby 🐍\0", type: "snake", description: nil)
                    ]
                ),
                GraphDelta.Mention(entity: ada.number, ranges: [], forms: [EntityForm(name: "", type: "", description: "a\nb")])
            ]
            let statements = [
                Contribution.Statement(knows.number), .init(likes.number, fact: .init("Ada likes Bob.", validAt: nil)),
                .init(sees.number, fact: .init("", validAt: trial.at(-5)))
            ]
            let accepted = try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = [ada, bob]
                    delta.newRelationships = [knows, likes, sees]
                    delta.mentions = mentions
                    delta.statements = statements
                }, into: project)
            let silent = try await trial.ingest(trial.delta(1), into: project)
            let contribution = Contribution(memory: accepted.memory, version: 1, mentions: mentions, statements: statements)
            #expect(try await trial.store.contributions(of: [silent.memory, accepted.memory, MemoryNumber(999)]) == [contribution])
            try await trial.reopened { later in
                let told = try await later.store.contributions(of: [accepted.memory])
                #expect(told == [contribution])
            }
        },
        Check("only the current task of a memory is retried, and with the content of now") { trial in
            let project = try await trial.project()
            let accepted = try await trial.accept(trial.submission(to: project.number, "one"))
            let change = MemoryChange(memory: accepted.memoryID, content: "two", taskID: trial.newID(), at: trial.at(7))
            _ = try await trial.store.revise(change)
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: accepted.taskID, at: trial.at(8)) }
            _ = try await trial.store.cancel(id: change.taskID, at: trial.at(8))
            let selection = RetrySelection(project: project.number, status: .cancelled)
            let retried = try await trial.store.retryNext(selection, limit: 9, at: trial.at(9))
            #expect(retried.tasks.map(\.id) == [change.taskID])
            let claims = try await trial.store.claim(trial.lane(project), limit: 9, at: trial.at(10))
            #expect(claims.map(\.task.id) == [change.taskID] && claims[0].work.episode?.content == "two")
            // Changed again while that runs: it has had its day.
            let next = MemoryChange(memory: accepted.memoryID, content: "three", taskID: trial.newID(), at: trial.at(11))
            #expect(try await trial.store.revise(next).cancelled?.id == change.taskID)
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: change.taskID, at: trial.at(12)) }
            _ = try await trial.store.remove(
                MemoryRemoval(project: project.number, memories: [accepted.memory], delta: trial.delta(0), at: trial.at(13)))
            await trial.refuses(.notRetryable) { _ = try await trial.store.retry(id: next.taskID, at: trial.at(14)) }
        },
        Check("a line of an import gives a known memory a new version") { trial in
            let project = try await trial.project()
            let known = try await trial.accept(trial.submission(to: project.number, "old", externalID: "a"))
            let record = try await trial.begin(in: project)
            let lines = [
                trial.line(1, "new", of: record, externalID: "a"), trial.line(2, "mine", of: record, externalID: "b"),
                trial.line(3, "mine again", of: record, externalID: "b"), trial.line(4, "new", of: record, externalID: "a")
            ]
            let accepted = try await trial.store.acceptBatch(trial.batch(lines, of: record, isLast: true))
            let counts = accepted.record.counts
            #expect(counts.accepted == 1 && counts.revised == 2 && counts.unchanged == 1 && counts.rejected == 0 && counts.cancelled == 1)
            #expect(accepted.superseded.map(\.message) == ["Superseded by version 2", "Superseded by version 2"])
            #expect(accepted.superseded.first?.id == known.taskID)
            let memory = try await trial.memory(known.memoryID)
            #expect(memory.version == 2 && memory.episode.content == "new")
            let task = try await trial.task(memory.taskID)
            #expect(task.parent == record.task.number && task.priority == .bulk)
            // What the import made is its own; what it only changed is not.
            let made = try await trial.store.importedMemories(of: record.task.number, after: MemoryNumber(0), limit: 9)
            #expect(made.count == 1 && made.allSatisfy { $0.isUntouched && $0.number != known.memory })
        }
    ]
}
