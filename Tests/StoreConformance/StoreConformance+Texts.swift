import Knowledge
import Persistence
import Testing

extension StoreConformance {
    /// Each is awkward in its own way.
    private static let awkward = [
        "", " ", "\0", "a\0b", "\u{1}\u{7F}\u{85}", "🧠👩‍👩‍👧‍👦🇩🇪", "e\u{301}", "\u{E9}", "\u{FEFF}bom", "\u{202E}rtl",
        "line\nend\r\nand\ttab",
        #"quotes ' " ` \ %_"#, "\u{10FFFF}\u{FFFE}", "null", "NULL", "0x00", "1e5", "-- ; DROP TABLE memories",
        String(repeating: "long 𝒳 ", count: 20_000)
    ]

    static let texts: [Check] = [
        Check("text comes back byte for byte") { trial in
            for text in awkward {
                let project = try await trial.store.createProject(id: trial.newID(), name: text, description: text, at: trial.at())
                var submission = trial.submission(
                    to: project.number, text, title: text, tags: [text, text], externalID: text,
                    idempotency: trial.key(text, scope: "\(project.number)" + text))
                submission.collaborators = [text]
                submission.authorID = text
                submission.episode.entities = [SuppliedEntity(name: text, type: text, description: text)]
                submission.episode.relationships = [SuppliedRelationship(source: text, target: text, type: text, description: text)]
                submission.metadata = .object([JSON.Member(text, .string(text))])
                try await trial.accept(submission)
                guard case .replayed = try await trial.store.accept(submission) else {
                    Issue.record("the key was not found again")
                    return
                }
                let memory = try await trial.memory(submission.memoryID)
                let episode = memory.episode
                var texts = [episode.title, episode.content, memory.externalID, memory.authorID]
                texts += memory.tags + memory.collaborators
                for entity in episode.entities { texts += [entity.name, entity.type, entity.description] }
                for edge in episode.relationships { texts += [edge.source, edge.target, edge.type, edge.description] }
                #expect(texts.count == 14)
                #expect(texts.allSatisfy { $0.map { Array($0.utf8) } == Array(text.utf8) }, "\(text.debugDescription.prefix(50))")
                #expect(memory.metadata.utf8 == submission.metadata.utf8)
                let read = try #require(try await trial.store.project(id: project.id))
                #expect(Array(read.name.utf8) == Array(text.utf8))
                #expect(read.description.map { Array($0.utf8) } == Array(text.utf8))
                let claimed = try await trial.store.claim(trial.lane(project), limit: 1, at: trial.at())
                #expect(claimed.map { Array(($0.work.episode?.content ?? "").utf8) } == [Array(text.utf8)])
            }
        },
        Check("text of tasks and graph comes back byte for byte") { trial in
            for text in awkward {
                let project = try await trial.project()
                let task = try await trial.running(in: project)
                var entity = trial.entity(text, type: text)
                entity.summary = text
                let edge = trial.edge(entity, text, entity)
                let delta = trial.delta(0) { [entity] delta in
                    delta.newEntities = [entity]
                    delta.newNames = [EntityName(key: text, entity: entity.number)]
                    delta.newRelationships = [edge]
                    delta.newSchema = [
                        SchemaRecord(.entity(name: text)), SchemaRecord(.mapping(sourceType: text, edgeType: text, targetType: text))
                    ]
                }
                var commit = try trial.commit(task, delta)
                commit.ending.message = text
                commit.ending.error = text
                commit.ending.result = .string(text)
                commit.ending.timeline = [TimelineEntry(stage: text, attempt: 1, startedAt: trial.at(), message: text, error: text)]
                try await trial.store.commit(commit).wait()
                let ended = try await trial.task(task.id)
                let facts = try await trial.facts(of: project) { needs in
                    needs.names = [text]
                    needs.relationships = [trial.key(edge)]
                }
                let found = try #require(facts.names[text]?.first)
                let schema = try await trial.store.schema(of: project.number)
                var texts = [ended.message, ended.error, ended.result?.string, found.name, found.type, found.summary]
                for entry in ended.timeline { texts += [entry.stage, entry.message, entry.error] }
                #expect(texts.allSatisfy { $0.map { Array($0.utf8) } == Array(text.utf8) }, "\(text.debugDescription.prefix(50))")
                #expect(facts.relationships[trial.key(edge)] == edge)
                #expect(schema.map(\.element) == delta.newSchema.map(\.element))
            }
        },
        Check("JSON keeps the order of members and the digits of numbers") { trial in
            let project = try await trial.project()
            let text = #"{"z":1.50,"a":-0,"z":[1E5,0.10,12345678901234567890,{"b":null,"a":true}],"\u0000\"":"\ud83e\udde0","":{}}"#
            var submission = trial.submission(to: project.number)
            submission.metadata = try JSON.parse(text)
            submission.source = try JSON.parse(#"{"source_type":"x","a":2.0}"#)
            try await trial.accept(submission)
            let memory = try await trial.memory(submission.memoryID)
            #expect(memory.metadata == submission.metadata)
            #expect(memory.metadata.utf8 == submission.metadata.utf8)
            #expect(memory.source?.text == #"{"source_type":"x","a":2.0}"#)
            let task = try await trial.claim(1, of: project)[0]
            var ending = trial.ending(.completed)
            ending.result = submission.metadata
            #expect(try await trial.store.end(TaskGuard(task), ending).result?.utf8 == submission.metadata.utf8)
            #expect(try await trial.task(task.id).result?.utf8 == submission.metadata.utf8)
        },
        Check("moments and identifiers keep every bit") { trial in
            let moments = [0, -1, 1, -62_135_596_800_000_000, 253_402_300_799_999_999].map { Timestamp(microseconds: $0) }
            let project = try await trial.project()
            for moment in moments {
                for half in [0, 1, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
                    var submission = trial.submission(to: project.number)
                    submission.memoryID = Identifier(high: half, low: UInt64(bitPattern: moment.microseconds))
                    submission.at = moment
                    submission.episode.occurredAt = moment
                    try await trial.accept(submission)
                    let memory = try await trial.memory(submission.memoryID)
                    #expect(memory.id == submission.memoryID)
                    #expect(memory.createdAt == moment)
                    #expect(memory.episode.occurredAt == moment)
                }
            }
        }
    ]
}
