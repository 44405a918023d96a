import Knowledge

extension InMemoryState {
    func graphHeader(of project: ProjectNumber) throws(StoreError) -> GraphHeader {
        guard let row = projects[project] else { throw Self.notFound("project") }
        return row.graph.header
    }

    func graphFacts(of project: ProjectNumber, for needs: GraphNeeds) -> GraphFacts {
        let graph = projects[project]?.graph ?? GraphRow()
        var facts = GraphFacts()
        for name in needs.names {
            facts.names[name] = (graph.names[ExactText(name)] ?? []).compactMap { entities[$0]?.record }
        }
        for key in needs.relationships {
            facts.relationships.updateValue(graph.edges[GraphRow.EdgeKey(key)].flatMap { relationships[$0]?.record }, forKey: key)
        }
        for entity in needs.neighbourhoods { facts.neighbourhoods[entity] = neighbours(of: entity, in: project) }
        facts.communities = Set(needs.communities).sorted().compactMap { number in
            communities[number].flatMap { $0.project == project ? $0.record : nil }
        }
        if let retraction = needs.retraction { facts.retraction = self.facts(for: retraction, in: project) }
        if needs.schema { facts.schema = graph.schemaRecords }
        return facts
    }

    private func facts(for needs: RetractionNeeds, in project: ProjectNumber) -> RetractionFacts {
        var facts = RetractionFacts()
        for number in needs.entities {
            facts.entities.updateValue(entities[number].flatMap { $0.project == project ? $0.record : nil }, forKey: number)
        }
        for number in needs.relationships {
            facts.relationships.updateValue(relationships[number].flatMap { $0.project == project ? $0.record : nil }, forKey: number)
        }
        for need in needs.forms { facts.forms.updateValue(forms(need, without: needs.memories), forKey: need.entity) }
        for need in needs.facts { facts.facts.updateValue(fact(need, without: needs.memories), forKey: need.relationship) }
        return facts
    }

    private func forms(_ need: RetractionNeeds.Forms, without gone: Set<MemoryNumber>) -> [EntityForm]? {
        var reading = FormsReading(need)
        for memory in entities[need.entity]?.memories ?? [] where !gone.contains(memory) {
            guard let contribution = memories[memory]?.contribution,
                let mention = contribution.mentions.first(where: { $0.entity == need.entity })
            else { continue }
            if reading.hear(mention.forms, version: contribution.version, memory: memory) { break }
        }
        return reading.answer
    }

    private func fact(_ need: RetractionNeeds.Facts, without gone: Set<MemoryNumber>) -> Contribution.Fact? {
        var reading = FactsReading(need)
        for memory in relationships[need.relationship]?.memories ?? [] where !gone.contains(memory) {
            guard let contribution = memories[memory]?.contribution else { continue }
            let statement = contribution.statements.first { $0.relationship == need.relationship }
            if reading.hear(statement ?? .init(need.relationship), version: contribution.version, memory: memory) { break }
        }
        return reading.answer
    }

    private func neighbours(of entity: EntityNumber, in project: ProjectNumber) -> [GraphFacts.Neighbour] {
        guard let row = entities[entity], row.project == project else { return [] }
        var weights: [EntityNumber: Int] = [:]
        for edge in row.edges {
            guard let record = relationships[edge]?.record else { continue }
            weights[record.source == entity ? record.target : record.source, default: 0] += record.weight
        }
        return weights.sorted { $0.key < $1.key }.map {
            GraphFacts.Neighbour(entity: $0.key, community: entities[$0.key]?.record.community, weight: $0.value)
        }
    }

    func schema(of project: ProjectNumber) -> [SchemaView] { projects[project]?.graph.schema ?? [] }
}
