import Testing

@testable import Knowledge

/// What of a graph is held in memory makes no difference to what becomes of it.
@Suite struct GraphHoldingTests {
    /// Episodes about a few people with many spellings, so that names meet in every way.
    static func episodes(_ count: Int, seed: UInt64) -> [Extraction] {
        var random = SplitMix64(seed: seed)
        let first = ["Jane", "John", "Ada", "Émile", "Li"]
        let last = ["Smith", "Doe", "Lovelace", "Zola", "Wei", "O’Neil"]
        let things = ["Apollo", "The Guardian", "Mercury", "Paris", "C++", "Acme Inc.", "Jane"]
        let types = ["Organization", "Topic", "Entity", "Location", "CreativeWork", "organization", "Person"]
        func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
        return (0..<count).map { _ in
            var extraction = Extraction()
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                var name: String
                var type = "Person"
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<2: name = pick(first)
                case 2..<5: name = pick(first) + " " + pick(last)
                case 5: name = pick(["Dr. ", "Mrs ", "Sir "]) + pick(last)
                default:
                    name = pick(things)
                    type = pick(types)
                }
                switch Int.random(in: 0..<6, using: &random) {
                case 0: name = name.uppercased()
                case 1: name += "'s"
                case 2: name = "“\(name)”"
                default: break
                }
                let description = Int.random(in: 0..<4, using: &random) == 0 ? "about \(name)" : nil
                extraction.entities.append(ExtractedEntity(name: name, type: type, description: description))
            }
            guard !extraction.entities.isEmpty else { return extraction }
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                extraction.relationships.append(
                    ExtractedRelationship(
                        source: Int.random(in: 0..<extraction.entities.count, using: &random),
                        target: Int.random(in: 0..<extraction.entities.count, using: &random), type: pick(["KNOWS", "LIKES"]), fact: "f"))
            }
            return extraction
        }
    }

    @Test(arguments: 1...12) func evictionChangesNothing(seed: UInt64) {
        var store = ReferenceGraph()
        var kept = ProjectGraph(header: store.header)
        var dropped = ProjectGraph(header: store.header)
        let numbering = (GraphNumbering.counting(), GraphNumbering.counting(), GraphNumbering.counting())
        var random = SplitMix64(seed: seed)
        for (index, episode) in Self.episodes(150, seed: seed).enumerated() {
            let second = Int64(index)
            var fresh = ProjectGraph(header: store.header)
            if Int.random(in: 0..<5, using: &random) == 0 { dropped = ProjectGraph(header: store.header) }
            let delta = kept.take(episode, at: second, from: store, numbering.0)
            #expect(fresh.take(episode, at: second, from: store, numbering.1) == delta)
            #expect(dropped.take(episode, at: second, from: store, numbering.2) == delta)
            store.apply(delta)
            store.expectInvariants()
            #expect(kept.header == store.header)
            #expect(kept.missing(for: episode).isEmpty)
        }
        #expect(store.communities.count > 1 || store.entities.count < 5)
    }

    /// A chain of episodes is integrated before any of them is in the store.
    @Test(arguments: 1...12) func uncommittedChainsAreAsGood(seed: UInt64) {
        let episodes = Self.episodes(150, seed: seed &+ 100)
        var store = ReferenceGraph()
        var behind = ReferenceGraph()
        var steady = ProjectGraph(header: store.header)
        var ahead = ProjectGraph(header: store.header)
        let numbering = (GraphNumbering.counting(), GraphNumbering.counting())
        var waiting: [GraphDelta] = []
        for (index, episode) in episodes.enumerated() {
            let expected = steady.take(episode, at: Int64(index), from: store, numbering.0)
            store.apply(expected)
            let delta = ahead.take(episode, at: Int64(index), from: behind, numbering.1)
            #expect(delta == expected)
            waiting.append(delta)
            if waiting.count > 32 { behind.apply(waiting.removeFirst()) }
        }
        for delta in waiting { behind.apply(delta) }
        #expect(behind.portrait == store.portrait)
    }

    /// Two lanes share the value: one's readings arrive after the other's episode was integrated, or committed too.
    @Test(arguments: 1...12) func lateReadingsDoNoHarm(seed: UInt64) {
        let episodes = Self.episodes(150, seed: seed &+ 200)
        var store = ReferenceGraph()
        var shared = ProjectGraph(header: store.header)
        let numbering = (GraphNumbering.counting(), GraphNumbering.counting())
        var random = SplitMix64(seed: seed)
        for index in stride(from: 0, to: episodes.count, by: 2) {
            if Int.random(in: 0..<4, using: &random) == 0 { shared = ProjectGraph(header: store.header) }
            // The second of the two reads first, some rounds of it, and the last answer comes late.
            let late = episodes[index + 1]
            var facts = GraphFacts()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                shared.fill(facts)
                facts = store.facts(for: shared.missing(for: late))
            }
            for (offset, episode) in [episodes[index], late].enumerated() {
                var fresh = ProjectGraph(header: store.header)
                let expected = fresh.take(episode, at: Int64(index + offset), from: store, numbering.0)
                #expect(shared.take(episode, at: Int64(index + offset), from: store, numbering.1) == expected)
                store.apply(expected)
                if offset == 0 { shared.fill(facts) }
            }
        }
    }

    @Test func numbersAndIdentifiersChangeNothing() {
        let episodes = Self.episodes(200, seed: 42)
        var portraits: Set<Set<String>> = []
        for numbering in [GraphNumbering.counting(), .counting(from: 1_000_000, step: 17)] {
            var store = ReferenceGraph()
            var graph = ProjectGraph(header: store.header)
            for (index, episode) in episodes.enumerated() { store.apply(graph.take(episode, at: Int64(index), from: store, numbering)) }
            portraits.insert(store.portrait)
        }
        #expect(portraits.count == 1)
    }

    /// A value that is held is newer than one that is read.
    @Test func fillingKeepsWhatIsHeld() {
        var store = ReferenceGraph()
        var graph = ProjectGraph(header: store.header)
        let numbering = GraphNumbering.counting()
        let episode = worksAt("Ada Lovelace", "Acme")
        store.apply(graph.take(episode, at: 1, from: store, numbering))
        let before = graph.missing(for: episode)
        #expect(before.isEmpty)
        var stale = ProjectGraph(header: store.header)
        let needs = stale.fill(for: episode, from: store)
        _ = graph.take(episode, at: 2, from: store, numbering)
        let held = graph.heldItems
        for round in needs { graph.fill(store.facts(for: round)) }
        #expect(graph.heldItems == held)
        let delta = graph.take(episode, at: 3, from: store, numbering)
        #expect(delta.changedEntities.map(\.mentionCount) == [3, 3])
        #expect(delta.changedRelationships.map(\.weight) == [3])
        #expect(delta.changedCommunities.map(\.totalWeight) == [6])
    }

    // MARK: Hubs

    @Test func hubIsBounded() throws {
        var store = ReferenceGraph()
        let numbering = GraphNumbering.counting()
        var read = 0
        for index in 0..<1200 {
            let episode = worksAt("Person\(index) Number\(index)", "Hub")
            // Nothing is held: the worst case for reading.
            var graph = ProjectGraph(header: store.header)
            let rounds = graph.fill(for: episode, from: store)
            let facts = rounds.map { store.facts(for: $0) }
            read = facts.flatMap(\.neighbourhoods.values).reduce(0) { $0 + $1.count }
            #expect(read <= ProjectGraph.neighbourhoodLimit)
            if index > ProjectGraph.neighbourhoodLimit {
                #expect(read == 0)
                #expect(rounds.allSatisfy { $0.neighbourhoods.isEmpty })
                #expect(graph.heldItems < 20)
            }
            store.apply(graph.take(episode, at: Int64(index), from: store, numbering))
        }
        store.expectInvariants()
        let hub = try #require(store.entities.values.first { $0.name == "Hub" })
        #expect(hub.degree == 1200)
        #expect(store.communities.count == 1)
    }

    /// A hub's neighbourhood is let go when it grows past the limit, in the same way whether it was held or not.
    @Test func crossingTheLimitInOneEpisode() {
        var store = ReferenceGraph()
        var kept = ProjectGraph(header: store.header)
        let numbering = (GraphNumbering.counting(), GraphNumbering.counting())
        for round in 0..<4 {
            var episode = Extraction(entities: [ExtractedEntity(name: "Hub", type: "Organization")])
            for index in 0..<100 {
                episode.entities.append(ExtractedEntity(name: "Part \(round) \(index)", type: "Product"))
                episode.relationships.append(ExtractedRelationship(source: 0, target: index + 1, type: "HAS", fact: ""))
            }
            var fresh = ProjectGraph(header: store.header)
            let delta = kept.take(episode, at: Int64(round), from: store, numbering.0)
            #expect(fresh.take(episode, at: Int64(round), from: store, numbering.1) == delta)
            store.apply(delta)
            store.expectInvariants()
        }
        #expect(kept.communities.neighbourhoods.values.allSatisfy { $0.ties.count <= ProjectGraph.neighbourhoodLimit })
    }

    @Test func heldItemsAreCounted() {
        var project = TestProject()
        for episode in Self.episodes(100, seed: 9) { project.take(episode) }
        let ties = project.graph.communities.neighbourhoods.values.reduce(0) { $0 + $1.ties.count }
        #expect(project.graph.communities.tieCount == ties)
        #expect(project.graph.heldItems > ties)
    }
}
