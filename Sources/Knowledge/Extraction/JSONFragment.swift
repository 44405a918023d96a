/// What a walk over a JSON document met.
enum JSONFragment: Sendable, Equatable {
    /// A name and the type that the document gives it.
    struct Name: Sendable, Equatable {
        var name: String
        var type: String
    }

    /// An object that has a name; the offset of the name in the content, in scalars, where it stands there literally.
    case entity(Name, offset: Int?)
    /// One named object inside another.
    case relation(Name, member: String, Name)
    /// A string, and the named object and member that it belongs to.
    case text(String, offset: Int?, owner: Name?, member: String?)

    /// UTF-8 bytes, about.
    var size: Int {
        switch self {
        case .entity(let name, _): name.name.utf8.count + 32
        case .relation(let source, let member, let target): source.name.utf8.count + member.utf8.count + target.name.utf8.count + 32
        case .text(let text, _, _, _): text.utf8.count + 32
        }
    }
}
