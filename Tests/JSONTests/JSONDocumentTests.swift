import JSON
import Testing

@Suite("A JSON document: RFC 8259, within limits, or a refusal that says where")
struct JSONDocumentTests {
    private func root(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONNode {
        try JSONDocument(parsing: Array(text.utf8), limits: limits).root
    }

    @Test("Each kind of value is read as what it is")
    func kinds() throws {
        let root = try root(
            #" { "n" : null, "t":true , "f":false,"i":-12,"d":1.5e2, "s":"a\"b","a":[1,[],{}] } "#)
        #expect(root.count == 7)
        #expect(root["n"]?.isNull == true)
        #expect(root["t"]?.bool == true)
        #expect(root["f"]?.bool == false)
        #expect(root["i"]?.integer == -12)
        #expect(root["i"]?.number == -12)
        #expect(root["d"]?.number == 150)
        #expect(root["d"]?.integer == nil, "an exponent makes no integer")
        #expect(root["s"]?.string == "a\"b")
        #expect(root["a"]?.elements?.map(\.kind) == [.number, .array, .object])
        #expect(root["missing"] == nil)
        #expect(root["s"]?["missing"] == nil)
        #expect(root.members?.map(\.name) == ["n", "t", "f", "i", "d", "s", "a"])
        #expect(
            root["a"]?.value == .array([.integer(1), .array([]), .object([:])]))
    }

    @Test(
        "An integer of 64 bits is exact, a larger one is a number",
        arguments: [
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("9223372036854775808", nil), ("0", 0), ("-0", 0),
        ] as [(String, Int64?)])
    func integers(text: String, value: Int64?) throws {
        #expect(try root(text).integer == value)
        #expect(try root(text).scalar == text)
    }

    @Test(
        "Escapes stand for their characters, in values and in names",
        arguments: [
            (#""\u0041\n\t\r\b\f\/\\""#, "A\n\t\r\u{8}\u{c}/\\"), (#""\ud83d\uDE00""#, "😀"),
            (#""\u00e4ä€😀""#, "ää€😀"), (#""\u0000""#, "\0"), ("\"\"", ""),
        ])
    func escapes(text: String, value: String) throws {
        #expect(try root(text).string == value)
        #expect(try root("{\(text):1}")[value]?.integer == 1)
    }

    @Test(
        "What is no JSON is refused, with the offset of the byte",
        arguments: [
            ("", 0), ("  ", 2), ("{", 1), ("[1", 2), ("[1,]", 3), ("{\"a\"}", 4), ("{\"a\":}", 5),
            ("{a:1}", 1), ("{\"a\":1,}", 7), ("01", 1), ("-", 1), ("1.", 2), ("1e", 2), ("+1", 0),
            (".5", 0), ("tru", 0), ("trux", 0), ("nul", 0), ("NaN", 0), ("[1] 2", 4), ("'a'", 0),
            ("\"a", 2), ("\"\\x\"", 2), ("\"\\u12g4\"", 5), ("\"\\u12", 3), ("\"a\nb\"", 2),
            ("\"\\ud800\"", 7), ("\"\\udc00\"", 7), ("\"\\ud800\\u0041\"", 13), ("[1 2]", 3),
            ("{\"a\":1 \"b\":2}", 7), ("\u{feff}1", 0), ("// c\n1", 0),
        ])
    func refusals(text: String, offset: Int) {
        #expect(throws: JSONSyntaxError.self) { try root(text) }
        do { _ = try root(text) } catch let error as JSONSyntaxError {
            #expect(error.offset == offset, "\(error)")
        } catch { Issue.record("\(error)") }
    }

    @Test(
        "Bytes that are no UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xF0, 0x9F, 0x98], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
        ] as [[UInt8]])
    func otherBytes(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONSyntaxError(offset: 1, reason: "it is not UTF-8")) {
            try JSONDocument(parsing: [quote] + bytes + [quote])
        }
    }

    @Test("A name stands once in an object, however it is written and however many there are")
    func duplicates() throws {
        #expect(throws: JSONSyntaxError.self) { try root(#"{"a":1,"a":2}"#) }
        #expect(throws: JSONSyntaxError.self) { try root(#"{"a":1,"\u0061":2}"#) }
        #expect(throws: JSONSyntaxError.self) { try root(#"{"b":1,"a":2,"b":3}"#) }
        #expect(throws: JSONSyntaxError.self) { try root(#"{"a":1,"ab":2,"a":3}"#) }
        #expect(try root(#"{"":0,"a":1,"ab":2,"b":3,"\u0062c":4,"aa":5}"#).count == 6)
        let many = (0..<100).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try root("{\(many)}").count == 100)
        #expect(throws: JSONSyntaxError.self) { try root("{\(many),\"k7\":0}") }
        #expect(try root(#"{"a":{"a":{"a":1}},"b":1}"#).count == 2)
        let lenient = JSONLimits(refusesDuplicateNames: false)
        #expect(try root(#"{"a":1,"a":2}"#, lenient)["a"]?.integer == 1)
    }

    @Test("Depth and size have a limit, and what is within it is read")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try root(nested(64)).kind == .array)
        #expect(throws: JSONSyntaxError.self) { try root(nested(65)) }
        #expect(try root(nested(512), JSONLimits(depth: 512)).kind == .array)
        #expect(throws: JSONSyntaxError.self) { try root(nested(1_000_000)) }
        #expect(try root("[1]", JSONLimits(bytes: 3)).count == 1)
        #expect(throws: JSONSyntaxError.self) { try root("[1] ", JSONLimits(bytes: 3)) }
    }

    @Test("A value says where it lies")
    func places() throws {
        let root = try root(#"{"affected":[{},{"ranges":[1,{"type":"GIT"}]}]}"#)
        let type = try #require(
            root["affected"]?.elements?.map { $0 }[1]["ranges"]?.elements?.map { $0 }[1]["type"])
        #expect(type.path == "affected[1].ranges[1].type")
        #expect(root.path.isEmpty)
        #expect(type.offset == 37)
    }
}
