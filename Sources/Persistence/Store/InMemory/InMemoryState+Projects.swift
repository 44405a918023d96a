import Knowledge

extension InMemoryState {
    mutating func createProject(id: Identifier, name: String, description: String?, at: Timestamp) throws(StoreError) -> ProjectRecord {
        guard projects.number(of: id) == nil else { throw Self.idTaken("project") }
        return insertProject(id: id, name: name, description: description, isDefault: false, at: at)
    }

    @discardableResult
    mutating func insertProject(id: Identifier, name: String, description: String?, isDefault: Bool, at: Timestamp) -> ProjectRecord {
        let record = ProjectRecord(
            number: projects.nextNumber(), id: id, name: name, description: description, isDefault: isDefault, createdAt: at, updatedAt: at)
        projects.append(ProjectRow(record: record))
        projectNames[ExactText(name), default: []].append(record.number)
        return record
    }

    mutating func project(named name: String, orCreateWith id: Identifier, at: Timestamp) throws(StoreError) -> ProjectRecord {
        if let number = projectNames[ExactText(name)]?.first, let row = projects[number] { return row.record }
        return try createProject(id: id, name: name, description: nil, at: at)
    }

    func defaultProject() throws(StoreError) -> ProjectRecord {
        // It is made first and never removed.
        guard let number = projects.order.first, let row = projects[number] else { throw Self.notFound("default project") }
        return row.record
    }

    func projects(among: [Identifier]?, slice: Slice) -> Page<ProjectRecord> {
        let wanted = among.map { Set($0.compactMap(projects.number(of:))).sorted() }
        return slice.window(of: wanted ?? projects.order).map { projects[$0]?.record }
    }

    mutating func updateProject(id: Identifier, name: String, description: String?, at: Timestamp) throws(StoreError) -> ProjectRecord {
        guard let old = projects[id]?.record else { throw Self.notFound("project") }
        var new = old
        new.name = name
        new.description = description
        new.updatedAt = at
        removeProjectName(of: old)
        projectNames[ExactText(name), default: []].append(old.number)
        projectNames[ExactText(name)]?.sort()
        projects.update(old.number) { $0.record = new }
        return new
    }

    private mutating func removeProjectName(of project: ProjectRecord) {
        let name = ExactText(project.name)
        projectNames[name]?.removeAll { $0 == project.number }
        if projectNames[name]?.isEmpty == true { projectNames[name] = nil }
    }

    /// Removes all that it holds at once. O(everything stored).
    mutating func deleteProject(id: Identifier, evenIfBusy: Bool) throws(StoreError) {
        guard let row = projects[id] else { throw Self.notFound("project") }
        guard !row.record.isDefault else { throw StoreError(.projectIsDefault, "The default project can't be deleted.") }
        guard row.processing == 0 || evenIfBusy else { throw StoreError(.projectIsBusy, "The project has tasks that are being processed.") }
        let edges = row.graph.edges.values
        relationships.remove(edges)
        entities.remove(row.graph.entities)
        communities.remove(row.graph.communities)
        memories.remove(row.memories)
        tasks.remove(row.tasks)
        for task in row.tasks where imports[task] != nil { imports[task] = nil }
        for task in row.tasks where removed[task] != nil { removed[task] = nil }
        for priority in TaskPriority.allCases { lanes[Lane(project: row.number, priority: priority)] = nil }
        tally.remove(row.number)
        tally.forget(row.number)
        removeProjectName(of: row.record)
        projects.remove(row.number)
    }
}
