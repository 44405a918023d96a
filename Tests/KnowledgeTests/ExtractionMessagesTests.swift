import Testing

@testable import Knowledge

@Suite struct ExtractionMessagesTests {
    @Test func theSpeakerIsI() {
        let reading = ExtractionReading(
            "Caroline: I live in Boston.\nMelanie: Hey Caroline! I'm a counselor, and my husband Tom loves hiking.", .message)
        #expect(
            reading.relationships == ["Caroline LIVES_IN Boston", "Melanie IS_A counselor", "Melanie MARRIED_TO Tom", "Tom LIKES hiking"])
        #expect(reading.result.relationships.first?.fact == "Caroline: I live in Boston.")
        #expect(reading.mentions(of: "Caroline") == ["Caroline", "Caroline"])
        #expect(reading.all.contains("Melanie MENTIONED Caroline"))
    }

    @Test func aLineWithoutASpeakerGoesOn() {
        let reading = ExtractionReading("Ann: Hello!\nI work at Acme Inc.\n\nI moved to Oslo.\nBob: I moved to Rome.", .message)
        #expect(reading.relationships == ["Ann WORKS_AT Acme Inc", "Ann MOVED_TO Oslo", "Bob MOVED_TO Rome"])
    }

    @Test func mentionsWhatNoStatementConnects() {
        let reading = ExtractionReading("Ann: I visited Rome. Do you like Bob? Oslo is nice, says NASA.", .message)
        #expect(reading.all == ["Ann VISITED Rome", "Ann MENTIONED Bob", "Ann MENTIONED Oslo", "Ann MENTIONED NASA"])
    }

    @Test func captionsAreNotRead() {
        let reading = ExtractionReading("Ann: Look! [a photo of Bob Smith in Rome] Nice. [shares a photo of Oslo]", .message)
        #expect(reading.entities == ["Person Ann"])
    }

    @Test(arguments: [
        "Note: nothing here.", "https://example.org/x", "at 10:30 we go", "one: two three", "why not: because", ": x", ":", "a\n:b"
    ])
    func isNoSpeaker(text: String) {
        #expect(!ExtractionReading(text, .message).entities.contains { $0.hasPrefix("Person") })
    }

    @Test func leavesOutTheSubject() {
        #expect(ExtractionReading("Ann: Went to Rome yesterday. Love you!", .message).relationships == ["Ann VISITED Rome"])
        #expect(ExtractionReading("Went to Rome yesterday.").relationships == [])
        #expect(ExtractionReading("I live in Rome.").relationships == [])
    }

    @Test(arguments: [
        "Ann: I'd love to visit Rome.", "Ann: Do you live in Rome?", "Ann: If I moved to Rome I'd cry.", "Ann: I never liked pottery.",
        "Ann: I want to visit Rome.", "Ann: I used to live in Rome."
    ])
    func hypothesesStateNothing(text: String) {
        #expect(ExtractionReading(text, .message).relationships == [])
    }

    @Test func aTurnGoesOnInTheNextPart() {
        let filler = String(repeating: "we sat there and it was quiet for a while. ", count: 900)
        let reading = ExtractionReading("Ann: " + filler + "I live in Rome. Bob waits.", .message)
        #expect(reading.relationships == ["Ann LIVES_IN Rome"])
        #expect(reading.mentions(of: "Rome") == ["Rome"])
    }
}
