import Testing

@testable import Knowledge

@Suite struct ExtractionJSONTests {
    @Test func namedObjectsAreEntities() {
        let reading = ExtractionReading(
            #"{"name":"Acme","type":"company","ceo":{"name":"Jane Roe"},"city":"Berlin","notes":"Tom lives in Rome."}"#, .json)
        #expect(reading.entities == ["Company Acme", "Ceo Jane Roe", "Location Berlin", "Person Tom", "Location Rome"])
        #expect(reading.all == ["Acme CEO Jane Roe", "Acme CITY Berlin", "Tom LIVES_IN Rome"])
        #expect(reading.mentions(of: "Acme") == ["Acme"])
        #expect(reading.mentions(of: "Jane Roe") == ["Jane Roe"])
        #expect(reading.mentions(of: "Rome") == ["Rome"])
    }

    @Test func arraysAndMembersGiveTypes() {
        let reading = ExtractionReading(
            #"{"companies":[{"name":"Acme","teamMembers":[{"name":"Ann"},{"title":"Bob"}]}],"x":{"y":1}}"#, .json)
        #expect(
            reading.entities == ["Company Acme", "TeamMembers Ann", "TeamMembers Bob"]
                || reading.entities == ["Company Acme", "TeamMember Ann", "TeamMember Bob"])
        #expect(reading.all == ["Acme TEAM_MEMBERS Ann", "Acme TEAM_MEMBERS Bob"])
    }

    @Test func offsetsSkipWhatIsEscaped() {
        let reading = ExtractionReading(#"["Rome", "In \u0052ome lives Tom.", "é Rome lies in Italy"]"#, .json)
        #expect(reading.mentions(of: "Rome") == ["Rome", "Rome"])
        #expect(reading.mentions(of: "Italy") == ["Italy"])
        #expect(reading.mentions(of: "Tom") == [])
    }

    @Test func otherTextIsReadAsText() {
        #expect(ExtractionReading("Tom lives in Rome.", .json).relationships == ["Tom LIVES_IN Rome"])
        #expect(ExtractionReading("12", .json).entities == [])
        #expect(ExtractionReading("{}", .json).entities == [])
    }

    @Test func largeDocumentsAreCut() {
        let item = #"{"name":"Acme","note":"Tom lives in Rome. \#(String(repeating: "It was quiet. ", count: 50))"}"#
        let content = "[" + Array(repeating: item, count: 100).joined(separator: ",") + "]"
        let episode = Episode(content: content, contentType: .json)
        let parts = TextExtractor().parts(of: episode)
        #expect(parts.count > 3)
        let reading = ExtractionReading(episode)
        #expect(reading.entities == ["Topic Acme", "Person Tom", "Location Rome"])
        #expect(reading.mentions(of: "Acme") == Array(repeating: "Acme", count: 100))
        #expect(reading.mentions(of: "Rome") == Array(repeating: "Rome", count: 100))
    }

    @Test(arguments: [
        ("worksAt", "WORKS_AT"), ("works at", "WORKS_AT"), ("KNOWS", "KNOWS"), ("a--b", "A_B"), ("", "RELATED_TO"), ("@id", "ID"),
        ("größe", "GRÖSSE")
    ])
    func relationshipTypes(name: String, expected: String) {
        #expect(NameKey.relationshipType(name) == expected)
    }
}
