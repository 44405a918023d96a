extension Slice {
    /// The elements of this slice of a list, and how long the list is. O(list).
    func window<Element: Sendable>(of list: some Sequence<Element>) -> Page<Element> {
        var window: [Element] = []
        var total = 0
        for element in list {
            if total >= offset, window.count < limit { window.append(element) }
            total += 1
        }
        return Page(window, total: total)
    }
}

extension Page {
    func map<Other: Sendable>(_ transform: (Element) -> Other?) -> Page<Other> {
        Page<Other>(elements.compactMap(transform), total: total)
    }
}
