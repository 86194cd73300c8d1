import Foundation
import JSON
import Support
import Testing

@Suite("Decoding: what Foundation's decoder reads, with the same values and the same paths")
struct JSONDecodingTests {
    private struct Item: Codable, Equatable {
        enum Mark: String, Codable { case red, green }
        let name: String
        let count: Int
        let small: UInt8?
        let mark: Mark?
        let tags: [String]
        let inner: [String: [Int]]
        let id: UUID
        let isOn: Bool
        let ratio: Double
        let any: JSONValue?
    }

    private func item(_ random: inout SeededRandom) -> Item {
        func text() -> String {
            let letters = ["a", "\"", "\\", "/", "\n", "ä", "😀", "\u{1}", " ", "zz", "\u{2028}"]
            return (0..<random.below(6)).map { _ in letters[random.below(letters.count)] }.joined()
        }
        return Item(
            name: text(), count: random.below(1 << 40) - (1 << 39),
            small: random.below(2) == 0 ? nil : UInt8(random.below(256)),
            mark: [nil, .red, .green][random.below(3)],
            tags: (0..<random.below(4)).map { _ in text() },
            inner: ["": [], "x": [random.below(9)]], id: UUID(), isOn: random.below(2) == 0,
            ratio: Double(random.below(1000)) / 8,
            any: [nil, .object(["k": .array([.integer(1), .bool(true)])]), .string(text())][
                random.below(3)])
    }

    @Test("A UUID is read in either case, and nothing that is nearly one")
    func ids() throws {
        func id(_ text: String) throws -> UUID {
            try JSONDocument.decode([UUID].self, from: Array("[\"\(text)\"]".utf8))[0]
        }
        let written = "7b0600eb-6d9a-5162-9081-467d34898d57"
        let read = try #require(UUID(uuidString: written))
        #expect(try id(written) == read)
        #expect(try id(written.uppercased()) == read)
        for wrong in [
            "", "7b0600eb6d9a51629081467d34898d57", written + "0", String(written.dropLast()),
            written.replacing("-", with: "_"), "+b0600eb-6d9a-5162-9081-467d34898d57",
            "7b0600eb-6d9a-5162-9081-467d3489-d57", "7b0600eb-6d9a-5162-9081-467d34898dg7",
        ] {
            #expect(throws: DecodingError.self, "\(wrong)") { try id(wrong) }
        }
    }

    @Test("Random values come back as they were written by Foundation's encoder")
    func roundTrip() throws {
        var random = SeededRandom.fresh("decoding")
        for _ in 0..<500 {
            let items = (0..<random.below(4)).map { _ in item(&random) }
            let bytes = Array(try JSONEncoder().encode(items))
            #expect(try JSONDocument.decode([Item].self, from: bytes) == items)
        }
    }

    private struct Outer: Decodable {
        struct Inner: Decodable {
            let number: Int
            let small: UInt8?
        }
        let inners: [Inner]
    }

    @Test(
        "An error has the kind and the path that Foundation's has",
        arguments: [
            #"{}"#, #"{"inners":1}"#, #"{"inners":[{"number":1},{}]}"#,
            #"{"inners":[{"number":"1"}]}"#, #"{"inners":[{"number":null}]}"#, #"[]"#,
            #"{"inners":[7]}"#, #"{"inners":null}"#,
        ])
    func errors(text: String) throws {
        let ours = try #require(throws: DecodingError.self) {
            try JSONDocument.decode(Outer.self, from: Array(text.utf8))
        }
        let theirs = try #require(throws: DecodingError.self) {
            try JSONDecoder().decode(Outer.self, from: Data(text.utf8))
        }
        #expect(path(ours) == path(theirs), "\(ours) beside \(theirs)")
    }

    @Test(
        "A number that doesn't fit is refused where it stands",
        arguments: [
            (#"{"inners":[{"number":1.5}]}"#, "inners.0.number"),
            (#"{"inners":[{"number":1e3}]}"#, "inners.0.number"),
            (#"{"inners":[{"number":9223372036854775808}]}"#, "inners.0.number"),
            (#"{"inners":[{"number":1},{"number":1,"small":256}]}"#, "inners.1.small"),
            (#"{"inners":[{"number":1,"small":-1}]}"#, "inners.0.small"),
        ])
    func numbers(text: String, place: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDocument.decode(Outer.self, from: Array(text.utf8))
        }
        #expect(path(error) == place)
    }

    private func path(_ error: DecodingError) -> String {
        let (context, key): (DecodingError.Context, (any CodingKey)?) =
            switch error {
            case .keyNotFound(let key, let context): (context, key)
            case .typeMismatch(_, let context), .valueNotFound(_, let context),
                .dataCorrupted(let context):
                (context, nil)
            @unknown default: fatalError("\(error)")
            }
        return (context.codingPath + (key.map { [$0] } ?? [])).map {
            $0.intValue.map(String.init) ?? $0.stringValue
        }.joined(separator: ".")
    }

    @Test("What is no JSON is refused with its offset")
    func noJSON() throws {
        let error = try #require(throws: DecodingError.self) {
            try JSONDocument.decode([Int].self, from: Array("[1,".utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(context.debugDescription == "byte 3: it ends where a value must stand")
    }
}
