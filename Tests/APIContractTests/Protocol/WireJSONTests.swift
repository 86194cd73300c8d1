import APIContract
import FoundationEssentials
import JSON
import Testing

/// Requests are read strictly, answers leniently.
@Suite struct WireJSONTests {
    private struct Wish: Codable, Equatable {
        struct Part: Codable, Equatable {
            let hostName: String
        }

        let packageName: String
        let parts: [Part]?
        let labels: [String: String]?
    }

    private func read(_ text: String) throws(Problem) -> Wish {
        try WireJSON.decodeStrictly(Wish.self, from: Data(text.utf8))
    }

    @Test func namesAreInSnakeCaseAndMembersSorted() throws {
        let wish = Wish(
            packageName: "a/b", parts: [Wish.Part(hostName: "web1")], labels: ["someKey": "x"])
        let text = String(decoding: try WireJSON.encode(wish), as: UTF8.self)
        #expect(
            text
                == #"{"labels":{"someKey":"x"},"package_name":"a/b","parts":[{"host_name":"web1"}]}"#
        )
        #expect(try read(text) == wish)
    }

    @Test(
        arguments: [
            ("", "malformed-body", nil), ("nonsense", "malformed-body", nil),
            ("{}", "invalid-field", "package_name"),
            (#"{"package_name":null}"#, "invalid-field", "package_name"),
            (#"{"package_name":"x","parts":{}}"#, "invalid-field", "parts"),
            (#"{"package_name":"x","parts":[{}]}"#, "invalid-field", "parts[0].host_name"),
            (#"{"package_name":"x","colour":1}"#, "unknown-field", "colour"),
            (
                #"{"package_name":"x","parts":[{"host_name":"y","x":1}]}"#, "unknown-field",
                "parts[0].x"
            ),
        ] as [(String, String, String?)])
    func whatIsWrongIsNamedByItsPath(text: String, code: String, field: String?) {
        let problem = #expect(throws: Problem.self) { _ = try read(text) }
        #expect(problem?.code == code)
        #expect(problem?.errors.first?.field == field)
    }

    @Test func anAnswerMayHoldWhatThisVersionDoesNotKnow() throws {
        let data = Data(#"{"package_name":"x","news":{"a":[1,2.5,null,true]}}"#.utf8)
        #expect(try WireJSON.decode(Wish.self, from: data).packageName == "x")
    }

    @Test func anyValueComesThroughUnchanged() throws {
        let text = #"{"a":[1,true,null,"x",{"bCd":-7}],"e":2.5}"#
        let value = try WireJSON.decode(JSONValue.self, from: Data(text.utf8))
        #expect(String(decoding: try WireJSON.encode(value), as: UTF8.self) == text)
    }
}
