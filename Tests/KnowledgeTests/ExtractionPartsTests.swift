import Testing

@testable import Knowledge

@Suite struct ExtractionPartsTests {
    /// Checks that the parts are the content, in order and nothing else.
    private func check(_ content: String, _ contentType: ContentType = .text) -> [EpisodePart] {
        let parts = TextExtractor().parts(of: Episode(content: content, contentType: contentType))
        #expect(parts.map(\.content).joined() == content)
        var offset = 0
        for part in parts {
            #expect(part.offset == offset)
            #expect(part.content.utf8.count <= 16_384)
            offset += part.content.unicodeScalars.count
        }
        #expect(parts.reduce(0) { $0 + $1.content.count } == content.count, "a cut went through a character")
        return parts
    }

    @Test func thereIsAlwaysOne() {
        #expect(check("").count == 1)
        #expect(check("x").count == 1)
        #expect(TextExtractor().parts(of: Episode(content: "{}", contentType: .json)).count == 1)
    }

    @Test func cutsAtLinesThenSentencesThenSpaces() {
        #expect(check(String(repeating: "Ann: it is late\n", count: 3000), .message).dropLast().allSatisfy { $0.content.hasSuffix("\n") })
        #expect(check(String(repeating: "It is late. ", count: 4000)).dropLast().allSatisfy { $0.content.hasSuffix(". ") })
        #expect(check(String(repeating: "word ", count: 8000)).dropLast().allSatisfy { $0.content.hasSuffix(" ") })
    }

    @Test(arguments: ["x", "é", "e\u{301}", "👨‍👩‍👧‍👦", "🇩🇪", "한", "नि", "漢"])
    func cutsMonstersBetweenCharacters(unit: String) {
        _ = check(String(repeating: unit, count: 60_000 / unit.utf8.count))
    }

    @Test func offsetsAreOfTheWholeContent() {
        let text = (0..<3000).map { "Sentence \($0) says 😀 that Tom lives in Rome and Anna met Bob. " }.joined()
        let reading = ExtractionReading(text)
        #expect(reading.entities == ["Person Tom", "Location Rome", "Person Anna", "Person Bob"])
        #expect(reading.mentions(of: "Tom") == Array(repeating: "Tom", count: 3000))
        #expect(reading.relationships == ["Tom LIVES_IN Rome", "Anna MET Bob"])
    }
}
