import Testing

@testable import Knowledge

/// A small generator of repeatable noise (Steele, Lea and Flood, "SplitMix64").
private struct Noise {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

@Suite struct ExtractionRobustnessTests {
    private func check(_ content: String) {
        for contentType in ContentType.allCases {
            let episode = Episode(content: content, contentType: contentType, occurredAt: Timestamp(rfc3339: "2023-05-08"))
            let first = ExtractionReading(episode)
            #expect(first.result == ExtractionReading(episode).result, "not the same twice")
            for entity in first.result.entities {
                #expect(!entity.name.isEmpty && !entity.type.isEmpty)
                for mention in entity.mentions {
                    #expect(mention.lowerBound >= 0 && mention.lowerBound < mention.upperBound && mention.upperBound <= first.content.count)
                }
            }
            for relationship in first.result.relationships {
                #expect(
                    first.result.entities.indices.contains(relationship.source)
                        && first.result.entities.indices.contains(relationship.target))
                #expect(relationship.source != relationship.target && !relationship.fact.isEmpty)
            }
        }
    }

    @Test func survivesRandomScalars() {
        var noise = Noise(state: 17)
        for _ in 0..<40 {
            var text = String.UnicodeScalarView()
            for _ in 0..<noise.below(400) {
                let limit = [0x80, 0x250, 0x3000, 0x11_0000][noise.below(4)]
                if let scalar = Unicode.Scalar(UInt32(noise.below(limit))) { text.append(scalar) }
            }
            check(String(text))
        }
    }

    @Test func survivesRandomWords() {
        let words = [
            "Tom", "Anna", "Roe", "works", "at", "in", "lives", "Acme", "Inc", ".", ",", "and", "\"", "“", "”", "'s", "n't", "?", "!", "if",
            "by", "of", "a", "the", "Dr",
            "F.", "U.S.", "2023", "May", "7", "last", "Friday", "\n", "\n\n", ":", "[", "]", "(", ")", "`", "```", "#", "- ", "*",
            "http://a.b/", "x@y.zz", "I", "my", "wife",
            "is", "was", "who", "&", "{", "}", "\\", "😀", "e\u{301}", "א", "\u{2029}", "\0", "named", "dog", "has", "met", "&amp;", "'",
            "’", "founded", "never", "@x", "ago"
        ]
        var noise = Noise(state: 23)
        for _ in 0..<60 {
            check((0..<noise.below(120)).map { _ in words[noise.below(words.count)] + (noise.below(4) == 0 ? "" : " ") }.joined())
        }
    }

    @Test(arguments: [
        "\0\0\0", "“", "\"\"\"", "((((", "'", "’s", "n't", "@", "#", "@@@a", "a@b", "http://", "www.", ".a.b.c.", "A.B.C.D.", "J. ", "Mr.",
        "Dr. ", "\u{202E}Tom", "ﬁ", "İI", "ß"
    ])
    func survives(text: String) {
        check(text)
        check(String(repeating: text, count: 100))
    }

    /// Twice the text must not be much more than twice the work; what is quadratic would take minutes here.
    @Test(arguments: [
        "a", "A", "a.", "a@", "\"", "Aa ", "Aa of ", "a-", "'", "A. ", "(", "[", "<a", "[a](", "`", "1", "1/", "and ", "Tom and ", "\n",
        "x: ",
        "I like ", "{", "\u{301}", "www.", "Tom, "
    ])
    func isLinear(unit: String) {
        for contentType in ContentType.allCases {
            let content = String(repeating: unit, count: 60_000 / unit.utf8.count)
            #expect(ExtractionReading(content, contentType).content.count == content.unicodeScalars.count)
        }
    }

    @Test func readsMegabytes() {
        #expect(ExtractionReading(String(repeating: "a", count: 2_000_000)).entities == [])
        let text = String(repeating: "Tom Roe lives in Rome. It was quiet there, and nobody came. ", count: 10_000)
        #expect(ExtractionReading(text).relationships == ["Tom Roe LIVES_IN Rome"])
    }
}
