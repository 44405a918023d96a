import NIOCore

/// Makes up conversations of about 1 KB, in English sentences that an extractor can find people, places, organisations
/// and relations in. Deterministic: the same seed gives the same bytes, and episode `i` does not depend on how many follow.
///
/// Each episode plays in one of a great many circles of people: a circle has its own names, circle `k` is drawn with a
/// weight that falls with `k`, and so new names go on appearing as episodes do while old ones return.
struct Storyteller: EpisodeSource {
    private let seed: UInt64
    private let byteCount: Int
    private var number: UInt64 = 0
    private var text = ByteBuffer()
    /// By number: making one costs more than telling a story of it.
    private var circles: [Int: Circle] = [:]

    /// - Parameter byteCount: how long a text gets at least; a sentence more at most.
    init(seed: UInt64 = 1, byteCount: Int = 950) {
        self.seed = seed
        self.byteCount = byteCount
    }

    var origin: String { "made up (seed \(seed), \(number) distinct so far)" }

    mutating func appendNext(to buffer: inout ByteBuffer) {
        var dice = SeededGenerator(seed: seed &* 0x2545_F491_4F6C_DD1D &+ number)
        let circle = circle(Self.drawCircle(&dice))
        text.clear()
        var speaker = dice.index(below: circle.people.count)
        while text.readableBytes < byteCount {
            if text.readableBytes > 0 { text.writeStaticString("\\n") }
            text.writeString(circle.people[speaker])
            text.writeStaticString(":")
            for _ in 0...dice.index(below: 3) {
                text.writeStaticString(" ")
                appendSentence(speaker: speaker, circle: circle, dice: &dice)
            }
            let step = 1 + dice.index(below: circle.people.count - 1)
            speaker = (speaker + step) % circle.people.count
        }
        buffer.writeStaticString(#""content_type":"message","title":"episode "#)
        buffer.writeString(String(number))
        buffer.writeStaticString(#"","occurred_at":""#)
        buffer.writeString(Self.date(of: number))
        buffer.writeStaticString(#"","metadata":{"circle":"#)
        buffer.writeString(String(circle.number))
        buffer.writeStaticString(#"},"content":""#)
        var written = text
        buffer.writeBuffer(&written)
        buffer.writeStaticString(#""}"#)
        number += 1
    }

    private mutating func circle(_ number: Int) -> Circle {
        if let known = circles[number] { return known }
        let circle = Circle(number: number, seed: seed)
        circles[number] = circle
        return circle
    }

    private mutating func appendSentence(speaker: Int, circle: Circle, dice: inout SeededGenerator) {
        let template = Self.templates[dice.index(below: Self.templates.count)]
        for part in template {
            switch part {
            case .words(let words): text.writeString(words)
            case .person:
                let other = (speaker + 1 + dice.index(below: circle.people.count - 1)) % circle.people.count
                text.writeString(circle.people[other])
            case .place: text.writeString(circle.places[dice.index(below: circle.places.count)])
            case .company: text.writeString(circle.companies[dice.index(below: circle.companies.count)])
            case .thing: text.writeString(Self.things[dice.index(below: Self.things.count)])
            case .day: text.writeString(Self.days[dice.index(below: Self.days.count)])
            }
        }
    }

    /// One of 5,000 circles; cubing an even draw makes the low numbers frequent without leaving the high ones out.
    private static func drawCircle(_ dice: inout SeededGenerator) -> Int {
        let draw = Double(dice.next() >> 11) / Double(1 << 53)
        return Int(draw * draw * draw * 5000)
    }

    /// A moment in 2025 that moves on by 37 seconds per episode and starts over after a year.
    private static func date(of number: UInt64) -> String {
        let seconds = Int(number * 37 % (336 * 86_400))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = seconds / 86_400
        let time = seconds % 86_400
        return "2025-\(two(day / 28 + 1))-\(two(day % 28 + 1))T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))Z"
    }
}

extension Storyteller {
    /// The names of one group of people who talk to each other.
    struct Circle {
        let number: Int
        let people: [String]
        let places: [String]
        let companies: [String]

        init(number: Int, seed: UInt64) {
            var dice = SeededGenerator(seed: seed ^ (UInt64(number) &* 0xD6E8_FEB8_6659_FD93))
            self.number = number
            people = (0..<4).map { _ in
                Storyteller.firstNames[dice.index(below: Storyteller.firstNames.count)] + " " + Self.invented(&dice)
            }
            places = (0..<3).map { _ in
                Self.invented(&dice) + Storyteller.placeEndings[dice.index(below: Storyteller.placeEndings.count)]
            }
            companies = (0..<2).map { _ in
                Self.invented(&dice) + " " + Storyteller.companyEndings[dice.index(below: Storyteller.companyEndings.count)]
            }
        }

        private static func invented(_ dice: inout SeededGenerator) -> String {
            var name = ""
            for _ in 0..<(2 + dice.index(below: 2)) {
                name += Storyteller.syllables[dice.index(below: Storyteller.syllables.count)]
            }
            return name.prefix(1).uppercased() + name.dropFirst()
        }
    }

    private enum Part {
        case words(String)
        case person, place, company, thing, day
    }

    private static let firstNames = [
        "Ada", "Bruno", "Clara", "David", "Elena", "Farid", "Greta", "Hassan", "Ines", "Jonas", "Keiko", "Leon", "Maria",
        "Nikhil", "Olga", "Pablo", "Quinn", "Rosa", "Stefan", "Tara", "Umar", "Vera", "Wanda", "Xavier", "Yusuf", "Zoe"
    ]
    private static let syllables = [
        "bar", "ben", "dal", "dor", "fen", "gar", "hol", "kel", "lan", "lor", "mar", "mon", "nor", "ost", "pel", "rin",
        "sal", "sor", "tan", "ter", "val", "ver", "wil", "zan"
    ]
    private static let placeEndings = [" Harbour", "ville", " Bay", " Hill", "burg", " Park", "ford", " Island"]
    private static let companyEndings = ["Labs", "Foods", "University", "Hospital", "Robotics", "Press", "Airlines", "Bank"]
    private static let days = [
        "on Monday", "on Tuesday", "last Friday", "on Saturday", "in March", "in October", "two weeks ago", "last summer"
    ]
    private static let things = [
        "a grant proposal", "an old piano", "the quarterly report", "a telescope", "some sourdough bread", "a used bicycle",
        "a new prototype", "an oil painting", "the budget", "a weather station", "a first novel", "the garden plans"
    ]
    private static let templates: [[Part]] = [
        [.person, .words(" started working at "), .company, .words(" "), .day, .words(".")],
        [.words("I met "), .person, .words(" in "), .place, .words(", and we talked about "), .thing, .words(".")],
        [.person, .words(" and "), .person, .words(" are moving to "), .place, .words(" because of "), .company, .words(".")],
        [.company, .words(" opened an office in "), .place, .words(" "), .day, .words(".")],
        [.words("Did you hear that "), .person, .words(" left "), .company, .words("?")],
        [.words("My sister "), .person, .words(" bought "), .thing, .words(" from "), .person, .words(".")],
        [.words("We should show "), .thing, .words(" to "), .person, .words(" before the meeting at "), .company, .words(".")],
        [.person, .words(" lives in "), .place, .words(" now and really likes it there.")],
        [.words("That was a long day, but I finished "), .thing, .words(" at last.")],
        [.words("I still think "), .person, .words(" is the best person to lead the team at "), .company, .words(".")],
        [.person, .words(" is married to "), .person, .words(", they met in "), .place, .words(".")],
        [.words("Let me know when you are back from "), .place, .words(", we could have dinner "), .day, .words(".")]
    ]
}
