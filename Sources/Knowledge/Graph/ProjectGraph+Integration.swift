extension ProjectGraph {
    /// Applies an episode to this value and says what changed.
    ///
    /// - A relationship is one by its ends and its type. Stated again it gains weight, one for each episode however often the
    ///   episode repeats it, and keeps its first fact. One whose ends resolve to the same node is dropped.
    /// - A node's type is the stronger of those seen, its summary the longest description.
    /// - A retraction that was begun comes to its end in the same delta. The value must be dropped then.
    ///
    /// - Parameters:
    ///   - now: when the episode is taken in.
    ///   - happenedAt: the episode's own time; from then on its new relationships hold.
    ///   - communitiesStage: called once, between schema and communities.
    /// - Precondition: ``missing(for:)`` is empty for the extraction.
    /// - Complexity: linear in the extraction, and in the neighbours of the ends of its relationships, of which at most
    ///   ``neighbourhoodLimit`` each are looked at; the graph's size has no part in it.
    package mutating func integrate(
        _ extraction: Extraction, at now: Timestamp, happenedAt: Timestamp?, numbering: GraphNumbering, communitiesStage: () -> Void
    ) -> GraphDelta {
        assert(missing(for: extraction).isEmpty, "an episode is integrated before all it needs is read")
        var delta = GraphDelta(baseVersion: version)
        let resolution = resolve(extraction)
        let numbers = apply(resolution, at: now, numbering: numbering, to: &delta)
        let edges = applyRelationships(
            of: extraction, resolution, numbers, at: now, happenedAt: happenedAt, numbering: numbering, to: &delta)
        applySchema(of: extraction, resolution, to: &delta)
        communitiesStage()
        let landing = retraction?.landing(with: edges) ?? edges
        let (ends, changes) = communities.land(
            landing, mayMove: { (entities[$0]?.degree ?? 0) <= Self.neighbourhoodLimit }, isLoose: { entities[$0]?.degree ?? 0 == 0 },
            at: now, numbering: numbering)
        for end in ends { entities[end]?.community = communities.homes[end] }
        delta.newCommunities = changes.new
        delta.changedCommunities = changes.changed
        delta.removedCommunities = changes.removed
        for (node, number) in zip(resolution.nodes, numbers) {
            guard let record = entities[number] else { continue }
            if node.number == nil, !(retraction?.revived.contains(number) ?? false) {
                delta.newEntities.append(record)
            } else {
                delta.changedEntities.append(record)
            }
            delta.mentions.append(.init(entity: number, ranges: node.mentions, forms: node.forms))
        }
        delta.addedWeight = landing.reduce(0) { $0 + $1.weight }
        endRetraction(in: &delta)
        delta.receipt.entitiesCreated = delta.newEntities.count
        delta.receipt.entitiesMerged = delta.mentions.count - delta.newEntities.count
        delta.receipt.relationshipsCreated = delta.newRelationships.count
        delta.receipt.schemaAdded = delta.newSchema.count
        delta.receipt.communitiesTouched = changes.count
        if extraction.entities.isEmpty { delta.receipt.warning = "Nothing was extracted from this memory." }
        version += 1
        return delta
    }

    /// Makes and updates the nodes, and lets them be found under their new keys.
    /// - Returns: the numbers of the resolution's nodes.
    private mutating func apply(
        _ resolution: Resolution, at now: Timestamp, numbering: GraphNumbering, to delta: inout GraphDelta
    ) -> [EntityNumber] {
        var numbers: [EntityNumber] = []
        numbers.reserveCapacity(resolution.nodes.count)
        for node in resolution.nodes {
            let number: EntityNumber
            if let known = node.number {
                number = known
                update(known, as: node, at: now)
            } else {
                let orphan = retraction?.revive(for: node)
                number = orphan?.number ?? numbering.entity()
                entities[number] = EntityRecord(
                    number: number, id: orphan?.id ?? numbering.identifier(), name: node.name, type: node.type, summary: node.summary,
                    mentionCount: 1, degree: 0, community: orphan?.community, createdAt: orphan?.createdAt ?? now, updatedAt: now)
                communities.insert(number)
            }
            numbers.append(number)
            for key in node.newKeys {
                names[key, default: []].insertInOrder(number)
                delta.newNames.append(EntityName(key: key, entity: number))
            }
        }
        return numbers
    }

    private mutating func update(_ number: EntityNumber, as node: Resolution.Node, at now: Timestamp) {
        guard var record = entities[number] else { return }
        record.name = node.name
        record.type = node.type
        record.summary = node.summary
        record.mentionCount += 1
        record.updatedAt = now
        entities[number] = record
    }

    /// - Returns: the weight that landed, by edge.
    private mutating func applyRelationships(
        of extraction: Extraction, _ resolution: Resolution, _ numbers: [EntityNumber], at now: Timestamp, happenedAt: Timestamp?,
        numbering: GraphNumbering, to delta: inout GraphDelta
    ) -> [CommunityMap.Edge] {
        var edges: [CommunityMap.Edge] = []
        var stated: Set<RelationshipKey> = []
        for relationship in extraction.relationships {
            guard let ends = resolution.ends(of: relationship) else { continue }
            let key = RelationshipKey(source: numbers[ends.source], target: numbers[ends.target], type: relationship.type)
            guard stated.insert(key).inserted else { continue }
            let record: RelationshipRecord
            var fact: Contribution.Fact?
            if var known = relationships[key] ?? nil {
                known.weight += 1
                known.updatedAt = now
                record = known
                fact = Contribution.Fact(relationship.fact, validAt: happenedAt)
                delta.changedRelationships.append(known)
            } else if var orphan = retraction?.orphanedEdges.removeValue(forKey: key) {
                orphan.fact = relationship.fact
                orphan.validAt = happenedAt
                orphan.weight = 1
                orphan.updatedAt = now
                record = orphan
                delta.changedRelationships.append(orphan)
                entities[key.source]?.degree += 1
                entities[key.target]?.degree += 1
            } else {
                record = RelationshipRecord(
                    number: numbering.relationship(), id: numbering.identifier(), source: key.source, target: key.target, type: key.type,
                    fact: relationship.fact, weight: 1, validAt: happenedAt, invalidAt: nil, createdAt: now, updatedAt: now)
                delta.newRelationships.append(record)
                entities[key.source]?.degree += 1
                entities[key.target]?.degree += 1
            }
            relationships[key] = .some(record)
            delta.statements.append(.init(record.number, fact: fact))
            edges.append(.init(source: key.source, target: key.target, weight: 1))
        }
        return edges
    }

    /// Types as the nodes bear them from now on, in the case in which they are stored.
    private mutating func applySchema(of extraction: Extraction, _ resolution: Resolution, to delta: inout GraphDelta) {
        func add(_ element: SchemaRecord.Element) {
            let record = SchemaRecord(element)
            if schema?.contains(record) == true { return }
            schema = schema ?? []
            schema?.insert(record)
            delta.newSchema.append(record)
        }
        for node in resolution.nodes { add(.entity(name: node.type)) }
        for relationship in extraction.relationships {
            guard let ends = resolution.ends(of: relationship) else { continue }
            add(.edge(name: relationship.type))
            add(
                .mapping(
                    sourceType: resolution.nodes[ends.source].type, edgeType: relationship.type,
                    targetType: resolution.nodes[ends.target].type))
        }
    }
}

extension [EntityNumber] {
    /// Keeps ascending order; new numbers mostly come last.
    fileprivate mutating func insertInOrder(_ number: EntityNumber) {
        var place = endIndex
        while place > startIndex, number < self[place - 1] { place -= 1 }
        insert(number, at: place)
    }
}
