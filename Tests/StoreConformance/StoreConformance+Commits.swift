import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let commits: [Check] = [
        Check("a commit ends its task and counts the graph's version and weight") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let delta = trial.delta(0) { $0.addedWeight = 5 }
            let commit = try trial.commit(task, delta)
            try await trial.store.commit(commit).wait()
            var expected = task
            expected.status = .completed
            expected.revision += 1
            expected.stage = "completed"
            expected.progress = 100
            expected.message = commit.ending.message
            expected.result = commit.ending.result
            expected.timeline = commit.ending.timeline
            expected.endedEpoch = trial.store.epoch
            expected.endedAt = commit.ending.at
            #expect(try await trial.task(task.id) == expected)
            #expect(try await trial.header(project) == GraphHeader(version: 1, totalWeight: 5))
            try await trial.ingest(trial.delta(1) { $0.addedWeight = -2 }, into: project)
            #expect(try await trial.header(project) == GraphHeader(version: 2, totalWeight: 3))
        },
        Check("a commit applies every part of its delta") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 2)
            let ada = trial.entity("Ada", community: group.number)
            let bob = trial.entity("Bob", community: group.number)
            let knows = trial.edge(ada, "KNOWS", bob, validAt: trial.at(-9))
            let person = SchemaRecord(.entity(name: "Person"))
            let mapping = SchemaRecord(.mapping(sourceType: "Person", edgeType: "KNOWS", targetType: "Person"))
            let accepted = try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group]
                    delta.newEntities = [ada, bob]
                    delta.newNames = [EntityName(key: "bob", entity: bob.number), EntityName(key: "ada", entity: ada.number)]
                    delta.newRelationships = [knows]
                    delta.statements = [.init(knows.number)]
                    delta.newSchema = [person, SchemaRecord(.edge(name: "KNOWS")), mapping]
                    delta.mentions = [
                        GraphDelta.Mention(entity: bob.number, ranges: [4..<7, 9..<12]), GraphDelta.Mention(entity: ada.number, ranges: [])
                    ]
                }, into: project, at: 222)
            let facts = try await trial.facts(of: project) { needs in
                needs.names = ["ada", "bob"]
                needs.relationships = [trial.key(knows)]
                needs.communities = [group.number]
                needs.schema = true
            }
            #expect(facts.names == ["ada": [ada], "bob": [bob]])
            #expect(facts.relationships == [trial.key(knows): knows])
            #expect(facts.communities == [group])
            #expect(facts.schema == [person, SchemaRecord(.edge(name: "KNOWS")), mapping])
            #expect(
                try await trial.store.mentions(in: accepted.memory) == [
                    MentionView(entityID: bob.id, name: "Bob", type: "Person", ranges: [4..<7, 9..<12]),
                    MentionView(entityID: ada.id, name: "Ada", type: "Person", ranges: [])
                ])
            let schema = try await trial.store.schema(of: project.number)
            #expect(schema.map(\.element) == [person.element, .edge(name: "KNOWS"), mapping.element])
            #expect(schema.allSatisfy { $0.source == "generated" && $0.createdAt == trial.at(222) })
            #expect(Set(schema.map(\.id)).count == 3)
        },
        Check("a commit changes what was there, to the whole new state") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 2)
            let dying = trial.community(members: 1)
            var ada = trial.entity("Ada", community: group.number)
            var bob = trial.entity("Bob", community: dying.number)
            var knows = trial.edge(ada, "KNOWS", bob)
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group, dying]
                    delta.newEntities = [ada, bob]
                    delta.newRelationships = [knows]
                    delta.newSchema = [SchemaRecord(.edge(name: "KNOWS"))]
                    delta.newNames = [EntityName(key: "ada", entity: ada.number)]
                }, into: project)
            ada.name = "Ada Lovelace"
            ada.type = "Scientist"
            ada.summary = "First."
            ada.mentionCount = 7
            ada.degree = 3
            ada.updatedAt = trial.at(9)
            bob.community = group.number
            knows.fact = "They know each other."
            knows.weight = 4
            knows.validAt = trial.at(1)
            knows.invalidAt = trial.at(2)
            knows.updatedAt = trial.at(9)
            var grown = group
            grown.memberCount = 9
            grown.totalWeight = 8
            let eve = trial.entity("Eve")
            try await trial.ingest(
                trial.delta(1) { [ada, bob, knows, grown] delta in
                    delta.newEntities = [eve]
                    delta.changedEntities = [bob, ada]
                    delta.changedRelationships = [knows]
                    delta.changedCommunities = [grown]
                    delta.removedCommunities = [dying.number]
                    delta.newNames = [EntityName(key: "ada", entity: eve.number), EntityName(key: "ada", entity: ada.number)]
                    delta.newSchema = [SchemaRecord(.edge(name: "KNOWS")), SchemaRecord(.edge(name: "LIKES"))]
                }, into: project)
            let facts = try await trial.facts(of: project) { needs in
                needs.names = ["ada"]
                needs.relationships = [trial.key(knows)]
                needs.communities = [dying.number, group.number]
                needs.schema = true
            }
            #expect(facts.names == ["ada": [ada, eve]])
            #expect(facts.relationships == [trial.key(knows): knows])
            #expect(facts.communities == [grown])
            #expect(try await trial.store.community(id: dying.id) == nil)
            #expect(try await trial.store.entity(id: bob.id)?.communityID == group.id)
            #expect(try await trial.store.members(of: group.number, slice: trial.all).elements.map(\.record) == [ada, bob])
            #expect(try await trial.store.schema(of: project.number).map(\.element) == [.edge(name: "KNOWS"), .edge(name: "LIKES")])
        },
        Check("a commit for another version of the graph leaves nothing") { trial in
            let project = try await trial.project()
            try await trial.ingest(trial.small(0), into: project)
            for version in [0, 2, -1] as [Int64] {
                let task = try await trial.running(in: project)
                var delta = trial.small(version, "Stale")
                let group = trial.community(members: 1)
                delta.newCommunities = [group]
                delta.newSchema = [SchemaRecord(.entity(name: "Stale"))]
                let commit = try trial.commit(task, delta)
                await trial.refuses(.staleGraph) { try await trial.store.commit(commit).wait() }
                #expect(try await trial.task(task.id) == task)
                #expect(try await trial.header(project) == GraphHeader(version: 1, totalWeight: 1))
                #expect(try await trial.store.entities(EntityQuery(projects: nil), slice: trial.all).total == 1)
                let facts = try await trial.facts(of: project) { $0.names = ["stale"] }
                #expect(facts.names == ["stale": []])
                #expect(try await trial.store.community(id: group.id) == nil)
                #expect(try await trial.store.schema(of: project.number).isEmpty)
                #expect(try await trial.store.mentions(in: commit.memory).isEmpty)
                _ = try await trial.store.cancel(id: task.id, at: trial.at())
            }
        },
        Check("a commit whose task has moved on has lost, whatever the graph says") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let again = try await trial.store.claimAgain(TaskGuard(task), at: trial.at())
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(task, trial.small(0))).wait() }
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(task, trial.small(7))).wait() }
            try await trial.store.commit(trial.commit(again, trial.small(0))).wait()
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(again, trial.small(1))).wait() }
            let ended = try await trial.task(task.id)
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(ended, trial.small(1))).wait() }
            let waiting = try await trial.task(trial.accept(trial.submission(to: project.number)).taskID)
            await trial.refuses(.lostRace) { try await trial.store.commit(trial.commit(waiting, trial.small(1))).wait() }
            #expect(try await trial.header(project).version == 1)
        },
        Check("a commit to a project that is gone is told so") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            try await trial.store.release([TaskGuard(task)])
            try await trial.store.deleteProject(id: project.id)
            await trial.refuses(.notFound) { try await trial.store.commit(trial.commit(task, trial.small(0))).wait() }
        },
        Check("a chain of commits enqueued without waiting is applied in order") { trial in
            let project = try await trial.project()
            _ = try await trial.accept(12, to: project)
            let tasks = try await trial.claim(12, of: project)
            let commits = try tasks.enumerated().map { try trial.commit($1, trial.small(Int64($0), "Name \($0)")) }
            let pending = commits.map { trial.store.commit($0) }
            for commit in pending.reversed() { try await commit.wait() }
            for commit in pending { try await commit.wait() }
            #expect(try await trial.header(project) == GraphHeader(version: 12, totalWeight: 12))
            for task in tasks { #expect(try await trial.task(task.id).status == .completed) }
        },
        Check("when one of a chain fails, those after it are stale, and those before it stay") { trial in
            for cancels in [true, false] {
                let project = try await trial.project()
                _ = try await trial.accept(5, to: project)
                let tasks = try await trial.claim(5, of: project)
                if cancels { _ = try await trial.store.cancel(id: tasks[2].id, at: trial.at()) }
                let versions: [Int64] = cancels ? [0, 1, 2, 3, 4] : [0, 1, 7, 3, 4]
                let commits = try zip(tasks, versions).map { try trial.commit($0, trial.small($1)) }
                let pending = commits.map { trial.store.commit($0) }
                try await pending[0].wait()
                try await pending[1].wait()
                await trial.refuses(cancels ? .lostRace : .staleGraph) { try await pending[2].wait() }
                await trial.refuses(.staleGraph) { try await pending[3].wait() }
                await trial.refuses(.staleGraph) { try await pending[4].wait() }
                #expect(try await trial.header(project) == GraphHeader(version: 2, totalWeight: 2))
                #expect(try await trial.store.entities(EntityQuery(projects: [project.number]), slice: trial.all).total == 2)
                #expect(try await trial.task(tasks[3].id) == tasks[3])
                // Made anew for the version that is there, they land.
                try await trial.store.commit(trial.commit(tasks[3], trial.small(2))).wait()
                try await trial.store.commit(trial.commit(tasks[4], trial.small(3))).wait()
            }
        },
        Check("commits to different projects do not disturb each other") { trial in
            let projects = [try await trial.project(), try await trial.project()]
            var pending: [PendingCommit] = []
            for project in projects {
                _ = try await trial.accept(3, to: project)
                for (version, task) in try await trial.claim(3, of: project).enumerated() {
                    pending.append(try trial.store.commit(trial.commit(task, trial.small(Int64(version)))))
                }
            }
            for commit in pending { try await commit.wait() }
            for project in projects { #expect(try await trial.header(project).version == 3) }
        },
        Check("a commit whose waiter is cancelled is applied") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            let pending = try trial.store.commit(trial.commit(task, trial.small(0)))
            await withTaskGroup { group in
                group.addTask {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try? await pending.wait()  // What counts is what is stored.
                }
            }
            #expect(try await trial.task(task.id).status == .completed)
            #expect(try await trial.header(project).version == 1)
        },
        Check("a commit that nobody waits for is applied") { trial in
            let project = try await trial.project()
            let task = try await trial.running(in: project)
            _ = try trial.store.commit(trial.commit(task, trial.small(0)))
            #expect(try await trial.store.cancel(id: task.id, at: trial.at()).didCancel == false)
        }
    ]
}
