import Testing

@testable import Audit

/// Members are read in place, in whatever order they are asked for.
@Suite struct JSONMembersTests {
    private let text = """
        { "a" : -12 ,"b":"x" , "bb":"y\\\\","c":{"a":7,"d":["}",{"a":1}]},"d":null,"e":"q\\"e",
        "f":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e50","g":12345678901234567890}
        """

    private func read<Value>(_ body: (inout JSONMembers) -> Value) -> Value {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var members = JSONMembers(bytes)
            return body(&members)
        }
    }

    @Test func theyAreFoundInAnyOrder() {
        read { members in
            for _ in 0..<2 {
                #expect(members.number("a") == -12)
                #expect(members.text("b").map(Array.init) == Array("x".utf8))
                #expect(members.id("f")?.description == "0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e50")
                #expect(members.value("d").map(Array.init) == Array("null".utf8))
                #expect(members.text("b").map(Array.init) == Array("x".utf8))
            }
        }
    }

    @Test func innerMembersAreNotOuterOnes() {
        read { members in
            var inner = members.members("c")
            #expect(inner?.number("a") == 7)
            #expect(
                inner?.value("d").map { String(decoding: $0, as: UTF8.self) } == #"["}",{"a":1}]"#)
            #expect(inner?.value("b") == nil)
        }
    }

    @Test func whatIsOfAnotherKindIsNotThere() {
        read { members in
            #expect(members.value("x") == nil)
            #expect(members.text("bb") == nil, "it has an escape")
            #expect(members.text("e") == nil)
            #expect(members.text("a") == nil)
            #expect(members.number("b") == nil)
            #expect(members.number("g") == nil, "it is too large")
            #expect(members.stream("f") == nil)
            #expect(members.digest("f") == nil)
        }
        for text in ["[1]", "1", "\"a\"", "{}"] {
            Array(text.utf8).withUnsafeBufferPointer { bytes in
                var members = JSONMembers(bytes)
                let value = members.value("a")
                #expect(value == nil)
            }
        }
    }
}
