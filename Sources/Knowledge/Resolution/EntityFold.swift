/// An entity made of the forms that memories give of it, one after the other, as ``Resolver`` makes it when nothing else bears its names.
///
/// Forms that were brought together by a name which nobody gives any more stay together.
struct EntityFold {
    private(set) var name: String
    private(set) var type: String
    private(set) var summary: String
    /// In the order in which they came.
    private(set) var keys: [String]

    init(_ first: EntityForm) {
        name = first.name
        type = first.type
        summary = first.description ?? ""
        keys = ResolutionKey(name: first.name, type: first.type).all
    }

    /// `nil` without any form.
    init?(_ forms: [EntityForm]) {
        guard let first = forms.first else { return nil }
        self.init(first)
        for form in forms.dropFirst() { add(form) }
    }

    mutating func add(_ form: EntityForm) {
        let key = ResolutionKey(name: form.name, type: form.type)
        if !isNamesake(key, form.type), let firstName = key.firstName, keys.contains(firstName) {
            // A single name says nothing new; the first full one is the name from now on.
            if !key.isSingleWord {
                if FoldedName(name, isPerson: true).isSingleWord { name = form.name }
                add(key.all)
            }
        } else {
            add(key.all)
        }
        if TypeCompatibility.isWeak(type), !TypeCompatibility.isWeak(form.type) { type = form.type }
        if let description = form.description, description.utf8.count > summary.utf8.count { summary = description }
    }

    private func isNamesake(_ key: ResolutionKey, _ otherType: String) -> Bool {
        guard key.names.contains(where: keys.contains) else { return false }
        if key.isSingleWord, TypeCompatibility.isPerson(type), !FoldedName(name, isPerson: true).isSingleWord { return false }
        return TypeCompatibility.areEqual(type, otherType) || TypeCompatibility.isWeak(type) || TypeCompatibility.isWeak(otherType)
    }

    private mutating func add(_ more: [String]) {
        for key in more where !keys.contains(key) { keys.append(key) }
    }
}
