import JSON
import Support
import Testing

@Suite("JSON in pieces: elements one at a time, in memory that one of them bounds")
struct JSONElementReaderTests {
    /// All parts of `text`, read in pieces whose lengths `size` gives.
    private func parts(
        _ text: [UInt8], _ selections: [JSONElementReader.Selection],
        limits: JSONLimits = JSONLimits(bytes: 1 << 20), size: () -> Int = { 7 }
    ) throws(JSONSyntaxError) -> [JSONElementReader.Part] {
        var reader = JSONElementReader(selections, limits: limits)
        var parts: [JSONElementReader.Part] = []
        var place = 0
        while place < text.count {
            let end = min(text.count, place + max(1, size()))
            reader.append(Array(text[place..<end]))
            while let part = try reader.next() { parts.append(part) }
            place = end
        }
        try reader.finish()
        return parts
    }

    private func parts(
        _ text: String, _ selections: JSONElementReader.Selection...
    ) throws(JSONSyntaxError) -> [JSONElementReader.Part] {
        try parts(Array(text.utf8), selections)
    }

    @Test("The elements of an array, and single values, wherever they stand")
    func selections() throws {
        let text = #"""
            {"skip": [[1, {"a": "]"}], "\\\"", -0.5e+10, true, false, null],
             "a": {"b": [1, "two", {"three": [3]}, [], null], "c": [9]}, "v": {"x": 1}}
            """#
        let parts = try parts(text, .elements("a", "b"), .value("v"))
        #expect(parts.map(\.selection) == [0, 0, 0, 0, 0, 1])
        #expect(parts.map(\.index) == [0, 1, 2, 3, 4, 0])
        #expect(
            parts.map(\.document.root.value) == [
                .integer(1), .string("two"), .object(["three": .array([.integer(3)])]), .array([]),
                .null, .object(["x": .integer(1)]),
            ])
        let bytes = Array(text.utf8)
        for part in parts {
            let end = part.offset + 1
            #expect(end <= bytes.count && ![0x20, 0x2C, 0x3A].contains(bytes[part.offset]))
        }
    }

    @Test("The text itself may be what is asked for")
    func top() throws {
        #expect(try parts("[1,2]", .elements()).map(\.document.root.integer) == [1, 2])
        #expect(try parts(" {\"a\":1} ", .value()).map(\.document.root.count) == [1])
        #expect(try parts(" [ ] ", .elements()).isEmpty)
    }

    @Test("A name with escapes is the same name; a member of that name deeper is another")
    func names() throws {
        let text = #"{"x": {"list": [1]}, "l\u0069st": [2], "list2": [3]}"#
        #expect(try parts(text, .elements("list")).map(\.document.root.integer) == [2])
    }

    @Test("What is missing or null has no elements")
    func nothing() throws {
        #expect(try parts("{}", .elements("a")).isEmpty)
        #expect(try parts(#"{"a": null, "b": 1}"#, .elements("a", "c"), .value("d")).isEmpty)
        #expect(try parts(#"{"a": null}"#, .elements("a")).isEmpty)
    }

    @Test(
        "What is no JSON is refused where it goes wrong, in what is dropped as in what is asked for",
        arguments: [
            "", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}",
            "{\"a\":1]", "{\"b\":[1}", "{\"b\":[1,]}", "{\"b\":01}", "{\"b\":1.}", "{\"b\":.5}",
            "{\"b\":+1}", "{\"b\":1e}", "{\"b\":-}", "{\"b\":tru}", "{\"b\":nul", "{\"b\" 1}",
            "{\"b\":\"\\x\"}", "{\"b\":\"\\u12g4\"}", "{\"b\":\"\\ud800\"}",
            "{\"b\":\"\\udc00\"}", "{\"b\":\"\\ud800\\u0041\"}", "{\"b\":\"\\ud800x\"}",
            "{\"b\":\"a\nb\"}", "{} {}", "{}x", "[1]2", "{\"a\":[tru]}", "{\"a\":[1 2]}",
            "{\"a\":[\"\\ud800\"]}", "{\"a\":[{]}]}", "{\"a\":[1],\"a\":[2]}", "{\"a\":7}",
            "{\"a\":{}}", "{\"b\":1}}", "nul", "\u{FEFF}{}", "{\"a\":[{\"x\":1,\"x\":2}]}",
            "{\"\\ud800\":1}", "{'a':1}", "{\"a\":[,1]}", "{,\"a\":[1]}", "[1]",
        ])
    func refused(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try parts(text, .elements("a")) }
    }

    @Test("Bytes that are no UTF-8 are refused in every part of a text")
    func notUTF8() {
        for bad: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0x80], [0xF0, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] {
            for (before, after) in [
                ("{\"b\":\"", "\"}"), ("{\"", "\":1}"), ("{\"a\":[\"", "\"]}"), ("{", "}"),
            ] {
                let text = Array(before.utf8) + bad + Array(after.utf8)
                #expect(throws: JSONSyntaxError.self, "\(bad) in \(before)") {
                    try parts(text, [.elements("a")])
                }
            }
        }
    }

    @Test("The offset is that of the whole text, also within an element")
    func offsets() {
        #expect(throws: JSONSyntaxError(offset: 12, reason: "a comma is missing")) {
            try parts("{\"b\": [1, 2 3]}", .elements("a"))
        }
        #expect {
            try parts("{\"a\": [1, {\"x\": tru}]}", .elements("a"))
        } throws: {
            let offset = ($0 as? JSONSyntaxError)?.offset ?? 0
            return (16...19).contains(offset)
        }
    }

    @Test("An element that is too long and a text too deep are refused before they are held")
    func limits() throws {
        let long = "[\"" + String(repeating: "x", count: 100)
        #expect(throws: JSONSyntaxError.self) {
            try parts(Array(long.utf8), [.elements()], limits: JSONLimits(bytes: 50))
        }
        let deep = String(repeating: "[", count: 65)
        #expect(throws: JSONSyntaxError.self) { try parts("{\"b\":" + deep, .elements("a")) }
        let hidden = "[" + String(repeating: "[", count: 64) + String(repeating: "]", count: 65)
        #expect(throws: JSONSyntaxError.self) { try parts(hidden, .elements()) }
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try parts(fits, .elements()).count == 1)
    }

    @Test("Any text reads the same in any pieces, and as the document that it is")
    func pieces() throws {
        var random = SeededRandom.fresh("JSON in pieces")
        for _ in 0..<300 {
            let elements = (0..<random.below(6)).map { _ in Self.text(3, &random) }
            let members = (0..<random.below(4)).map { "\"m\($0)\": \(Self.text(3, &random))" }
            var all = members
            all.insert("\"list\" : [" + elements.joined(separator: " , ") + "]", at: 0)
            let bytes = Array(
                ("{" + all.shuffled(using: &random).joined(separator: ",\n") + "}").utf8)
            let document = try JSONDocument(parsing: bytes)
            let expected = document.root["list"]?.elements?.map(\.value) ?? []
            let parts = try parts(
                bytes, [.elements("list"), .value("m0")],
                size: { random.below(random.chance(50) ? 3 : 40) })
            #expect(parts.filter { $0.selection == 0 }.map(\.document.root.value) == expected)
            #expect(
                parts.first { $0.selection == 1 }?.document.root.value
                    == document.root["m0"]?.value)
            // Cut off anywhere it is refused.
            let end = random.below(bytes.count)
            #expect(throws: JSONSyntaxError.self) {
                try self.parts(Array(bytes[..<end]), [.elements("list")])
            }
        }
    }

    @Test("A text with one byte changed is refused, or is one that the parser takes as well")
    func mutations() throws {
        var random = SeededRandom.fresh("JSON with changed bytes")
        for _ in 0..<3_000 {
            var bytes = Array(
                "{\"list\":[\(Self.text(2, &random))],\"b\":\(Self.text(3, &random))}".utf8)
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            let isTaken = (try? JSONDocument(parsing: bytes)) != nil
            let isRead = (try? parts(bytes, [.elements("list")])) != nil
            if isRead, !isTaken {
                // What is dropped is not searched for a name that comes twice.
                let lenient = JSONLimits(refusesDuplicateNames: false)
                #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
                    try JSONDocument(parsing: bytes, limits: lenient)
                }
            } else if isTaken, !isRead {
                let root = try JSONDocument(parsing: bytes).root
                #expect(
                    root["list"].map { $0.kind != .array } ?? false || root.kind != .object,
                    "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private static func text(_ depth: Int, _ random: inout SeededRandom) -> String {
        switch random.below(depth > 0 ? 8 : 6) {
        case 0: random.pick(["0", "-1", "12.5", "1e3", "-0.1E-2", "9007199254740993"])
        case 1: random.pick(["true", "false", "null"])
        case 2, 3:
            random.pick([
                #""""#, #""a""#, #""\\\"\/\b\f\n\r\t""#, #""é😀""#, #""\ud83d\ude00\u00e9""#,
                #""[{,:}]""#,
            ])
        case 4: "{}"
        case 5: "[ ]"
        case 6:
            "["
                + (0..<random.below(3)).map { _ in text(depth - 1, &random) }
                .joined(separator: ",") + "]"
        default:
            "{"
                + (0..<random.below(3)).map { "\"k\($0)\":" + text(depth - 1, &random) }
                .joined(separator: " ,") + "}"
        }
    }
}
