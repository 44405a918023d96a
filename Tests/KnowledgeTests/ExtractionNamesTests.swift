import Testing

@testable import Knowledge

/// What the extractor reads out of one text.
struct ExtractionReading {
    let content: [Unicode.Scalar]
    let result: Extraction

    init(_ content: String, _ contentType: ContentType = .text, occurredAt: String? = nil) {
        self.init(Episode(content: content, contentType: contentType, occurredAt: occurredAt.flatMap { Timestamp(rfc3339: $0) }))
    }

    init(_ episode: Episode) {
        content = Array(episode.content.unicodeScalars)
        let extractor = TextExtractor()
        result = extractor.merge(extractor.parts(of: episode).map { extractor.extract($0) }, of: episode)
    }

    /// `Type Name` of every entity.
    var entities: [String] { result.entities.map { "\($0.type) \($0.name)" } }

    /// `Source TYPE Target` of every relationship but those of type MENTIONED.
    var relationships: [String] { all.filter { !$0.contains(" MENTIONED ") } }

    var all: [String] {
        result.relationships.map { "\(result.entities[$0.source].name) \($0.type) \(result.entities[$0.target].name)" }
    }

    /// The words at an entity's mentions.
    func mentions(of name: String) -> [String] {
        result.entities.first { $0.name == name }?.mentions.map { String(String.UnicodeScalarView(content[$0])) } ?? []
    }
}

@Suite struct ExtractionNamesTests {
    @Test(arguments: [
        ("Yesterday I spoke with Jane Roe about it.", ["Person Jane Roe"]),
        ("Dr. Alan Smith and Mrs. Jones agreed.", ["Person Dr. Alan Smith", "Person Mrs. Jones"]),
        ("It was written by F. Scott Fitzgerald.", ["Person F. Scott Fitzgerald"]),
        ("Ada Lovelace and Charles Babbage met.", ["Person Ada Lovelace", "Person Charles Babbage"]),
        ("He was treated by Ludwig van Bergen.", ["Person Ludwig van Bergen"]),
        ("She works for Acme Inc. in Berlin.", ["Organization Acme Inc", "Location Berlin"]),
        (
            "The University of Freedonia and the Bank of America closed.",
            ["Organization University of Freedonia", "Organization Bank of America"]
        ),
        ("They walked along Elm Street to Lake Zorb.", ["Location Elm Street", "Location Lake Zorb"]),
        ("We flew from New York to São Paulo.", ["Location New York", "Location São Paulo"]),
        ("They arrived in Zarbia at night.", ["Location Zarbia"]),
        ("Then Zorblax said that it was late.", ["Person Zorblax"]),
        ("Write to jane.roe+x@mail.example.org now.", ["EmailAddress jane.roe+x@mail.example.org"]),
        (
            "See https://example.org/a_(b)?c=d, or www.example.com.",
            ["WebAddress https://example.org/a_(b)?c=d", "WebAddress www.example.com"]
        ),
        ("It is on example.com/about too.", ["WebAddress example.com/about"]),
        ("I read \"Becoming Nicole\" and the novel Middlemarch.", ["CreativeWork Becoming Nicole", "CreativeWork Middlemarch"]),
        ("Their pride is the Zorblax Quantum Engine.", ["Topic Zorblax Quantum Engine"]),
        ("Her employer is NASA.", ["Organization NASA"]),
        ("my cousin lives in london", ["Location london"])
    ])
    func finds(text: String, expected: [String]) {
        let found = ExtractionReading(text).entities
        #expect(expected.allSatisfy { found.contains($0) }, "\(found)")
    }

    @Test(arguments: [
        "Wow, that is great! Hey! Thanks a lot. Congrats!",
        "On Monday we rest. In May it rains. Tuesday is fine.",
        "I think I am right, and I know it.",
        "Pottery is fun. Running helps. Camping was nice.",
        "THIS IS ALL VERY LOUD AND BOB HEARD IT",
        "The English like their tea. Everyone knows. Today's dinner was good.",
        "\"Are you coming?\" he asked. \"No,\" she said.",
        "OMG LOL that was WILD and FYI it is over",
        "What's up with you? Don't stop. Let's go!",
        "", " \n\t ", "...", "!!!???", "1 2 3 4.5"
    ])
    func findsNothing(text: String) {
        #expect(ExtractionReading(text).entities == [])
    }

    @Test func aSentencesFirstWordNeedsEvidence() {
        #expect(ExtractionReading("Zorblax is late.").entities == [])
        #expect(ExtractionReading("Zorblax is late. We like Zorblax.").mentions(of: "Zorblax") == ["Zorblax", "Zorblax"])
        #expect(ExtractionReading("Visited Paris with Anna.").entities == ["Location Paris", "Person Anna"])
    }

    @Test func mentionsAreTheWords() {
        let reading = ExtractionReading("😀 Caroline met José at Acme Corp. Caroline's friend Ångström wrote to José’s wife.")
        #expect(reading.mentions(of: "Caroline") == ["Caroline", "Caroline"])
        #expect(reading.mentions(of: "José") == ["José", "José"])
        #expect(reading.mentions(of: "Acme Corp") == ["Acme Corp"])
        #expect(reading.mentions(of: "Ångström") == ["Ångström"])
    }

    @Test func evidenceCountsForEveryOccurrence() {
        #expect(ExtractionReading("Globex grew. She works at Globex now.").entities == ["Organization Globex"])
        #expect(ExtractionReading("Paris said hello to Bob. He flew to Paris.").entities.contains("Location Paris"))
    }
}
