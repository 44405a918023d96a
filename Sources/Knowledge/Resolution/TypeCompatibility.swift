/// What entity resolution has to know about an entity's type.
enum TypeCompatibility {
    static func isPerson(_ type: String) -> Bool {
        type == "Person" || type.lowercased() == "person"
    }

    static func isCreativeWork(_ type: String) -> Bool {
        type == "CreativeWork" || type.lowercased() == "creativework"
    }

    /// Whether the type says no more than "something": it gives way to any other type of the same name.
    static func isWeak(_ type: String) -> Bool {
        switch type {
        case "Topic", "Entity", "": true
        case "Person", "Organization", "Location": false
        default:
            switch type.lowercased() {
            case "topic", "entity": true
            default: false
            }
        }
    }

    static func areEqual(_ left: String, _ right: String) -> Bool {
        left == right || left.lowercased() == right.lowercased()
    }
}
