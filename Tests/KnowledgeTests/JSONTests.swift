import Testing

@testable import Knowledge

@Suite struct JSONTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,null,"x\ny"],"c":{"d":-1.50e3}}"#, #""""#, "0", "[]", "{}", #""\u0001é😀""#
    ])
    func roundTripKeepsOrderAndDigits(text: String) throws {
        #expect(try JSON.parse(text).text == text)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", #"{"a":1,}"#, "01", "1.", "-", "nul", #""\x""#, #""\ud800""#, #""\udc00""#, "\"\u{1}\"", "1 2", #"{"a" 1}"#,
        "\u{FEFF}1"
    ])
    func refusesWhatIsNoJSON(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(text) }
    }

    @Test func readsEscapes() throws {
        #expect(try JSON.parse(#""\u0041\ud83d\ude00\/\b""#) == .string("A😀/\u{8}"))
    }

    @Test func refusesInvalidUTF8AndDepth() {
        let bytes: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
        #expect(throws: JSONSyntaxError.self) { try bytes.withUnsafeBytes { try JSON.parse($0) } }
        let deep = String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
        #expect(throws: JSONSyntaxError.self) { try JSON.parse(deep) }
        #expect(throws: Never.self) { try JSON.parse(deep, depthLimit: 129) }
    }

    @Test func theLastOfRepeatedNamesCounts() throws {
        #expect(try JSON.parse(#"{"a":1,"a":2}"#)["a"] == .number("2"))
    }
}
