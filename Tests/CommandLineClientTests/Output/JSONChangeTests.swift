import APIContract
import CommandLineClient
import Foundation
import JSON
import Testing

/// What differs between two states of a resource.
@Suite struct JSONChangeTests {
    private func value(_ text: String) throws -> JSONValue {
        try WireJSON.decode(JSONValue.self, from: Data(text.utf8))
    }

    private func lines(_ before: String?, _ after: String?) throws -> [String] {
        try JSONChange.all(from: before.map(value), to: after.map(value)).map(\.line)
    }

    @Test func membersAreComparedByNameAndArraysByPlace() throws {
        let before = #"{"a":1,"b":{"c":"x","d":[1,2]},"same":{"e":null}}"#
        let after = #"{"a":2,"b":{"c":"y","d":[1,3,4]},"same":{"e":null}}"#
        #expect(
            try lines(before, after) == [
                "  a: 1 → 2", "  b.c: x → y", "  b.d[1]: 2 → 3", "+ b.d[2]: 4",
            ])
    }

    @Test func whatCameOrWentAsAWholeIsOneChange() throws {
        #expect(
            try lines(#"{"gone":{"x":1}}"#, #"{"come":[true]}"#) == [
                "+ come: [true]", #"- gone: {"x":1}"#,
            ])
        #expect(try lines(nil, #"{"state":"identified"}"#) == [#"+ : {"state":"identified"}"#])
    }

    @Test func equalStatesDontDiffer() throws {
        #expect(try lines(#"{"a":[1,{"b":2}]}"#, #"{"a":[1,{"b":2}]}"#).isEmpty)
        #expect(try lines(nil, nil).isEmpty)
    }

    @Test func anotherKindOfValueIsAChangeOfTheWhole() throws {
        #expect(try lines(#"{"a":[1]}"#, #"{"a":{"b":1}}"#) == [#"  a: [1] → {"b":1}"#])
        #expect(try lines(#"{"a":null}"#, #"{"a":""}"#) == ["  a: null → "])
    }

    @Test func longValuesAreCut() throws {
        let long = String(repeating: "x", count: 500)
        let line = try #require(lines(nil, #""\#(long)""#).first)
        #expect(line.count < 120)
        #expect(line.hasSuffix("x…"))
    }
}
