import HTTPServing
import Testing

/// Escapes in paths and queries.
@Suite struct PercentTests {
    @Test func escapesAreDecoded() {
        #expect(percentDecoded("a%2Fb%3a+%C3%A4") == "a/b:+ä")
    }

    @Test(arguments: ["%", "%4", "%zz", "a%2", "%C3", "%FF%FE"])
    func brokenOnesAreRefused(text: String) {
        #expect(percentDecoded(text) == nil)
    }
}
