import Testing

@testable import Knowledge

@Suite struct ResolutionTests {
    // MARK: Keys

    @Test(arguments: [
        ("Acme", "Organization", ["n:acme"]),
        ("  ACME\t Inc. ", "Organization", ["n:acme inc"]),
        ("The Guardian", "Organization", ["n:guardian"]),
        ("the guardian", "Topic", ["n:the guardian", "n:guardian"]),
        ("The Matrix", "CreativeWork", ["n:the matrix"]),
        ("The", "Organization", ["n:the"]),
        ("Acme’s", "Organization", ["n:acme"]),
        ("“Acme”,", "Organization", ["n:acme"]),
        ("(Acme)", "Organization", ["n:acme"]),
        ("(Acme", "Organization", ["n:acme"]),
        ("[(Acme)].", "Organization", ["n:acme"]),
        ("(Acme) Inc.", "Organization", ["n:(acme) inc"]),
        ("Mercury (planet)", "Location", ["n:mercury (planet)"]),
        ("**bold**", "Topic", ["n:bold"]),
        ("C++", "Topic", ["n:c++"]),
        ("C#", "Topic", ["n:c#"]),
        (".NET", "Topic", ["n:.net"]),
        ("U.S.A.", "Location", ["n:usa"]),
        ("U.S. Steel", "Organization", ["n:us steel"]),
        ("engram.dev", "WebAddress", ["n:engram.dev"]),
        ("Jane@Example.com", "EmailAddress", ["n:jane@example.com"]),
        ("2024–05–01", "Date", ["n:2024-05-01"]),
        ("Jane Smith", "Person", ["n:jane smith", "f:jane"]),
        ("JANE\u{A0}SMITH", "person", ["n:jane smith", "f:jane"]),
        ("Dr. Jane Smith's", "Person", ["n:jane smith", "f:jane"]),
        ("Prof. Dr. Smith", "Person", ["n:smith"]),
        ("Mrs. Smith", "Person", ["n:smith"]),
        ("Sir Paul", "Person", ["n:paul", "f:paul"]),
        ("Dr.", "Person", ["n:dr", "f:dr"]),
        ("J.R.R. Tolkien", "Person", ["n:j r r tolkien"]),
        ("J. R. R.  Tolkien", "Person", ["n:j r r tolkien"]),
        ("José Ñandú", "Person", ["n:jose nandu", "f:jose"]),
        ("Jose\u{301} N\u{303}andu\u{301}", "Person", ["n:jose nandu", "f:jose"]),
        ("Łódź", "Location", ["n:lodz"]),
        ("Straße", "Location", ["n:strasse"]),
        ("STRASSE", "Location", ["n:strasse"]),
        ("İstanbul", "Location", ["n:istanbul"]),
        ("ΟΔΥΣΣΕΥΣ", "Topic", ["n:οδυσσευσ"]),
        ("Οδυσσεύς", "Topic", ["n:οδυσσευσ"]),
        ("Андрей", "Location", ["n:андреи"]),
        ("Ａｃｍｅ", "Organization", ["n:acme"]),
        ("東京", "Location", ["n:東京"]),
        ("Ac\u{200B}me", "Organization", ["n:acme"]),
        ("!!!", "Topic", ["n:!!!"]),
        ("", "Topic", ["n:"])
    ]) func keys(name: String, type: String, keys: [String]) {
        #expect(ResolutionKey(name: name, type: type).all == keys)
    }

    @Test func longNamesKeepApart() {
        let path = String(repeating: "é東", count: 200)
        let keys = ["a", "b"].flatMap { ResolutionKey(name: "https://" + path + $0, type: "WebAddress").all }
        #expect(Set(keys).count == 2)
        #expect(keys.allSatisfy { $0.utf8.count <= ResolutionKey.maximumLength && !$0.contains("\u{FFFD}") })
        for length in 190..<210 {
            let key = ResolutionKey(name: String(repeating: "x", count: length), type: "Person")
            #expect(key.all.allSatisfy { $0.utf8.count <= ResolutionKey.maximumLength })
        }
    }

    /// Linear in the length, or this test takes minutes.
    @Test(arguments: ["(", "()", "[]x", "'s", "mr ", "a.", ". ", "the "]) func hostileNamesAreFoldedInTime(part: String) {
        let nested = String(repeating: "(", count: 50_000) + String(repeating: ")", count: 50_000)
        for name in [String(repeating: part, count: 100_000), nested] {
            for type in ["Person", "Topic"] {
                #expect(ResolutionKey(name: name, type: type).all.allSatisfy { $0.utf8.count <= ResolutionKey.maximumLength })
            }
        }
    }

    // MARK: Nodes

    @Test(arguments: [
        // Spellings.
        (["Acme/Organization", "ACME's/organization", "the Acme/Organization"], ["Acme (Organization)"]),
        (["Müller/Person", "Muller/Person"], ["Müller (Person)"]),
        // First and full names, in both orders.
        (["Jane Smith/Person", "Jane/Person"], ["Jane Smith (Person)"]),
        (["Jane/Person", "Jane Smith/Person", "JANE/Person"], ["Jane Smith (Person)"]),
        (["Jane/Person", "Dr. Jane Smith/Person", "Jane Smith/Person"], ["Dr. Jane Smith (Person)"]),
        // In doubt a node of its own, found again as such.
        (
            ["Jane Smith/Person", "Jane Doe/Person", "Jane/Person", "jane/Person", "Jane Roe/Person"],
            ["Jane Smith (Person)", "Jane Doe (Person)", "Jane (Person)", "Jane Roe (Person)"]
        ),
        // The name alone is no longer enough once it was completed and a second Jane came.
        (
            ["Jane/Person", "Jane Smith/Person", "Jane Doe/Person", "Jane/Person"],
            ["Jane Smith (Person)", "Jane Doe (Person)", "Jane (Person)"]
        ),
        // A last name is not a person.
        (["Jane Smith/Person", "Dr. Smith/Person", "Smith/Person"], ["Jane Smith (Person)", "Dr. Smith (Person)"]),
        (["Dr. Smith/Person", "Smith Jones/Person"], ["Dr. Smith (Person)", "Smith Jones (Person)"]),
        (["Jane A. Smith/Person", "Jane Smith/Person"], ["Jane A. Smith (Person)", "Jane Smith (Person)"]),
        // Types.
        (["Apollo/Topic", "Apollo/Project"], ["Apollo (Project)"]),
        (["Apollo/Project", "apollo/Entity"], ["Apollo (Project)"]),
        (["Mercury/Location", "Mercury/CreativeWork"], ["Mercury (Location)", "Mercury (CreativeWork)"]),
        (
            ["Mercury/Location", "Mercury/CreativeWork", "Mercury/Topic", "Mercury/Entity", "Mercury/location"],
            ["Mercury (Location)", "Mercury (CreativeWork)", "Mercury (Topic)"]
        ),
        (["The Matrix/Topic", "The Matrix/CreativeWork"], ["The Matrix (CreativeWork)"]),
        (["The Guardian/Topic", "Guardian/Organization"], ["The Guardian (Organization)"]),
        // A topic that turns out to be a person is found by its first name from then on.
        (["Jane/Topic", "Jane/Person", "Jane Smith/Person"], ["Jane Smith (Person)"]),
        (["Jane Smith/Person", "Jane/Organization"], ["Jane Smith (Person)", "Jane (Organization)"]),
        (["Jane Smith/Person", "Jane/Topic"], ["Jane Smith (Person)", "Jane (Topic)"])
    ]) func nodes(names: [String], expected: [String]) {
        var apart = TestProject()
        var together = TestProject()
        let entities = names.map { name in
            let parts = name.split(separator: "/")
            return ExtractedEntity(name: String(parts[0]), type: String(parts[1]))
        }
        for entity in entities { apart.take(Extraction(entities: [entity])) }
        together.take(Extraction(entities: entities))
        #expect(apart.nodes == expected)
        #expect(together.nodes == expected)
        #expect(apart.store.names == together.store.names)
    }

    /// From two on a first name tells nothing, so the list needs no more.
    @Test func firstNamesStayShort() {
        var project = TestProject()
        for index in 0..<100 { project.take(("Jane Smith\(index)", "Person")) }
        #expect(project.store.names["f:jane"]?.count == Resolver.firstNameLimit)
        project.take(("Jane", "Person"))
        #expect(project.store.entities.count == 101)
    }

    @Test func namesakesAreBounded() {
        var project = TestProject()
        for index in 0..<100 { project.take(("Mercury", "Type \(index)")) }
        #expect(project.store.names["n:mercury"]?.count == Resolver.namesakeLimit)
    }
}
