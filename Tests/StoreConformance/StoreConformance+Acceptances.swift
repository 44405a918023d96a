import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let acceptances: [Check] = [
        Check("an accepted memory and its task are read as they came") { trial in
            let project = try await trial.project()
            var submission = trial.submission(to: project.number, "content", title: "title", tags: ["a", "b"], externalID: "x", at: 7)
            submission.episode.contentType = .markdown
            submission.episode.occurredAt = Timestamp(microseconds: -1)
            submission.episode.entities = [
                SuppliedEntity(name: "Ada", type: "Person"), SuppliedEntity(name: "B", type: "T", description: "d")
            ]
            submission.episode.relationships = [SuppliedRelationship(source: "Ada", target: "B", type: "KNOWS", description: "well")]
            submission.collaborators = ["carl", "dora"]
            submission.isPublic = true
            submission.metadata = ["k": [1, .null, "v"]]
            submission.authorID = "key 1"
            submission.source = ["source_type": "web"]
            submission.priority = .bulk
            let accepted = try await trial.accept(submission)
            let memory = try await trial.memory(submission.memoryID)
            #expect(
                memory
                    == MemoryRecord(
                        number: accepted.memory, id: submission.memoryID, project: project.number, projectID: project.id,
                        episode: submission.episode, tags: ["a", "b"], collaborators: ["carl", "dora"], isPublic: true,
                        metadata: submission.metadata, externalID: "x", authorID: "key 1", version: 1, source: submission.source,
                        taskID: submission.taskID, taskStatus: .pending, taskProgress: 0, createdAt: trial.at(7), updatedAt: trial.at(7)))
            #expect(
                try await trial.task(submission.taskID)
                    == TaskRecord(
                        number: accepted.task, id: submission.taskID, type: .addEpisode, project: project.number, projectID: project.id,
                        projectName: project.name, priority: .bulk, memory: accepted.memory, memoryID: submission.memoryID,
                        createdAt: trial.at(7)))
            #expect(try await trial.store.memory(id: trial.newID()) == nil)
            #expect(try await trial.store.task(id: trial.newID()) == nil)
            #expect(try await trial.store.mentions(in: accepted.memory).isEmpty)
        },
        Check("what was left out stays absent") { trial in
            let project = try await trial.store.defaultProject()
            let memory = try await trial.memory(trial.accept(trial.submission(to: project.number)).memoryID)
            #expect(memory.episode == Episode(content: "Ada met Charles."))
            #expect(memory.externalID == nil)
            #expect(memory.source == nil)
            #expect(memory.tags.isEmpty && memory.collaborators.isEmpty && !memory.isPublic)
            #expect(memory.metadata == .object([]))
        },
        Check("numbers grow in the order of acceptance, over all projects") { trial in
            let projects = [try await trial.project(), try await trial.project()]
            var last: Accepted?
            for index in 0..<6 {
                let next = try await trial.accept(trial.submission(to: projects[index % 2].number))
                if let last { #expect(last.memory < next.memory && last.task < next.task) }
                last = next
            }
        },
        Check("a project that does not exist takes no memory") { trial in
            let unknown = ProjectNumber(1_000_000)
            await trial.refuses(.notFound) { _ = try await trial.store.accept(trial.submission(to: unknown, idempotency: trial.key())) }
            #expect(try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).total == 0)
            let project = try await trial.store.defaultProject()
            try await trial.accept(trial.submission(to: project.number, idempotency: trial.key(body: 2)))
        },
        Check("an id that is taken is refused and changes nothing") { trial in
            let project = try await trial.project()
            let first = trial.submission(to: project.number)
            try await trial.accept(first)
            var second = trial.submission(to: project.number)
            second.memoryID = first.memoryID
            await trial.refuses(.unavailable) { _ = try await trial.store.accept(second) }
            second = trial.submission(to: project.number)
            second.taskID = first.taskID
            await trial.refuses(.unavailable) { _ = try await trial.store.accept(second) }
            #expect(try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).total == 1)
            #expect(try await trial.backlog(project) == 1)
        },
        Check("an idempotency key with the same body gives the first answer to the letter") { trial in
            let project = try await trial.project()
            let answer = Array(UInt8.min...UInt8.max)
            let first = try await trial.accept(trial.submission(to: project.number, idempotency: trial.key(answer: answer)))
            for _ in 0..<2 {
                let again = trial.submission(to: project.number, idempotency: trial.key(answer: [9]))
                guard case .replayed(let bytes, let task) = try await trial.store.accept(again) else {
                    Issue.record("the answer was not replayed")
                    return
                }
                #expect(bytes == answer)
                #expect(task == first.taskID)
                #expect(try await trial.store.memory(id: again.memoryID) == nil)
                #expect(try await trial.store.task(id: again.taskID) == nil)
            }
            #expect(try await trial.backlog(project) == 1)
        },
        Check("an idempotency key with another body is refused") { trial in
            let project = try await trial.project()
            try await trial.accept(trial.submission(to: project.number, idempotency: trial.key(body: 1)))
            await trial.refuses(.idempotencyMismatch) {
                _ = try await trial.store.accept(trial.submission(to: project.number, idempotency: trial.key(body: 2)))
            }
            try await trial.accept(trial.submission(to: project.number, idempotency: trial.key(scope: "other", body: 2)))
            try await trial.accept(trial.submission(to: project.number, idempotency: trial.key("KEY", body: 2)))
            #expect(try await trial.backlog(project) == 3)
        },
        Check("an idempotency key used many times at once gives one memory") { trial in
            let project = try await trial.project()
            let outcomes = try await withThrowingTaskGroup(of: Acceptance.self) { group in
                for index in 0..<24 as Range<UInt8> {
                    group.addTask {
                        try await trial.store.accept(trial.submission(to: project.number, idempotency: trial.key(answer: [index])))
                    }
                }
                return try await group.reduce(into: [Acceptance]()) { $0.append($1) }
            }
            var created = 0
            var answers = Set<[UInt8]>()
            for outcome in outcomes {
                switch outcome {
                case .created: created += 1
                case .replayed(let answer, _): answers.insert(answer)
                case .existing, .revised: Issue.record("no external id was given")
                }
            }
            #expect(created == 1)
            #expect(answers.count == 1)
            #expect(try await trial.store.memories(MemoryQuery(projects: nil), slice: trial.all).total == 1)
        },
        Check("idempotency keys are forgotten by age, the oldest first") { trial in
            let project = try await trial.project()
            for second in [3, 1, 2] as [Int64] {
                try await trial.accept(trial.submission(to: project.number, at: second, idempotency: trial.key("\(second)")))
            }
            _ = try await trial.store.accept(trial.submission(to: project.number, at: 50, idempotency: trial.key("1")))
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(1), limit: 10) == 0)
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(4), limit: 0) == 0)
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(4), limit: 1) == 1)
            await trial.refuses(.idempotencyMismatch) {
                _ = try await trial.store.accept(trial.submission(to: project.number, idempotency: trial.key("2", body: 2)))
            }
            try await trial.accept(trial.submission(to: project.number, at: 60, idempotency: trial.key("1", body: 2)))
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(3), limit: 10) == 1)
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(100), limit: 10) == 2)
            #expect(try await trial.store.pruneIdempotencyKeys(before: trial.at(100), limit: 10) == 0)
            #expect(try await trial.backlog(project) == 4)
        },
        Check("a known external id with the same content gives the memory, and stores nothing") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number, "same", title: "one", externalID: "x"))
            let again = trial.submission(to: project.number, "same", title: "two", externalID: "x", idempotency: trial.key(body: 1))
            guard case .existing(let memory) = try await trial.store.accept(again) else {
                Issue.record("the memory was not found")
                return
            }
            #expect(try await trial.memory(first.memoryID) == memory)
            #expect(try await trial.store.memory(id: again.memoryID) == nil)
            #expect(try await trial.backlog(project) == 1)
            // The key was not kept either.
            try await trial.accept(trial.submission(to: project.number, idempotency: trial.key(body: 2)))
        },
        Check("an external id is known in its project only, and to the letter") { trial in
            let project = try await trial.project()
            try await trial.accept(trial.submission(to: project.number, "content", externalID: "x"))
            try await trial.accept(trial.submission(to: trial.project().number, "other", externalID: "x"))
            try await trial.accept(trial.submission(to: project.number, "other", externalID: "X"))
        },
        Check("an idempotency key is looked at before an external id") { trial in
            let project = try await trial.project()
            let first = try await trial.accept(trial.submission(to: project.number, "one", externalID: "x", idempotency: trial.key()))
            let again = try await trial.store.accept(trial.submission(to: project.number, "two", externalID: "x", idempotency: trial.key()))
            guard case .replayed(_, first.taskID) = again else {
                Issue.record("the answer was not replayed")
                return
            }
        },
        Check("an external id used many times at once gives one memory") { trial in
            let project = try await trial.project()
            let created = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let submission = trial.submission(to: project.number, externalID: "x")
                        return if case .created = try await trial.store.accept(submission) { true } else { false }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(created == 1)
            #expect(try await trial.backlog(project) == 1)
        },
        Check("cancelling a caller does not cancel its write") { trial in
            let project = try await trial.project()
            let submissions = (0..<8).map { _ in trial.submission(to: project.number) }
            await withTaskGroup { group in
                for submission in submissions {
                    group.addTask {
                        withUnsafeCurrentTask { $0?.cancel() }
                        _ = try? await trial.store.accept(submission)  // What counts is what is stored.
                    }
                }
            }
            for submission in submissions { #expect(try await trial.store.memory(id: submission.memoryID) != nil) }
            #expect(try await trial.backlog(project) == 8)
        }
    ]
}
