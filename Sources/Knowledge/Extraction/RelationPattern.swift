/// A verb phrase that states a relationship between what stands before and after it.
struct RelationPattern: Sendable {
    enum Step: Sendable {
        case word(Set<WordKey>)
        case optional(Set<WordKey>)
        /// Up to four tokens, no marks.
        case gap
    }

    /// Which common noun phrases may be the object, besides names.
    enum Phrase: Sendable {
        case none, any, event
    }

    let type: String
    /// The words that begin the phrase.
    let triggers: [WordKey]
    /// What follows them.
    let steps: [Step]
    let subjects: ThingKinds
    let objects: ThingKinds
    let phrase: Phrase
    /// The object is the relationship's source, as after "founded by".
    let isReversed: Bool
    /// Whether a form of "be" must (`true`) or must not (`false`) stand before the phrase; `nil` when it does not matter.
    let be: Bool?

    /// Whether two subjects are in the relationship with each other when no object follows.
    var isMutual: Bool { subjects == .person && objects == .person && (type == "MET" || type == "MARRIED_TO" || type == "FRIEND_OF") }

    /// - Parameter words: Alternatives joined by `|`, steps by spaces; a step that begins with `?` may be missing, `*` is a gap.
    init(
        _ type: String, _ words: String, _ subjects: ThingKinds, _ objects: ThingKinds, phrase: Phrase = .none, isReversed: Bool = false,
        be: Bool? = nil
    ) {
        self.type = type
        self.subjects = subjects
        self.objects = objects
        self.phrase = phrase
        self.isReversed = isReversed
        self.be = be
        let steps = words.split(separator: " ")
        func keys(_ step: Substring) -> [WordKey] { step.split(separator: "|").map { WordKey($0) } }
        triggers = steps.first.map(keys) ?? []
        self.steps = steps.dropFirst().map { step in
            if step == "*" { return .gap }
            return step.hasPrefix("?") ? .optional(Set(keys(step.dropFirst()))) : .word(Set(keys(step)))
        }
    }

    /// The token after the phrase when it stands at `index`, its first word known to be there; `nil` when it doesn't.
    func end(in tokens: [TextToken], from index: Int, limit: Int) -> Int? { match(tokens, index + 1, step: 0, limit) }

    private func match(_ tokens: [TextToken], _ index: Int, step: Int, _ limit: Int) -> Int? {
        guard step < steps.count else { return index }
        switch steps[step] {
        case .word(let keys):
            guard index < limit, tokens[index].kind == .word, keys.contains(tokens[index].key) else { return nil }
            return match(tokens, index + 1, step: step + 1, limit)
        case .optional(let keys):
            let isThere = index < limit && tokens[index].kind == .word && keys.contains(tokens[index].key)
            return match(tokens, isThere ? index + 1 : index, step: step + 1, limit)
        case .gap:
            var next = index
            while next < limit, next <= index + 4, tokens[next].kind != .mark {
                if let end = match(tokens, next, step: step + 1, limit) { return end }
                next += 1
            }
            return nil
        }
    }
}
