/// Where a memory comes from.
struct Origin: Equatable, Sendable {
    /// The index of the input.
    let input: Int
    /// From 1; `nil` for a whole file.
    let line: Int?
}
