import Testing

@testable import Knowledge

/// A project whose memories change and go; every delta is committed at once.
struct VersionedProject {
    private(set) var store = ReferenceGraph()
    private var graph = ProjectGraph(header: GraphHeader(version: 0, totalWeight: 0))
    private let numbering = GraphNumbering.counting()
    private var second: Int64 = 0
    private var last: Int64 = 0
    /// What each memory says now, and when that happened.
    private(set) var contents: [MemoryNumber: Extraction] = [:]
    private(set) var times: [MemoryNumber: Timestamp?] = [:]
    /// The memories that are there, by the time of their last commit.
    private(set) var order: [MemoryNumber] = []

    @discardableResult
    mutating func ingest(_ content: Extraction, happenedAt: Timestamp? = nil, as number: MemoryNumber? = nil) -> MemoryNumber {
        let memory = number ?? MemoryNumber(last + 1)
        last = max(last, memory.rawValue)
        _ = graph.fill(for: content, from: store)
        keep(content, happenedAt, memory)
        store.apply(integrate(content, happenedAt), memory: memory)
        return memory
    }

    @discardableResult
    mutating func replace(_ memory: MemoryNumber, with content: Extraction, happenedAt: Timestamp? = nil) -> GraphDelta {
        retract([memory], replaced: memory)
        keep(content, happenedAt, memory)
        _ = graph.fill(for: content, from: store)
        let delta = integrate(content, happenedAt)
        store.apply(delta, memory: memory)
        graph = ProjectGraph(header: store.header)
        return delta
    }

    @discardableResult
    mutating func remove(_ memories: [MemoryNumber]) -> GraphDelta {
        retract(memories, replaced: nil)
        _ = graph.fill(for: Extraction(), from: store)
        let delta = integrate(Extraction(), nil)
        store.apply(delta)
        graph = ProjectGraph(header: store.header)
        for memory in memories { contents[memory] = nil }
        order.removeAll(where: memories.contains)
        return delta
    }

    private mutating func retract(_ memories: [MemoryNumber], replaced: MemoryNumber?) {
        let contributions = memories.compactMap { store.contributions[$0] }
        guard !contributions.isEmpty else { return }
        graph.beginRetraction(of: contributions, replaced: replaced)
        for round in 1...4 {
            let needs = graph.missingForRetraction()
            if needs.isEmpty { break }
            #expect(round < 4)
            graph.fill(store.facts(for: needs))
        }
        graph.retract(at: Timestamp(microseconds: second * 1_000_000))
    }

    private mutating func integrate(_ content: Extraction, _ happenedAt: Timestamp?) -> GraphDelta {
        second += 1
        return graph.integrate(
            content, at: Timestamp(microseconds: second * 1_000_000), happenedAt: happenedAt, numbering: numbering, communitiesStage: {})
    }

    private mutating func keep(_ content: Extraction, _ happenedAt: Timestamp?, _ memory: MemoryNumber) {
        contents[memory] = content
        times[memory] = happenedAt
        order.removeAll { $0 == memory }
        order.append(memory)
    }

    /// As an older version would have written the contribution.
    mutating func forgetForms(of memory: MemoryNumber) { store.forgetForms(of: memory) }

    /// `name (type) summary` of every node in the order in which they were made.
    var nodes: [String] {
        store.entities.values.sorted { $0.number < $1.number }.map { "\($0.name) (\($0.type)) \($0.summary)" }
    }

    /// Expects that what is counted and listed is what the contributions say.
    func expectRecounted() {
        var mentions: [EntityNumber: Int] = [:]
        var weights: [RelationshipNumber: Int] = [:]
        var keys: [EntityNumber: Set<String>] = [:]
        for contribution in store.contributions.values {
            for mention in contribution.mentions {
                mentions[mention.entity, default: 0] += 1
                keys[mention.entity, default: []].formUnion(mention.forms.flatMap { ResolutionKey(name: $0.name, type: $0.type).all })
            }
            for statement in contribution.statements { weights[statement.relationship, default: 0] += 1 }
        }
        #expect(store.entities.mapValues(\.mentionCount) == mentions)
        #expect(Dictionary(store.relationships.values.map { ($0.number, $0.weight) }, uniquingKeysWith: +) == weights)
        for (key, entities) in store.names {
            for entity in entities { #expect(keys[entity]?.contains(key) ?? false, "nobody gives \(entity) the name \(key)") }
        }
        for edge in store.relationships.values {
            #expect(store.entities[edge.source] != nil && store.entities[edge.target] != nil)
        }
    }

    /// The graph by names, without its communities: those depend on their history.
    var portrait: Set<String> {
        var lines: Set<String> = []
        func label(_ number: EntityNumber) -> String { store.entities[number].map { "\($0.type) \($0.name)" } ?? "?" }
        for entity in store.entities.values {
            let keys = store.names.filter { $0.value.contains(entity.number) }.keys.sorted()
            lines.insert("\(label(entity.number)) | \(entity.summary) | \(entity.mentionCount) | \(entity.degree) | \(keys)")
        }
        for edge in store.relationships.values {
            let time = edge.validAt.map { String($0.microseconds) } ?? ""
            lines.insert("\(label(edge.source)) \(edge.type) \(label(edge.target)) | \(edge.weight) | \(edge.fact) | \(time)")
        }
        for contribution in store.contributions.values {
            for mention in contribution.mentions { lines.insert("\(contribution.memory) \(label(mention.entity)) \(mention.ranges)") }
        }
        return lines
    }
}

/// What memories in these tests talk about.
struct Vocabulary {
    var random: SplitMix64
    private var said = 0

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Does one thing to a project: mostly takes in a memory, else changes or deletes some.
    mutating func step(_ project: inout VersionedProject, content: (inout Vocabulary) -> Extraction) {
        let happenedAt = Int.random(in: 0..<3, using: &random) == 0 ? nil : Timestamp(microseconds: .random(in: 0..<1000, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: project.remove(some(of: project.order))
        case 2, 3, 4:
            if let memory = project.order.randomElement(using: &random) {
                project.replace(memory, with: content(&self), happenedAt: happenedAt)
            }
        default: project.ingest(content(&self), happenedAt: happenedAt)
        }
    }

    private mutating func some(of memories: [MemoryNumber]) -> [MemoryNumber] {
        Array(memories.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
    }

    private mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &random)] }

    /// Names that lead to one entity each, in many spellings and with descriptions of many lengths: persons with first names of their own, things that are
    /// of one kind or of none.
    mutating func plain() -> Extraction {
        var extraction = Extraction()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            var (name, type) = pick([
                ("Jane", "Person"), ("Jane Smith", "Person"), ("John Doe", "Person"), ("John", "Person"), ("Émile Zola", "Person"),
                ("Acme Inc.", "Organization"), ("Acme Inc.", "Topic"), ("Paris", "Location"), ("Paris", "Entity"), ("C++", "Topic")
            ])
            switch Int.random(in: 0..<4, using: &random) {
            case 0: name = name.uppercased()
            case 1: name = "“\(name)”"
            default: break
            }
            if type == "Location", Int.random(in: 0..<4, using: &random) == 0 { type = "location" }
            let length = Int.random(in: 0...4, using: &random)
            let description = Int.random(in: 0..<2, using: &random) == 0 ? String(repeating: pick(["so", "oh", "hm"]), count: length) : nil
            let start = Int.random(in: 0..<100, using: &random)
            extraction.entities.append(ExtractedEntity(name: name, type: type, description: description, mentions: [start..<start + 3]))
        }
        return relating(extraction)
    }

    /// Names that meet in every way.
    mutating func tangled() -> Extraction {
        relating(GraphHoldingTests.episodes(1, seed: random.next())[0])
    }

    private mutating func relating(_ extraction: Extraction) -> Extraction {
        var extraction = extraction
        extraction.relationships = []
        guard !extraction.entities.isEmpty else { return extraction }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            said += 1
            extraction.relationships.append(
                ExtractedRelationship(
                    source: Int.random(in: 0..<extraction.entities.count, using: &random),
                    target: Int.random(in: 0..<extraction.entities.count, using: &random), type: pick(["KNOWS", "LIKES"]),
                    fact: "fact \(said)"))
        }
        return extraction
    }
}
