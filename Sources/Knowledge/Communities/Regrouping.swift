/// What a detection over a project's whole graph changes: made for one version of the graph, and applied to exactly that or not at all.
package struct Regrouping: Sendable, Equatable {
    /// An entity that changes its community; `nil` is none.
    package struct Move: Sendable, Equatable {
        package var entity: EntityNumber
        package var community: CommunityNumber?

        package init(entity: EntityNumber, community: CommunityNumber?) {
            self.entity = entity
            self.community = community
        }
    }

    /// The graph's version before; afterwards it is one more.
    package var baseVersion: Int64
    package var new: [CommunityRecord] = []
    package var changed: [CommunityRecord] = []
    package var removed: [CommunityNumber] = []
    /// In ascending order of entity.
    package var moves: [Move] = []
    /// All communities that there are afterwards.
    package var communityCount = 0
    /// Pairs of entities that are connected.
    package var edgeCount = 0
    package var modularity = 0.0

    package init(baseVersion: Int64) {
        self.baseVersion = baseVersion
    }

    /// Detects the communities of a snapshot. A community that largely persists stays the same one: each new one takes the identity of the old one
    /// with which it shares the most members, the largest overlaps first; ties go to the older, then to the community of the lower entity.
    /// Entities without edges have no community.
    /// - Parameter isCancelled: asked now and then; when it says so, the result is `nil`.
    /// - Complexity: that of ``Leiden``, and O(n log n) for the matching.
    package init?(
        of snapshot: EdgeSnapshot, by leiden: Leiden, at now: Timestamp, numbering: GraphNumbering, isCancelled: () -> Bool = { false }
    ) {
        self.init(baseVersion: snapshot.version)
        let entities = Set(snapshot.edges.lazy.flatMap { [$0.source, $0.target] }).sorted()
        let nodes = Dictionary(uniqueKeysWithValues: zip(entities, 0...))
        let graph = WeightedGraph(
            nodeCount: entities.count,
            edges: snapshot.edges.compactMap { edge in
                guard let source = nodes[edge.source], let target = nodes[edge.target] else { return nil }
                return WeightedGraph.Edge(source: source, target: target, weight: Double(edge.weight))
            })
        guard let communities = leiden.communities(of: graph, isCancelled: isCancelled) else { return nil }
        communityCount = Int((communities.max() ?? -1) + 1)
        edgeCount = graph.edgeCount
        modularity = graph.modularity(of: communities)
        let old = Dictionary(uniqueKeysWithValues: snapshot.communities.map { ($0.number, $0) })
        let overlaps = Overlaps(entities.map { snapshot.homes[$0] }, communities)
        let heirs = overlaps.heirs()

        var sizes = [Int](repeating: 0, count: communityCount)
        var weights = [Double](repeating: 0, count: communityCount)
        for (node, community) in communities.enumerated() {
            sizes[Int(community)] += 1
            weights[Int(community)] += graph.strengths[node]
        }
        var numbers: [CommunityNumber] = []
        for community in 0..<communityCount {
            var record: CommunityRecord
            if let number = heirs[community], let before = old[number] {
                record = before
                let isUnchanged = before.memberCount == sizes[community] && overlaps.count(number, community) == sizes[community]
                if !isUnchanged { record.formedAt = now }
            } else {
                record = CommunityRecord(
                    number: numbering.community(), id: numbering.identifier(), memberCount: 0, totalWeight: 0, createdAt: now, formedAt: now
                )
            }
            record.memberCount = sizes[community]
            record.totalWeight = Int(weights[community])
            numbers.append(record.number)
            if old[record.number] == nil { new.append(record) } else if old[record.number] != record { changed.append(record) }
        }
        let kept = Set(numbers)
        removed = snapshot.communities.map(\.number).filter { !kept.contains($0) }
        for (node, entity) in entities.enumerated() where snapshot.homes[entity] != numbers[Int(communities[node])] {
            moves.append(Move(entity: entity, community: numbers[Int(communities[node])]))
        }
        for entity in snapshot.homes.keys where nodes[entity] == nil { moves.append(Move(entity: entity, community: nil)) }
        moves.sort { $0.entity < $1.entity }
    }

    /// How many members old and new communities share.
    private struct Overlaps {
        private struct Pair: Hashable {
            let old: CommunityNumber
            let new: Int
        }

        private var counts: [Pair: Int] = [:]

        init(_ homes: [CommunityNumber?], _ communities: [Int32]) {
            for (home, community) in zip(homes, communities) {
                if let home { counts[Pair(old: home, new: Int(community)), default: 0] += 1 }
            }
        }

        func count(_ old: CommunityNumber, _ new: Int) -> Int { counts[Pair(old: old, new: new)] ?? 0 }

        /// The old community that each new one goes on as.
        func heirs() -> [Int: CommunityNumber] {
            let order = counts.sorted { left, right in
                (-left.value, left.key.old.rawValue, left.key.new) < (-right.value, right.key.old.rawValue, right.key.new)
            }
            var heirs: [Int: CommunityNumber] = [:]
            var taken: Set<CommunityNumber> = []
            for (pair, _) in order where heirs[pair.new] == nil && !taken.contains(pair.old) {
                heirs[pair.new] = pair.old
                taken.insert(pair.old)
            }
            return heirs
        }
    }
}
