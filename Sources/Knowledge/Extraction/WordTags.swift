/// What the lexicon knows of a word; several may be true of one.
struct WordTags: OptionSet, Sendable {
    let rawValue: UInt64

    static let firstName = WordTags(rawValue: 1 << 0)
    static let place = WordTags(rawValue: 1 << 1)
    static let organization = WordTags(rawValue: 1 << 2)
    /// Ends an organisation's name (`Ltd`, `University`).
    static let organizationWord = WordTags(rawValue: 1 << 3)
    /// Ends a place's name (`Street`, `Park`).
    static let placeWord = WordTags(rawValue: 1 << 4)
    /// Begins a place's name (`Lake`, `San`).
    static let placePrefix = WordTags(rawValue: 1 << 5)
    static let honorific = WordTags(rawValue: 1 << 6)
    /// An everyday word that is no name by itself.
    static let common = WordTags(rawValue: 1 << 7)
    /// Articles, prepositions, pronouns, conjunctions, auxiliaries, interjections: never part of a name's start.
    static let function = WordTags(rawValue: 1 << 8)
    static let interjection = WordTags(rawValue: 1 << 9)
    static let greeting = WordTags(rawValue: 1 << 10)
    static let weekday = WordTags(rawValue: 1 << 11)
    static let month = WordTags(rawValue: 1 << 12)
    /// Peoples, languages and holidays: capitalised, but no thing of their own.
    static let demonym = WordTags(rawValue: 1 << 13)
    static let determiner = WordTags(rawValue: 1 << 14)
    static let preposition = WordTags(rawValue: 1 << 15)
    static let pronoun = WordTags(rawValue: 1 << 16)
    static let conjunction = WordTags(rawValue: 1 << 17)
    static let be = WordTags(rawValue: 1 << 18)
    static let have = WordTags(rawValue: 1 << 19)
    static let auxiliary = WordTags(rawValue: 1 << 20)
    static let adverb = WordTags(rawValue: 1 << 21)
    static let adjective = WordTags(rawValue: 1 << 22)
    static let negation = WordTags(rawValue: 1 << 23)
    /// Makes what follows a wish, guess or condition.
    static let hypothetical = WordTags(rawValue: 1 << 24)
    static let profession = WordTags(rawValue: 1 << 25)
    static let event = WordTags(rawValue: 1 << 26)
    static let speechVerb = WordTags(rawValue: 1 << 27)
    /// What people do: the word before is likely a person's name.
    static let personVerb = WordTags(rawValue: 1 << 28)
    /// A noun too vague to be known by (`thing`, `lot`).
    static let vague = WordTags(rawValue: 1 << 29)
    static let kin = WordTags(rawValue: 1 << 30)
    /// Announces a title (`book`, `song`, `watched`).
    static let workCue = WordTags(rawValue: 1 << 31)
    static let abbreviation = WordTags(rawValue: 1 << 32)
    /// Links the parts of a name (`of`, `van`).
    static let connector = WordTags(rawValue: 1 << 33)
    static let acronym = WordTags(rawValue: 1 << 34)
    static let number = WordTags(rawValue: 1 << 35)
    /// `'s`, `'m`, `n't` and the like.
    static let clitic = WordTags(rawValue: 1 << 36)
    /// An article or possessive that points at what the listener has (`that`, `your`).
    static let pointing = WordTags(rawValue: 1 << 37)
    /// Comes before a place after `in` or `to` (`live`, `moved`).
    static let placeVerb = WordTags(rawValue: 1 << 38)
    /// Comes before an organisation (`CEO of`, `joined`).
    static let organizationCue = WordTags(rawValue: 1 << 39)
    static let topLevelDomain = WordTags(rawValue: 1 << 40)
    /// Something to believe, learn or speak: `in X` after it names no place.
    static let fieldCue = WordTags(rawValue: 1 << 41)

    /// Makes the whole sentence after it a condition or guess (`if`).
    static let condition = WordTags(rawValue: 1 << 42)
    /// Begins another clause.
    static let joint = WordTags(rawValue: 1 << 43)

    /// Never a name alone, however it is written.
    static let neverName: WordTags = [.function, .interjection, .greeting, .weekday, .month, .demonym, .clitic, .number]
    /// Ends a bare noun phrase.
    static let endsPhrase: WordTags = [
        .preposition, .pronoun, .conjunction, .be, .have, .auxiliary, .adverb, .negation, .determiner, .clitic, .interjection, .hypothetical
    ]

    init(rawValue: UInt64) { self.rawValue = rawValue }
}
