/// A word or phrase as a number: FNV-1a (Fowler, Noll, Vo), 64 bits, of its lower-case scalars. Equal words have equal keys; that two
/// different ones share a key is possible in principle and then costs a wrong guess, never more.
struct WordKey: Hashable, Sendable {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ text: some StringProtocol) {
        for scalar in text.unicodeScalars { append(scalar.value) }
    }

    init(_ scalars: ArraySlice<UInt32>) {
        for scalar in scalars { append(scalar) }
    }

    mutating func append(_ scalar: UInt32) {
        value = (value ^ UInt64(ScalarClass.lower(scalar))) &* 0x100_0000_01B3
    }

    /// Goes on with another word, as a phrase does.
    mutating func append(_ word: WordKey) {
        value = (value ^ (word.value &+ 0x9E37_79B9_7F4A_7C15)) &* 0x100_0000_01B3
        value ^= value >> 29
    }
}
