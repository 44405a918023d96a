import Testing

@testable import Knowledge

@Suite struct ExtractionRelationshipsTests {
    @Test(arguments: [
        ("Jane Roe works at Acme Corp.", ["Jane Roe WORKS_AT Acme Corp"]),
        ("Maria is a counselor at Stanford University.", ["Maria IS_A counselor", "Maria WORKS_AT Stanford University"]),
        ("Jane Roe, CEO of Globex, said profits rose.", ["Jane Roe IS_A ceo", "Jane Roe WORKS_AT Globex"]),
        ("Bob works as a nurse at Acme Inc.", ["Bob WORKS_AT Acme Inc"]),
        ("Bob and Alice live in New York.", ["Bob LIVES_IN New York", "Alice LIVES_IN New York"]),
        ("Acme Inc. was founded in 2001 by Jane Roe.", ["Jane Roe FOUNDED Acme Inc"]),
        ("Jane Roe founded Acme Ltd in 2001.", ["Jane Roe FOUNDED Acme Ltd"]),
        ("Tom married Mary. Bob is married to Alice.", ["Tom MARRIED_TO Mary", "Bob MARRIED_TO Alice"]),
        ("Tom's wife, Mary, bought a new car.", ["Tom MARRIED_TO Mary", "Mary BOUGHT car"]),
        ("Anna met Bob in Rome.", ["Anna MET Bob"]),
        ("Anna and Bob met in Rome.", ["Anna MET Bob"]),
        ("Mary loves hiking and pottery.", ["Mary LIKES hiking", "Mary LIKES pottery"]),
        ("Mary really enjoys \"The Great Gatsby\".", ["Mary LIKES The Great Gatsby"]),
        ("Peter moved from Rome to Berlin.", ["Peter MOVED_TO Berlin"]),
        ("They use Initech. Initech is part of Globex Inc.", ["Initech PART_OF Globex Inc"]),
        ("John graduated from MIT and works at Google.", ["John STUDIED_AT MIT", "John WORKS_AT Google"]),
        ("Wolfgang was born in Vienna.", ["Wolfgang BORN_IN Vienna"]),
        ("Will Smith visited Paris last Friday.", ["Will Smith VISITED Paris"]),
        ("Lucy attended a pottery class.", ["Lucy ATTENDED pottery class"]),
        ("Tom knows Bill. Tom is friends with Anna.", ["Tom KNOWS Bill", "Tom FRIEND_OF Anna"]),
        ("Sam is Tom's father. Maria's brother, Carlos, sleeps.", ["Sam PARENT_OF Tom", "Maria SIBLING_OF Carlos"]),
        ("Tom painted a portrait of Mary.", ["Tom CREATED portrait"]),
        ("\"Becoming Nicole\" by Amy Ellis Nutt is good.", ["Amy Ellis Nutt CREATED Becoming Nicole"]),
        ("Nora owns Nora Bakery.", ["Nora OWNS Nora Bakery"]),
        ("Emma has a dog named Rex.", ["Emma OWNS Rex"]),
        ("Globex Inc is headquartered in Chicago.", ["Globex Inc LOCATED_IN Chicago"]),
        ("Jane Roe left. She lives in Oslo.", ["Jane Roe LIVES_IN Oslo"]),
        ("Alice, who lives in Oslo, sings.", ["Alice LIVES_IN Oslo"])
    ])
    func states(text: String, expected: [String]) {
        let found = ExtractionReading(text).relationships
        #expect(expected.allSatisfy { found.contains($0) }, "\(found)")
    }

    @Test(arguments: [
        "Tom doesn't work at Google.", "Tom never lived in Rome.", "Tom did not buy a car.", "Tom no longer works at Google.",
        "I don't think Tom works at Google.",
        "Does Tom work at Google?", "Tom lives in Rome?", "Did Tom move to Rome", "If Tom moved to Rome, he would visit Bob.",
        "Tom would love to visit Japan.",
        "Tom wants to visit Kyoto.", "Tom might live in Rome.", "Maybe Tom lives in Rome.", "I wish Tom worked at Google.",
        "Tom plans to move to Rome.",
        "Tom will marry Mary.", "Tom has not visited Rome.", "Tom and Mary aren't married to Bob.", "Tom isn't a nurse.",
        "The boss of Tom lives in Rome.",
        "Tom's boss lives in Rome.", "Tom met Anna's brother.", "Tom likes it. Tom likes them.", "Tom is a big help.",
        "Tom denied that Mary lives in Rome.",
        "Nobody said that Tom hardly knows Mary.", "Unless Tom works at Google, we leave."
    ])
    func statesNothing(text: String) {
        #expect(ExtractionReading(text).relationships == [])
    }

    @Test func theFactIsTheSentence() {
        let reading = ExtractionReading("Well then.  Tom lives in Rome, they say!  Mary sleeps.")
        #expect(reading.result.relationships.map(\.fact) == ["Tom lives in Rome, they say!"])
    }

    @Test func aNounPhraseIsBareAndShort() {
        #expect(ExtractionReading("Tom bought some new running shoes.").relationships == ["Tom BOUGHT running shoes"])
        #expect(ExtractionReading("Tom bought a cheap second hand mountain racing bike.").relationships == [])
        #expect(ExtractionReading("Tom likes that thing.").relationships == [])
    }

    @Test func whatTwoSentencesSayIsOneRelationship() {
        #expect(ExtractionReading("Tom lives in Rome. Tom lives in Rome!").relationships == ["Tom LIVES_IN Rome"])
    }
}
