import Testing

@testable import Knowledge

@Suite struct ExtractionMergeTests {
    @Test func equalNamesAreOne() {
        let reading = ExtractionReading("Dr. Jane Roe came. Then JANE slept. I saw Jane Roe's car and Jane again.")
        #expect(reading.entities == ["Person Dr. Jane Roe"])
        #expect(reading.mentions(of: "Dr. Jane Roe") == ["Dr. Jane Roe", "JANE", "Jane Roe", "Jane"])
    }

    @Test func aFirstNameOfTwoPeopleStaysAlone() {
        #expect(
            ExtractionReading("I saw Jane Roe, then Jane Poe, then Jane.").entities == ["Person Jane Roe", "Person Jane Poe", "Person Jane"]
        )
    }

    @Test func anOrganizationAndItsLegalForm() {
        #expect(ExtractionReading("Tom works at Acme Corp. Acme is large.").entities == ["Person Tom", "Organization Acme Corp"])
    }

    @Test func theClientKnowsBetter() {
        let episode = Episode(
            content: "Tom works at Acme Corp.",
            entities: [
                SuppliedEntity(name: "acme corp", type: "Company", description: "Makes anvils"), SuppliedEntity(name: "Zed", type: "Robot")
            ],
            relationships: [
                SuppliedRelationship(source: "Tom", target: "Acme Corp", type: "WORKS_AT", description: "Since 2001"),
                SuppliedRelationship(source: "Zed", target: "Nowhere", type: "lives in"),
                SuppliedRelationship(source: "Zed", target: "zed", type: "IS"), SuppliedRelationship(source: " ", target: "Tom", type: "X")
            ])
        let reading = ExtractionReading(episode)
        #expect(reading.entities == ["Person Tom", "Company acme corp", "Robot Zed", "Entity Nowhere"])
        #expect(reading.result.entities[1].description == "Makes anvils")
        #expect(reading.result.entities[1].mentions == [13..<22])
        #expect(reading.all == ["Tom WORKS_AT acme corp", "Zed LIVES_IN Nowhere"])
        #expect(reading.result.relationships.map(\.fact) == ["Since 2001", "Zed lives in Nowhere"])
    }

    @Test func badIndicesAreLeftOut() {
        let broken = Extraction(
            entities: [ExtractedEntity(name: "A", type: "X")],
            relationships: [ExtractedRelationship(source: 0, target: 7, type: "T", fact: "")])
        #expect(TextExtractor().merge([broken, Extraction()], of: Episode(content: "")).relationships == [])
    }

    @Test func nothingGivesNothing() {
        #expect(TextExtractor().merge([], of: Episode(content: "")) == Extraction())
    }
}
