import Testing

@testable import Knowledge

@Suite struct ExtractionMarkdownTests {
    @Test func readsTextAndLinks() {
        let reading = ExtractionReading(
            """
            # About **Jane Roe**

            - Jane Roe works at [Acme Inc](https://acme.example/x).
            * _Tom_ lives in Rome
            1. Bob lives in Oslo

            > Anna met Bob.

            ```swift
            let alice = "Alice Cooper lives in Paris"
            ```
            See `Peter Parker` and ![Alice](a.png) at <https://example.org>.
            """, .markdown)
        #expect(reading.relationships == ["Jane Roe WORKS_AT Acme Inc", "Tom LIVES_IN Rome", "Bob LIVES_IN Oslo", "Anna MET Bob"])
        #expect(reading.mentions(of: "Jane Roe") == ["Jane Roe", "Jane Roe"])
        #expect(reading.mentions(of: "https://acme.example/x") == ["https://acme.example/x"])
        #expect(reading.mentions(of: "https://example.org") == ["https://example.org"])
        #expect(reading.mentions(of: "Bob") == ["Bob", "Bob"])
        #expect(!reading.entities.contains { $0.contains("Paris") || $0.contains("Peter") || $0.contains("Cooper") })
    }

    @Test func aFenceGoesOnInTheNextPart() {
        let code = String(repeating: "Alice Cooper lives in Paris\n", count: 1000)
        let reading = ExtractionReading("Tom lives in Rome.\n\n```\n\(code)```\n\nBob lives in Oslo.", .markdown)
        #expect(reading.entities == ["Person Tom", "Location Rome", "Person Bob", "Location Oslo"])
        #expect(reading.mentions(of: "Oslo") == ["Oslo"])
    }

    @Test(arguments: [
        "[", "](", "[a](", "`", "```", "~~~\n", "**", "* ", "# ", "<a", "<a>b</a>", "|a|b|\n|--|--|", "---", "[x](y \"z\")", "    "
    ])
    func survives(text: String) {
        #expect(ExtractionReading(text, .markdown).result.relationships == [])
        #expect(MarkdownMask(text.unicodeScalars.map(\.value), isInsideCode: false).text.count == text.unicodeScalars.count)
    }
}
