package import HTTPTypes

/// Which versions a client allows a change to be made to (`If-Match`, RFC 9110 §13.1.1).
package struct IfMatch: Sendable, Equatable {
    /// `nil` for `*`: any.
    private let tags: [String]?

    /// `nil` when the client does not care.
    package init?(_ headers: HTTPFields) {
        guard let value = headers[.ifMatch] else { return nil }
        // Versions have no commas or spaces in them.
        let items = value.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
        tags = items.contains("*") ? nil : items
    }

    package var isAny: Bool { tags == nil }

    /// Compared strongly: a weak tag matches nothing.
    package func allows(version: Int) -> Bool { tags?.contains(EntityTag.text(version)) ?? true }
}

/// The `ETag` of a memory: it changes with its version.
package enum EntityTag {
    package static func text(_ version: Int) -> String { "\"\(version)\"" }
}
