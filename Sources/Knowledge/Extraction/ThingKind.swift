/// The kinds of things that the built-in extractor tells apart.
enum ThingKind: UInt8, Sendable, CaseIterable {
    case person, organization, location, date, email, web, work, topic

    static let allNames = allCases.map(\.name)

    /// The type as it stands in an ``ExtractedEntity``.
    var name: String {
        switch self {
        case .person: "Person"
        case .organization: "Organization"
        case .location: "Location"
        case .date: "Date"
        case .email: "EmailAddress"
        case .web: "WebAddress"
        case .work: "CreativeWork"
        case .topic: "Topic"
        }
    }
}

/// A set of kinds, for the ends of a relationship.
struct ThingKinds: OptionSet, Sendable {
    let rawValue: UInt8

    static let person = ThingKinds(.person)
    static let organization = ThingKinds(.organization)
    static let location = ThingKinds(.location)
    static let work = ThingKinds(.work)
    static let topic = ThingKinds(.topic)
    /// Whatever has a name.
    static let named: ThingKinds = [.person, .organization, .location, .work, .topic]

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ kind: ThingKind) { rawValue = 1 << kind.rawValue }

    func contains(_ kind: ThingKind) -> Bool { contains(ThingKinds(kind)) }
}
