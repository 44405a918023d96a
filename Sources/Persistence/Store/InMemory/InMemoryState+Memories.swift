import Knowledge

extension InMemoryState {
    mutating func accept(_ submission: Submission) throws(StoreError) -> Acceptance {
        guard let project = projects[submission.project]?.record else { throw Self.notFound("project") }
        if let idempotency = submission.idempotency, let answer = try answers.answer(to: idempotency) {
            return .replayed(answer: answer.bytes, task: answer.task)
        }
        if let memory = submission.externalID.flatMap({ memory(externalID: $0, in: project.number) }) {
            return try accept(submission, under: memory)
        }
        guard memories.number(of: submission.memoryID) == nil else { throw Self.idTaken("memory") }
        guard tasks.number(of: submission.taskID) == nil else { throw Self.idTaken("task") }
        return insert(submission, into: project)
    }

    private mutating func accept(_ submission: Submission, under memory: MemoryRecord) throws(StoreError) -> Acceptance {
        let isSame =
            if let hash = memories[memory.number]?.contentHash, let other = submission.contentHash {
                hash == other
            } else {
                memory.episode.hashedBytes == submission.episode.hashedBytes
            }
        if isSame { return .existing(memory) }
        let revision = try revise(
            memory, to: submission.applied(to: memory), contentHash: submission.contentHash, task: submission.taskID,
            priority: submission.priority, parent: submission.parent, at: submission.at)
        if let idempotency = submission.idempotency, let answer = idempotency.revisionAnswer?(revision.memory) {
            answers.keep(idempotency, answer: answer, task: submission.taskID, at: submission.at)
        }
        return .revised(revision)
    }

    private mutating func insert(_ submission: Submission, into project: ProjectRecord) -> Acceptance {
        let memory = memories.nextNumber()
        let task = TaskRecord(
            number: tasks.nextNumber(), id: submission.taskID, type: .addEpisode, project: project.number, projectID: project.id,
            projectName: project.name, priority: submission.priority, memory: memory, memoryID: submission.memoryID,
            parent: submission.parent, parentID: submission.parent.flatMap { tasks[$0]?.id }, createdAt: submission.at)
        let record = MemoryRecord(
            number: memory, id: submission.memoryID, project: project.number, projectID: project.id, episode: submission.episode,
            tags: submission.tags, collaborators: submission.collaborators, isPublic: submission.isPublic, metadata: submission.metadata,
            externalID: submission.externalID, authorID: submission.authorID, version: 1, source: submission.source,
            taskID: submission.taskID,
            taskStatus: task.status, taskProgress: task.progress, createdAt: submission.at, updatedAt: submission.at)
        memories.append(MemoryRow(record: record, task: task.number, contentHash: submission.contentHash))
        append(task)
        projects.update(project.number) { row in
            row.memories.append(memory)
            if let externalID = submission.externalID { row.externalIDs[ExactText(externalID)] = memory }
        }
        if let idempotency = submission.idempotency {
            answers.keep(idempotency, answer: idempotency.answer, task: submission.taskID, at: submission.at)
        }
        return .created(memory, task.number)
    }

    func memory(_ number: MemoryNumber) -> MemoryRecord? { memories[number].map(record) }

    private func memory(externalID: String, in project: ProjectNumber) -> MemoryRecord? {
        projects[project]?.externalIDs[ExactText(externalID)].flatMap(memory)
    }

    func memory(id: Identifier) -> MemoryRecord? { memories[id].map(record) }

    private func record(_ row: MemoryRow) -> MemoryRecord {
        var record = row.record
        if let task = tasks[row.task]?.record {
            record.taskStatus = task.status
            record.taskProgress = task.progress
        }
        return record
    }

    func memories(_ query: MemoryQuery, slice: Slice) -> Page<MemoryRecord> {
        let numbers = self.numbers(in: query.projects, all: memories.order, of: \.memories)
        guard query.search != nil || query.status != nil || query.tag != nil else {
            return slice.window(of: numbers.reversed()).map(memory)
        }
        let search = query.search.map(TextSearch.init)
        let tag = query.tag.map(ExactText.init)
        let matching = numbers.reversed().lazy.filter { number in
            guard let row = memories[number] else { return false }
            if let status = query.status, (tasks[row.task]?.record.status ?? row.record.taskStatus) != status { return false }
            if let tag, !row.record.tags.contains(where: { ExactText($0) == tag }) { return false }
            guard let search else { return true }
            return search.isFound(in: row.record.episode.content) || row.record.episode.title.map(search.isFound) ?? false
        }
        return slice.window(of: matching).map(memory)
    }

    /// The numbers of some projects' things in ascending order.
    func numbers<Kind>(
        in wanted: [ProjectNumber]?, all: [Number<Kind>], of list: KeyPath<ProjectRow, [Number<Kind>]>
    ) -> [Number<Kind>] {
        guard let wanted else { return all }
        let lists = Set(wanted).compactMap { projects[$0]?[keyPath: list] }
        return lists.count == 1 ? lists[0] : lists.joined().sorted()
    }

    func mentions(in memory: MemoryNumber) -> [MentionView] {
        (memories[memory]?.contribution?.mentions ?? []).compactMap { mention in
            entities[mention.entity].map {
                MentionView(entityID: $0.id, name: $0.record.name, type: $0.record.type, ranges: mention.ranges)
            }
        }
    }
}
