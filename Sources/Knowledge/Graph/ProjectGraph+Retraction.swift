extension ProjectGraph {
    /// Begins to take contributions out. Read what ``missingForRetraction()`` says, ``fill(_:)`` it until nothing is missing, call
    /// ``retract(at:)``, and integrate what comes instead (or an extraction of nothing): one delta does both.
    ///
    /// By names the graph then is the one that would be if those memories had never been, and what comes instead had come now; wherever names have
    /// settled on their entities without the help of a name that goes. Who is named again, and what is stated again, keeps number and id.
    ///
    /// - Parameters:
    ///   - contributions: as the store has them at this value's ``version``, and nothing uncommitted has been planned on that.
    ///   - replaced: whose new content is integrated.
    package mutating func beginRetraction(of contributions: [Contribution], replaced: MemoryNumber? = nil) {
        retraction = RetractionInHand(contributions, replaced: replaced)
    }

    /// What must be read before ``retract(at:)``. Ask again after each ``fill(_:)``: after at most three nothing is missing.
    /// - Complexity: linear in the contributions.
    package func missingForRetraction() -> GraphNeeds {
        var needs = GraphNeeds()
        guard let retraction, !retraction.isDone else { return needs }
        var own = RetractionNeeds(memories: retraction.memories)
        own.entities = retraction.naming.keys.filter { entities[$0] == nil && !retraction.absentEntities.contains($0) }.sorted()
        own.relationships = retraction.stating.keys.filter { retraction.edges[$0] == nil }.sorted()
        if own.isEmpty {
            for (number, naming) in retraction.naming.sorted(by: { $0.key < $1.key }) where retraction.forms[number] == nil {
                guard let record = entities[number], record.mentionCount > naming.count else { continue }
                own.forms.append(.init(entity: number, retracted: retraction.retractedForms(of: record)))
            }
            for (number, stating) in retraction.stating.sorted(by: { $0.key < $1.key }) where retraction.facts[number] == nil {
                guard let edge = retraction.edges[number] ?? nil, edge.weight > stating.count, retraction.hasRetractedFact(edge) else {
                    continue
                }
                own.facts.append(.init(relationship: number, firstRetracted: stating.first))
            }
        }
        if own.isEmpty {
            var asked: Set<String> = []
            for (number, _) in retraction.naming.sorted(by: { $0.key < $1.key }) {
                for key in keys(of: number) where names[key] == nil && asked.insert(key).inserted { needs.names.append(key) }
            }
        } else {
            needs.retraction = own
        }
        return needs
    }

    /// The keys under which an entity may have been found because of the forms that go, or may be from now on.
    private func keys(of number: EntityNumber) -> [String] {
        guard let retraction, let record = entities[number] else { return [] }
        let forms = Array(retraction.retractedForms(of: record).keys) + ((retraction.forms[number] ?? nil) ?? [])
        return Set(forms.flatMap { ResolutionKey(name: $0.name, type: $0.type).all }).sorted()
    }

    /// Takes the contributions out of this value.
    /// - Precondition: ``missingForRetraction()`` is empty.
    package mutating func retract(at now: Timestamp) {
        guard let retraction, !retraction.isDone else { return }
        assert(missingForRetraction().isEmpty, "contributions are taken out before all that needs is read")
        self.retraction?.isDone = true
        for (number, stating) in retraction.stating.sorted(by: { $0.key < $1.key }) {
            guard let edge = retraction.edges[number] ?? nil else { continue }
            unstate(edge, times: stating.count, fact: retraction.facts[number] ?? nil, at: now)
        }
        for (number, naming) in retraction.naming.sorted(by: { $0.key < $1.key }) {
            unname(number, times: naming.count, forms: retraction.forms[number] ?? nil, at: now)
        }
    }

    private mutating func unstate(_ read: RelationshipRecord, times: Int, fact: Contribution.Fact?, at now: Timestamp) {
        let key = RelationshipKey(source: read.source, target: read.target, type: read.type)
        var record = (relationships[key] ?? nil) ?? read
        retraction?.loosened.append(.init(source: key.source, target: key.target, weight: -min(times, record.weight)))
        record.weight -= times
        guard record.weight > 0 else {
            relationships[key] = .some(nil)
            entities[key.source]?.degree -= 1
            entities[key.target]?.degree -= 1
            retraction?.orphanedEdges[key] = record
            return
        }
        if let fact {
            record.fact = fact.text
            record.validAt = fact.validAt
        }
        record.updatedAt = now
        relationships[key] = .some(record)
        retraction?.changedEdges.append(key)
    }

    private mutating func unname(_ number: EntityNumber, times: Int, forms: [EntityForm]?, at now: Timestamp) {
        guard var record = entities[number] else { return }
        let keys = keys(of: number)
        record.mentionCount -= times
        record.updatedAt = now
        guard record.mentionCount > 0 || record.degree > 0 else {
            for key in keys { remove(number, from: key) }
            for key in keys { retraction?.orphansByKey[key, default: []].append(number) }
            retraction?.orphans[number] = record
            entities[number] = nil
            return
        }
        if let forms, let fold = EntityFold(forms) {
            record.name = fold.name
            record.type = fold.type
            record.summary = fold.summary
            for key in keys where !fold.keys.contains(key) { remove(number, from: key) }
            for key in fold.keys { add(number, to: key) }
        }
        entities[number] = record
        retraction?.changedEntities.append(number)
    }

    private mutating func remove(_ number: EntityNumber, from key: String) {
        guard let place = names[key]?.firstIndex(of: number) else { return }
        names[key]?.remove(at: place)
        retraction?.removedNames.append(EntityName(key: key, entity: number))
    }

    private mutating func add(_ number: EntityNumber, to key: String) {
        let held = names[key] ?? []
        guard !held.contains(number), held.count < Resolver.limit(of: key) else { return }
        names[key] = (held + [number]).sorted()
        retraction?.newNames.append(EntityName(key: key, entity: number))
    }

    /// Puts into the delta of an integration what the retraction before it has left.
    mutating func endRetraction(in delta: inout GraphDelta) {
        guard let retraction else { return }
        var gone = GraphDelta.Retraction()
        gone.memories = retraction.memories.sorted()
        gone.entities = retraction.orphans.keys.sorted()
        gone.relationships = retraction.orphanedEdges.values.map(\.number).sorted()
        // What was taken from a name and given to it again stays.
        let (lost, won) = (Set(retraction.removedNames), Set(retraction.newNames + delta.newNames))
        gone.names = retraction.removedNames.filter { !won.contains($0) }
        delta.newNames = (retraction.newNames + delta.newNames).filter { !lost.contains($0) }
        let named = Set(delta.mentions.map(\.entity))
        delta.changedEntities += retraction.changedEntities.filter { !named.contains($0) }.compactMap { entities[$0] }
        let stated = Set(delta.changedRelationships.map(\.number))
        delta.changedRelationships += retraction.changedEdges.compactMap { relationships[$0] ?? nil }.filter { !stated.contains($0.number) }
        let restated = Set(delta.statements.map(\.relationship))
        for contribution in retraction.contributions {
            let isReplaced = contribution.memory == retraction.replaced
            for mention in contribution.mentions where !(isReplaced && named.contains(mention.entity)) {
                gone.unnamed.append(.init(entity: mention.entity, memory: contribution.memory))
            }
            for statement in contribution.statements where !(isReplaced && restated.contains(statement.relationship)) {
                gone.unstated.append(.init(relationship: statement.relationship, memory: contribution.memory))
            }
        }
        delta.retraction = gone
        delta.receipt.removed = .init(entities: gone.entities.count, relationships: gone.relationships.count)
    }
}
