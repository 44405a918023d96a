package import Knowledge

extension InMemoryStore {
    package func createProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        try access { try $0.createProject(id: id, name: name, description: description, at: at) }
    }

    package func project(id: Identifier) async throws -> ProjectRecord? { try access { $0.projects[id]?.record } }

    package func project(named name: String, orCreateWith id: Identifier, at: Timestamp) async throws -> ProjectRecord {
        try access { try $0.project(named: name, orCreateWith: id, at: at) }
    }

    package func defaultProject() async throws -> ProjectRecord { try access { try $0.defaultProject() } }

    package func projects(among: [Identifier]?, slice: Slice) async throws -> Page<ProjectRecord> {
        try access { $0.projects(among: among, slice: slice) }
    }

    package func updateProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        try access { try $0.updateProject(id: id, name: name, description: description, at: at) }
    }

    package func deleteProject(id: Identifier, evenIfBusy: Bool, at: Timestamp) async throws {
        try access { try $0.deleteProject(id: id, evenIfBusy: evenIfBusy) }
    }

    package func purge(limit: Int) async throws -> Bool { try access { _ in false } }
}

extension InMemoryStore {
    package func accept(_ submission: Submission) async throws -> Acceptance { try access { try $0.accept(submission) } }

    package func memory(id: Identifier) async throws -> MemoryRecord? { try access { $0.memory(id: id) } }

    package func memories(_ query: MemoryQuery, slice: Slice) async throws -> Page<MemoryRecord> {
        try access { $0.memories(query, slice: slice) }
    }

    package func mentions(in memory: MemoryNumber) async throws -> [MentionView] { try access { $0.mentions(in: memory) } }

    package func pruneIdempotencyKeys(before moment: Timestamp, limit: Int) async throws -> Int {
        try access { $0.answers.prune(before: moment, limit: limit) }
    }
}

extension InMemoryStore {
    package func submit(_ submission: TaskSubmission) async throws -> TaskRecord { try access { try $0.submit(submission) } }

    package func task(id: Identifier) async throws -> TaskRecord? { try access { $0.task(id: id) } }

    package func tasks(_ query: TaskQuery, slice: Slice) async throws -> [TaskRecord] { try access { $0.tasks(query, slice: slice) } }

    package func statistics(since moment: Timestamp, now: Timestamp, projects: [ProjectNumber]?) async throws -> TaskStatistics {
        try access { $0.statistics(since: moment, now: now, projects: projects) }
    }

    package func backlog() async throws -> [LaneBacklog] { try access { $0.backlog() } }

    package func recover(interruptionLimit: Int, at: Timestamp) async throws -> Recovery {
        try access { $0.recover(interruptionLimit: interruptionLimit, at: at) }
    }

    package func claim(_ lane: Lane, limit: Int, at: Timestamp) async throws -> [Claim] {
        try access { $0.claim(lane, limit: limit, at: at) }
    }

    package func claimAgain(_ guarding: TaskGuard, at: Timestamp) async throws -> TaskRecord {
        try access { try $0.claimAgain(guarding, at: at) }
    }

    package func release(_ tasks: [TaskGuard]) async throws { try access { $0.release(tasks) } }

    package func snapshot(_ snapshots: [ProgressSnapshot]) async throws { try access { $0.snapshot(snapshots) } }

    package func end(_ guarding: TaskGuard, _ ending: TaskEnding) async throws -> TaskRecord {
        try access { try $0.end(guarding, ending) }
    }

    package func cancel(id: Identifier, at: Timestamp) async throws -> Cancellation {
        try access { try $0.cancel(id: id, at: at) }
    }
}

extension InMemoryStore {
    package func graphHeader(of project: ProjectNumber) async throws -> GraphHeader { try access { try $0.graphHeader(of: project) } }

    package func graphFacts(of project: ProjectNumber, for needs: GraphNeeds) async throws -> GraphFacts {
        try access { $0.graphFacts(of: project, for: needs) }
    }

    package func entities(_ query: EntityQuery, slice: Slice) async throws -> Page<EntityView> {
        try access { $0.entities(query, slice: slice) }
    }

    package func entity(id: Identifier) async throws -> EntityView? { try access { state in state.entities[id].flatMap(state.view) } }

    package func entityTypes(projects: [ProjectNumber]?) async throws -> [(type: String, count: Int)] {
        try access { $0.entityTypes(projects: projects) }
    }

    package func memories(naming entity: EntityNumber, limit: Int) async throws -> [MemoryReference] {
        try access { $0.memories(naming: entity, limit: limit) }
    }

    package func relationships(of entity: EntityNumber, type: String?, limit: Int) async throws -> Page<RelationshipView> {
        try access { $0.relationships(of: entity, type: type, limit: limit) }
    }

    package func communities(projects: [ProjectNumber]?, minimumMembers: Int, slice: Slice) async throws -> Page<CommunityView> {
        try access { $0.communities(projects: projects, minimumMembers: minimumMembers, slice: slice) }
    }

    package func community(id: Identifier) async throws -> CommunityView? {
        try access { state in state.communities[id].flatMap(state.view) }
    }

    package func members(of community: CommunityNumber, slice: Slice) async throws -> Page<EntityView> {
        try access { $0.members(of: community, slice: slice) }
    }

    package func graph(of project: ProjectNumber, limit: Int) async throws -> GraphView {
        try access { $0.graph(of: project, limit: limit) }
    }

    package func schema(of project: ProjectNumber) async throws -> [SchemaView] { try access { $0.schema(of: project) } }
}

extension InMemoryStore {
    package func accessKeys() async throws -> [AccessKeyRecord] { try access { $0.accessKeys } }

    package func addAccessKey(_ key: AccessKeyRecord) async throws {
        try access { state in
            guard !state.accessKeys.contains(where: { $0.id == key.id }) else { throw InMemoryState.idTaken("key") }
            state.accessKeys.append(key)
        }
    }

    package func removeAccessKey(id: Identifier) async throws -> Bool {
        try access { state in
            let count = state.accessKeys.count
            state.accessKeys.removeAll { $0.id == id }
            return state.accessKeys.count < count
        }
    }
}
