import Support
import Testing

@testable import JSON

@Suite("The YAML that inventories and policies are written in")
struct YAMLReaderTests {
    /// The node as text: maps in braces, lists in brackets, `~` for nothing.
    private func shown(_ node: YAMLNode) -> String {
        switch node.content {
        case .null: "~"
        case .scalar(let text): "'\(text)'"
        case .sequence(let elements): "[" + elements.map(shown).joined(separator: " ") + "]"
        case .mapping(let members):
            "{" + members.map { "\($0.key)=\(shown($0.value))" }.joined(separator: " ") + "}"
        }
    }

    @Test(
        "Blocks, flows, quotes, comments",
        arguments: [
            ("", "~"), ("# only\n\n", "~"), ("---\n", "~"), ("a:", "{a=~}"),
            ("a: 1\nb: 2\n", "{a='1' b='2'}"),
            ("a:\n  b:\n    c: d\n  e: f\n", "{a={b={c='d'} e='f'}}"),
            ("a:\r\n  b: c\r\n", "{a={b='c'}}"), ("a: # x\n  - 1\n  - 2\n", "{a=['1' '2']}"),
            ("a:\n- 1\n-\n  b: 2\n- - 3\n  - 4\nc: d", "{a=['1' {b='2'} ['3' '4']] c='d'}"),
            ("- a: 1\n  b: 2\n- c", "[{a='1' b='2'} 'c']"),
            ("a: {b: 1, 'c': [x, \"y\", {}], d: }", "{a={b='1' c=['x' 'y' {}] d=~}}"),
            ("a: {b: [1,\n  # in between\n  2],\n c: d}\ne: f", "{a={b=['1' '2'] c='d'} e='f'}"),
            ("a: \"x\\n\\\"\\u00e9\\x41\" # c\nb: 'it''s'\n", "{a='x\n\"éA' b='it's'}"),
            ("a: \"one\n  two\"\nb: c", "{a='one two' b='c'}"),
            ("a: one\n  two\nb: c # d\n", "{a='one two' b='c'}"),
            ("\"a b\": 1\n'c:d' : 2\n", "{a b='1' c:d='2'}"),
            ("a: http://x:80/#y\n", "{a='http://x:80/#y'}"),
            ("a: null\nb: ~\nc: 'null'\n", "{a=~ b=~ c='null'}"),
            ("a: |\n  b: c\n\n   d\ne: f\n", "{a='b: c\n\nd' e='f'}"),
            ("a: !vault |\n  x\nb: !!str 1", "{a='x' b='1'}"), ("[a, b]", "['a' 'b']"),
            ("2001:db8::2: x", "{2001:db8::2='x'}"), ("a: -1\nb: -x", "{a='-1' b='-x'}"),
            ("a:\n  # deeper\n b: c\n", "{a={b='c'}}"),
            ("{\"a\": {\"b\": [1, null]}}", "{a={b=['1' ~]}}"),
        ])
    func reads(_ text: String, _ shown: String) throws {
        #expect(try self.shown(YAMLReader.read(text)) == shown)
    }

    @Test(
        "What isn't read is refused with its line, and never taken for something else",
        arguments: [
            ("a: &x 1", 1), ("a: *x", 1), ("a: 1\nb:\n  <<: *x", 3), ("&x a: 1", 1),
            ("? a\n: b", 1),
            ("a: [&x 1]", 1), ("a: {<<: 1}", 1), ("%YAML 1.2\n---\na: b", 1),
            ("a: 1\n---\nb: 2", 2),
            ("\ta: 1", 1), ("a:\n\tb: 1", 2), ("a: 1\na: 2", 2), ("a: {b: 1, b: 2}", 1),
            ("a: b: c", 1), ("a: 1\n b: 2", 2), ("a:\n  b: 1\n c: 2", 3), ("  a: 1\nb: 2", 2),
            ("a: [1, 2", 1), ("a: {b: 1", 1), ("a: \"b", 1), ("a:\n  b: 'c\nd: e", 2),
            ("a: [1] 2", 1), ("a: \"b\" c", 1), ("a: \"\\q\"", 1), ("a: \"\\ud800\"", 1),
            ("a: [1,,2]", 1), ("a: @b", 1), ("a: `b`", 1), ("a: 1\n- b", 2), ("a: \u{1}", 1),
            ("a: 1\nb", 2), ("a: {b: c}}", 1), ("- a\nb: c", 2), ("a: %x", 1), ("...\na: b", 2),
        ])
    func refuses(_ text: String, _ line: Int) {
        do {
            let node = try YAMLReader.read(text)
            Issue.record("it was read: \(shown(node))")
        } catch {
            #expect(error.line == line, "\(error)")
            #expect(!error.reason.isEmpty)
        }
    }

    @Test(
        "A text without quotes may be a number or a truth, and nothing else",
        arguments: [
            ("a: 1", #"{"a":1}"#), ("a: -7", #"{"a":-7}"#), ("a: \"1\"", #"{"a":"1"}"#),
            ("a: '1'", #"{"a":"1"}"#), ("a: 0.1", #"{"a":"0.1"}"#), ("a: 1e3", #"{"a":"1e3"}"#),
            ("a: true\nb: False", #"{"a":true,"b":false}"#), ("a: yes", #"{"a":"yes"}"#),
            ("a: ~", #"{"a":null}"#), ("a: [1, x, \"2\", true]", #"{"a":[1,"x","2",true]}"#),
            ("a:\n  b: 99999999999999999999", #"{"a":{"b":"99999999999999999999"}}"#),
            ("a: 2026-01-06T22:00", #"{"a":"2026-01-06T22:00"}"#),
            ("a: |\n  1", #"{"a":"1"}"#), ("", "null"),
        ])
    func json(_ text: String, _ json: String) throws {
        let expected = try JSONDocument.decode(JSONValue.self, from: Array(json.utf8))
        #expect(try YAMLReader.read(text).json == expected)
    }

    /// References would let a small text stand for a huge one.
    @Test("Depth is refused, not followed")
    func deep() {
        let block = (0..<20_000).map { String(repeating: " ", count: $0 % 200) + "a:" }
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
            String(repeating: "- ", count: 100_000), block.joined(separator: "\n"),
            "a: " + String(repeating: "[", count: 100_000),
        ] {
            #expect(throws: YAMLFault.self) { try YAMLReader.read(text) }
        }
    }

    @Test("Any text is read or refused, and a tree that is written out is read again")
    func random() throws {
        var random = SeededRandom.fresh("YAML")
        for _ in 0..<2_000 {
            let text = written(3, 0, &random)
            let node = try YAMLReader.read(text)
            var bytes = Array(text.utf8)
            // Far off, it mustn't crash or hang.
            for _ in 0..<random.below(5) {
                let at = random.below(bytes.count + 1)
                bytes.insert(random.pick(Array("{}[]:,-#&*!|>'\"%\n \t?é".utf8)), at: at)
            }
            _ = try? YAMLReader.read(String(decoding: bytes, as: UTF8.self))
            if case .mapping(let members) = node.content { #expect(!members.isEmpty) }
        }
    }

    private func written(_ depth: Int, _ indent: Int, _ random: inout SeededRandom) -> String {
        let blanks = String(repeating: " ", count: indent)
        return (0..<1 + random.below(3)).map { index in
            let key = "\(blanks)k\(index):"
            return switch random.below(depth > 0 ? 6 : 4) {
            case 0: "\(key) plain \(index)\n"
            case 1: "\(key) \"quoted: \\\" #\"\n"
            case 2: "\(key) [1, {a: b}, 'c']   # comment\n"
            case 3: "\(key)\n\(blanks)- x\n\(blanks)- y: z\n"
            default: "\(key)\n" + written(depth - 1, indent + 1 + random.below(3), &random)
            }
        }.joined()
    }
}
