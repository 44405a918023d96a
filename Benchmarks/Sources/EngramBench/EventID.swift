/// An event's `EPOCH-VERSION`, in the order in which it has to grow. Both parts are numbers without a stated base: they
/// are compared by their length without leading zeros, then by their digits, which is right for decimal and for hexadecimal.
struct EventID: Comparable, CustomStringConvertible {
    private let epoch: String
    private let version: String
    let description: String

    /// `nil` if the text does not have two parts, both with digits in them.
    init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-") else { return nil }
        func digits(_ part: Substring) -> String? {
            guard !part.isEmpty, part.allSatisfy(\.isHexDigit) else { return nil }
            return String(part.drop { $0 == "0" })
        }
        guard let epoch = digits(text[..<dash]), let version = digits(text[text.index(after: dash)...]) else { return nil }
        self.epoch = epoch
        self.version = version
        description = text
    }

    static func < (left: EventID, right: EventID) -> Bool {
        left.epoch == right.epoch ? precedes(left.version, right.version) : precedes(left.epoch, right.epoch)
    }

    static func == (left: EventID, right: EventID) -> Bool {
        left.epoch == right.epoch && left.version == right.version
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count ? left < right : left.utf8.count < right.utf8.count
    }
}
