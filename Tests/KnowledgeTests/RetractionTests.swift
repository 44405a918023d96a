import Testing

@testable import Knowledge

@Suite struct RetractionTests {
    // MARK: The graph is the one that never saw what went

    /// Random ingests, replacements and deletions leave, by names, the graph of one that saw only what is left, in the order in which it was committed.
    /// That holds where each name leads to one entity whoever else is there; ``Vocabulary/plain`` is made that way.
    @Test(arguments: 1...40) func whatWentLeavesNoTrace(seed: UInt64) {
        var vocabulary = Vocabulary(seed: seed)
        var project = VersionedProject()
        for _ in 0..<80 {
            vocabulary.step(&project, content: { $0.plain() })
            project.store.expectInvariants()
            project.expectRecounted()
        }
        var fresh = VersionedProject()
        for memory in project.order {
            fresh.ingest(project.contents[memory] ?? Extraction(), happenedAt: project.times[memory] ?? nil, as: memory)
        }
        let (got, wanted) = (project.portrait, fresh.portrait)
        #expect(got.subtracting(wanted).sorted() == [])
        #expect(wanted.subtracting(got).sorted() == [])
        project.remove(project.order)
        #expect(project.store.isEmpty)
    }

    /// Whatever the names do to each other, everything counted is right, and nothing is left when all is gone.
    @Test(arguments: 1...40) func countsAreRightWhateverIsNamed(seed: UInt64) {
        var vocabulary = Vocabulary(seed: seed)
        var project = VersionedProject()
        for _ in 0..<80 {
            vocabulary.step(&project, content: { $0.tangled() })
            project.store.expectInvariants()
            project.expectRecounted()
        }
        for memory in project.order.shuffled(using: &vocabulary.random) {
            project.remove([memory])
            project.expectRecounted()
        }
        #expect(project.store.isEmpty)
    }

    @Test(arguments: 1...10) func severalGoAsOneAfterTheOther(seed: UInt64) {
        var vocabulary = Vocabulary(seed: seed)
        var (one, other) = (VersionedProject(), VersionedProject())
        for _ in 0..<30 {
            let content = vocabulary.plain()
            one.ingest(content)
            other.ingest(content)
        }
        let gone = Array(one.order.shuffled(using: &vocabulary.random).prefix(12))
        one.remove(gone)
        for memory in gone { other.remove([memory]) }
        #expect(one.portrait == other.portrait)
        one.store.expectInvariants()
    }

    // MARK: What stays is what it was

    private func works(_ person: String, _ place: String, _ fact: String) -> Extraction {
        Extraction(
            entities: [ExtractedEntity(name: person, type: "Person"), ExtractedEntity(name: place, type: "Organization")],
            relationships: [ExtractedRelationship(source: 0, target: 1, type: "WORKS_AT", fact: fact)])
    }

    @Test func whatIsNamedAgainKeepsNumberAndID() throws {
        var project = VersionedProject()
        let memory = project.ingest(works("Ada", "Acme", "old"))
        let before = project.store
        let delta = project.replace(memory, with: works("Ada Lovelace", "ACME", "new"))
        #expect(delta.newEntities.map(\.name) == ["Ada Lovelace"])
        #expect(delta.changedEntities.map(\.name) == ["ACME"])
        #expect(delta.retraction?.entities.count == 1)
        let again = project.replace(memory, with: works("Ada Lovelace", "Acme", "newest"))
        #expect(again.newEntities.isEmpty && again.newRelationships.isEmpty && again.retraction?.entities == [])
        #expect(again.retraction?.names == [] && again.newNames == [] && again.addedWeight == 0)
        #expect(again.changedRelationships.map(\.fact) == ["newest"])
        #expect(again.receipt.entitiesMerged == 2 && again.receipt.removed == .init(entities: 0, relationships: 0))
        let acme = try #require(before.entities.values.first { $0.name == "Acme" })
        let now = try #require(project.store.entities.values.first { $0.name == "Acme" })
        #expect(now.id == acme.id && now.number == acme.number && now.createdAt == acme.createdAt)
        #expect(project.store.header.version == 3)
    }

    @Test func theFactOfTheNextIsTaken() throws {
        var project = VersionedProject()
        let times = [5, 6, 7].map { Timestamp(microseconds: $0) }
        let memories = zip(["first", "second", "third"], times).map { project.ingest(works("Ada", "Acme", $0), happenedAt: $1) }
        project.remove([memories[1]])
        var edge = try #require(project.store.relationships.values.first)
        #expect(edge.fact == "first" && edge.validAt == times[0] && edge.weight == 2)
        project.remove([memories[0]])
        edge = try #require(project.store.relationships.values.first)
        #expect(edge.fact == "third" && edge.validAt == times[2] && edge.weight == 1)
        project.replace(memories[2], with: works("Ada", "Acme", "last"))
        edge = try #require(project.store.relationships.values.first)
        #expect(edge.fact == "last" && edge.validAt == nil && edge.weight == 1)
    }

    /// Who said it anew said it last, whatever its number.
    @Test func theNextIsTheNextInOrderOfCommit() throws {
        var project = VersionedProject()
        let memories = ["first", "second", "third"].map { project.ingest(works("Ada", "Acme", $0)) }
        project.replace(memories[1], with: works("Ada", "Acme", "second again"))
        project.remove([memories[0]])
        #expect(project.store.relationships.values.map(\.fact) == ["third"])
        project.remove([memories[2]])
        #expect(project.store.relationships.values.map(\.fact) == ["second again"])
    }

    @Test func namesAndTypesAreFoldedAnew() throws {
        var project = VersionedProject()
        func entity(_ name: String, _ type: String, _ description: String? = nil) -> Extraction {
            Extraction(entities: [ExtractedEntity(name: name, type: type, description: description)])
        }
        let memories = [
            entity("Jane", "Person"), entity("Jane Smith", "Person", "the longest of all"), entity("JANE", "Person", "short"),
            entity("Mercury", "Topic"), entity("Mercury", "Planet"), entity("mercury", "Entity")
        ].map { project.ingest($0) }
        #expect(project.nodes == ["Jane Smith (Person) the longest of all", "Mercury (Planet) "])
        project.remove([memories[1], memories[4]])
        #expect(project.nodes == ["Jane (Person) short", "Mercury (Topic) "])
        #expect(Set(project.store.names.keys) == ["n:jane", "f:jane", "n:mercury"])
        project.remove([memories[0], memories[3]])
        #expect(project.nodes == ["JANE (Person) short", "mercury (Entity) "])
    }

    @Test func communitiesAreLeftAndClosed() {
        var project = VersionedProject()
        let first = project.ingest(works("Ada", "Acme", "f"))
        let second = project.ingest(works("Bob", "Acme", "f"))
        project.ingest(Extraction(entities: [ExtractedEntity(name: "Bob", type: "Person")]))
        #expect(project.store.communities.values.map(\.memberCount) == [3])
        let delta = project.remove([second])
        #expect(delta.changedCommunities.map(\.memberCount) == [2] && delta.changedCommunities.map(\.totalWeight) == [2])
        #expect(project.store.entities.values.first { $0.name == "Bob" }?.community == nil)
        let last = project.remove([first])
        #expect(last.removedCommunities.count == 1 && project.store.communities.isEmpty && last.addedWeight == -1)
        #expect(project.nodes == ["Bob (Person) "])
    }

    // MARK: What it costs

    @Test func hubsAreNotReadThrough() {
        let form = EntityForm(name: "Acme", type: "Organization")
        func heard(retracted: [EntityForm: Int64], _ forms: (Int) -> [EntityForm]) -> (count: Int, answer: [EntityForm]?) {
            var reading = FormsReading(.init(entity: EntityNumber(1), retracted: retracted))
            for index in 1...10_000 where reading.hear(forms(index), version: Int64(index), memory: MemoryNumber(Int64(index))) {
                return (index, reading.answer)
            }
            return (10_000, reading.answer)
        }
        // An earlier one says the same: nothing changes.
        #expect(heard(retracted: [form: 5000]) { _ in [form] } == (1, nil))
        // The first of all goes: from some number on it is enough that others say the same.
        #expect(heard(retracted: [form: 0]) { _ in [form] } == (FormsReading.limit, nil))
        // A form that nobody else gives is looked for everywhere.
        let rare = EntityForm(name: "ACME Holding", type: "Organization")
        #expect(heard(retracted: [rare: 5000]) { _ in [form] } == (10_000, [form]))
        #expect(heard(retracted: [rare: 5000]) { $0 == 4000 ? [form, rare] : [form] } == (4000, nil))
    }

    @Test func aContributionOfAnOlderVersionGoesToo() {
        var project = VersionedProject()
        let first = project.ingest(works("Ada", "Acme", "first"))
        project.ingest(works("Ada", "Acme", "second"))
        project.forgetForms(of: first)
        project.remove([first])
        #expect(project.nodes == ["Ada (Person) ", "Acme (Organization) "])
        #expect(project.store.relationships.values.map(\.fact) == ["second"])
        project.store.expectInvariants()
    }
}
