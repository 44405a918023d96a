/// A slice of a longer list, and how long that is.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    package var total: Int

    package init(_ elements: [Element], total: Int) {
        self.elements = elements
        self.total = total
    }
}

/// Which slice is wanted.
package struct Slice: Sendable {
    package var offset: Int
    package var limit: Int

    package init(offset: Int = 0, limit: Int) {
        self.offset = offset
        self.limit = limit
    }
}
