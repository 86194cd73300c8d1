import EventSourcing
import FoundationEssentials
import Testing

@Suite("Canonical JSON: RFC 8785 for what is stored")
struct CanonicalJSONTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    @Test("Keys stand in the order of their code units, whatever order they were written in")
    func keyOrder() throws {
        let value = ["b": 1, "B": 2, "a_b": 3, "aB": 4, "a10": 5, "a9": 6, "a": 7, "": 8, "_": 9]
        #expect(
            try text(value)
                == #"{"":8,"B":2,"_":9,"a":7,"a10":5,"a9":6,"aB":4,"a_b":3,"b":1}"#)
    }

    @Test("Control characters, quotes and backslashes are escaped as RFC 8785 says")
    func escapes() throws {
        let short: [UInt8: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"]
        for byte in UInt8(0)..<32 {
            let digits = String(byte, radix: 16)
            let expected =
                short[byte] ?? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            #expect(try text(String(UnicodeScalar(byte))) == "\"\(expected)\"")
        }
        #expect(try text("\"") == #""\"""#)
        #expect(try text("\\") == #""\\""#)
    }

    @Test("Everything else stands as it is: slashes, DEL, other scripts, astral and combining ones")
    func unescaped() throws {
        for string in ["/", "\u{7f}", "\u{80}", "ä", "€", "\u{2028}", "😀", "e\u{301}", "</script>"]
        {
            #expect(try Array(text(string).utf8) == Array("\"\(string)\"".utf8))
        }
    }

    @Test("Integers are plain, up to 2^53 and beyond their sign")
    func integers() throws {
        #expect(try text([0, -1, 1 << 53]) == "[0,-1,9007199254740992]")
    }

    @Test("There is no white space, and empty things stay")
    func compact() throws {
        #expect(try text(["a": [String](), "b": [""]]) == #"{"a":[],"b":[""]}"#)
    }

    private struct Row: Codable, Equatable {
        let id: UUID
        let parent: UUID?
        let at: Timestamp
        let digest: Digest
        let stream: StreamID
    }

    @Test("Ids are lower case in objects, and what was written is read back the same")
    func values() throws {
        let id = try #require(UUID(uuidString: "0190B8A2-7C11-7D0A-9F3E-5A1B2C3D4E5F"))
        let row = Row(
            id: id, parent: id, at: Timestamp(seconds: 0), digest: Digest(of: "x"),
            stream: StreamID(prefix: "pa", id))
        let bytes = try CanonicalJSON.encode(row)
        let json = String(decoding: bytes, as: UTF8.self)
        #expect(json.contains(#""id":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f""#))
        #expect(json.contains(#""parent":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f""#))
        #expect(json.contains(#""at":"1970-01-01T00:00:00.000000Z""#))
        #expect(try CanonicalJSON.decode(Row.self, from: bytes) == row)
        #expect(try CanonicalJSON.encode(CanonicalJSON.decode(Row.self, from: bytes)) == bytes)
        let orphan = Row(
            id: id, parent: nil, at: Timestamp(seconds: 0), digest: Digest(of: "x"),
            stream: StreamID(prefix: "pa", id))
        #expect(try !text(orphan).contains("parent"))
    }

    @Test("The same value has the same digest, another value another")
    func digests() throws {
        #expect(
            try CanonicalJSON.digest(of: ["a": 1, "b": 2])
                == CanonicalJSON.digest(of: ["b": 2, "a": 1]))
        #expect(try CanonicalJSON.digest(of: ["a": 1]) != CanonicalJSON.digest(of: ["a": 2]))
    }
}
