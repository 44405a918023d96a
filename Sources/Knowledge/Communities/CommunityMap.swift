/// Who belongs where: the part of a project's communities that is held in memory, and how it follows the edges that land.
///
/// Communities are kept by local moves of weighted modularity (V. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre,
/// "Fast unfolding of communities in large networks", 2008), only of those vertices that an update touches, as dynamic
/// Louvain methods do with their frontier (S. Sahu, "DF Louvain: Fast Incrementally Expanding Approach for Community
/// Detection on Dynamic Graphs", 2024). The frontier here is the ends of the new edges and does not expand, and nothing
/// is aggregated: the cost of an update is bounded by its edges and the neighbours looked at, whatever the graph's size.
/// What that costs in quality a detection over the whole graph can make up for at leisure.
struct CommunityMap: Sendable {
    /// An edge that is new or has become heavier by `weight`; lighter, or gone, if that is negative.
    struct Edge: Sendable {
        var source: EntityNumber
        var target: EntityNumber
        var weight: Int
    }

    /// How often the touched vertices are considered at most.
    static let passes = 2

    /// The sum of all edge weights of the graph (m of modularity).
    private(set) var totalWeight: Int
    private(set) var records: [CommunityNumber: CommunityRecord] = [:]
    /// The community of every entity of which it is known.
    private(set) var homes: [EntityNumber: CommunityNumber] = [:]
    private(set) var neighbourhoods: [EntityNumber: Neighbourhood] = [:]
    /// How many neighbours all of ``neighbourhoods`` have.
    private(set) var tieCount = 0

    init(totalWeight: Int) {
        self.totalWeight = totalWeight
    }

    var heldItems: Int { records.count + homes.count + neighbourhoods.count + tieCount }

    // MARK: Filling: what is held is newer than what is read

    mutating func fill(_ record: CommunityRecord) {
        if records[record.number] == nil { records[record.number] = record }
    }

    mutating func fill(home: CommunityNumber?, of entity: EntityNumber) {
        if let home, homes[entity] == nil { homes[entity] = home }
    }

    mutating func fill(_ neighbours: [GraphFacts.Neighbour], of entity: EntityNumber) {
        for neighbour in neighbours { fill(home: neighbour.community, of: neighbour.entity) }
        guard neighbourhoods[entity] == nil else { return }
        neighbourhoods[entity] = Neighbourhood(ties: neighbours.map { .init(entity: $0.entity, weight: $0.weight) })
        tieCount += neighbours.count
    }

    /// Takes in an entity that has no edges yet, or had some that are to be landed with negative weight.
    mutating func insert(_ entity: EntityNumber) {
        if neighbourhoods[entity] == nil { neighbourhoods[entity] = Neighbourhood() }
    }

    // MARK: Landing

    /// Adds the edges, then lets their ends move to the neighbouring community that gains the most modularity.
    /// - Parameters:
    ///   - edges: without loops.
    ///   - mayMove: whether an entity has few enough neighbours to be looked at; the others' neighbourhoods are let go.
    ///   - isLoose: whether an entity has no edge left: it belongs to no community then.
    /// - Returns: the ends in ascending order, and what became of the communities.
    /// - Precondition: held are the neighbourhoods of the ends that may move, and the communities of all ends and neighbours.
    /// - Complexity: O(e·n·log n) for e edges whose ends have at most n neighbours.
    mutating func land(
        _ edges: [Edge], mayMove: (EntityNumber) -> Bool, isLoose: (EntityNumber) -> Bool = { _ in false }, at now: Timestamp,
        numbering: GraphNumbering
    ) -> (ends: [EntityNumber], changes: CommunityChanges) {
        var journal = Journal()
        let ends = Set(edges.lazy.flatMap { [$0.source, $0.target] }).sorted()
        for end in ends where homes[end] == nil { settle(end, at: now, numbering: numbering, journal: &journal) }
        let oldHomes = ends.map { homes[$0] }
        for edge in edges { add(edge, journal: &journal) }
        var frontier: [EntityNumber] = []
        for end in ends {
            if isLoose(end) {
                leave(end, journal: &journal)
            } else if mayMove(end) {
                frontier.append(end)
            } else if let dropped = neighbourhoods.removeValue(forKey: end) {
                tieCount -= dropped.ties.count
            }
        }
        for _ in 0..<Self.passes {
            var moved = false
            for entity in frontier where considerMove(of: entity, journal: &journal) { moved = true }
            if !moved { break }
        }
        // Only now: who joined and left again did not form anything.
        for (end, old) in zip(ends, oldHomes) {
            guard let old, homes[end] != old else { continue }
            records[old]?.formedAt = now
            if let new = homes[end] { records[new]?.formedAt = now }
        }
        return (ends, changes(since: journal))
    }

    /// Gives an entity a community of its own.
    private mutating func settle(_ entity: EntityNumber, at now: Timestamp, numbering: GraphNumbering, journal: inout Journal) {
        let number = numbering.community()
        let weight = neighbourhoods[entity]?.weight ?? 0
        journal.note(number, nil)
        records[number] = CommunityRecord(
            number: number, id: numbering.identifier(), memberCount: 1, totalWeight: weight, createdAt: now, formedAt: now)
        homes[entity] = number
    }

    /// Takes an entity out of its community; it has no weight there any more.
    private mutating func leave(_ entity: EntityNumber, journal: inout Journal) {
        guard let home = homes.removeValue(forKey: entity) else { return }
        journal.note(home, records[home])
        records[home]?.memberCount -= 1
        if records[home]?.memberCount == 0 { records[home] = nil }
    }

    private mutating func add(_ edge: Edge, journal: inout Journal) {
        totalWeight += edge.weight
        for (end, other) in [(edge.source, edge.target), (edge.target, edge.source)] {
            if let home = homes[end] {
                journal.note(home, records[home])
                records[home]?.totalWeight += edge.weight
            }
            if let before = neighbourhoods[end]?.ties.count {
                neighbourhoods[end]?.add(edge.weight, to: other)
                tieCount += (neighbourhoods[end]?.ties.count ?? 0) - before
            }
        }
    }

    /// Moves the entity if that gains modularity; among equals to the community of the lowest number.
    ///
    /// What an entity v adds to the modularity as a member of C is, times 2m², `2m·w(v→C∖v) − k(v)·Σtot(C∖v)`: whole
    /// numbers, compared exactly.
    private mutating func considerMove(of entity: EntityNumber, journal: inout Journal) -> Bool {
        guard let home = homes[entity], let neighbourhood = neighbourhoods[entity], let homeRecord = records[home] else { return false }
        var choices: [(community: CommunityNumber, weight: Int)] = []
        choices.reserveCapacity(neighbourhood.ties.count)
        for tie in neighbourhood.ties {
            if let community = homes[tie.entity] { choices.append((community, tie.weight)) }
        }
        choices.sort { $0.community < $1.community }
        let twiceTotal = Int128(totalWeight) * 2
        let own = Int128(neighbourhood.weight)
        var inside = 0
        for choice in choices where choice.community == home { inside += choice.weight }
        var best = (community: home, score: twiceTotal * Int128(inside) - own * (Int128(homeRecord.totalWeight) - own))
        var index = 0
        while index < choices.count {
            let community = choices[index].community
            var weight = 0
            while index < choices.count, choices[index].community == community {
                weight += choices[index].weight
                index += 1
            }
            guard community != home, let record = records[community] else { continue }
            let score = twiceTotal * Int128(weight) - own * Int128(record.totalWeight)
            if score > best.score { best = (community, score) }
        }
        guard best.community != home else { return false }
        move(entity, weight: neighbourhood.weight, from: home, to: best.community, journal: &journal)
        return true
    }

    private mutating func move(
        _ entity: EntityNumber, weight: Int, from old: CommunityNumber, to new: CommunityNumber, journal: inout Journal
    ) {
        journal.note(old, records[old])
        journal.note(new, records[new])
        homes[entity] = new
        records[new]?.memberCount += 1
        records[new]?.totalWeight += weight
        records[old]?.memberCount -= 1
        records[old]?.totalWeight -= weight
        if records[old]?.memberCount == 0 { records[old] = nil }
    }

    // MARK: Changes

    /// What the communities were before.
    private struct Journal {
        var before: [CommunityNumber: CommunityRecord?] = [:]

        mutating func note(_ number: CommunityNumber, _ record: CommunityRecord?) {
            if before[number] == nil { before[number] = .some(record) }
        }
    }

    private func changes(since journal: Journal) -> CommunityChanges {
        var changes = CommunityChanges()
        for (number, before) in journal.before.sorted(by: { $0.key < $1.key }) {
            switch (before, records[number]) {
            case (nil, let now?): changes.new.append(now)
            case (_?, nil): changes.removed.append(number)
            case (let before?, let now?): if before != now { changes.changed.append(now) }
            case (nil, nil): break  // Made and emptied at once: nobody outside ever heard of it.
            }
        }
        return changes
    }
}

/// What became of communities, each list in ascending order of number, a community in one of them.
struct CommunityChanges: Sendable, Equatable {
    var new: [CommunityRecord] = []
    var changed: [CommunityRecord] = []
    var removed: [CommunityNumber] = []

    var count: Int { new.count + changed.count + removed.count }
}
