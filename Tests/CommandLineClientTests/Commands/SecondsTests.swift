import CommandLineClient
import Testing

/// Durations as people write them.
@Suite struct SecondsTests {
    @Test(arguments: [
        ("45", 45), ("45s", 45), ("30m", 1800), ("24h", 86_400), ("3d", 259_200), ("0", 0),
    ])
    func theyAreWholeSeconds(text: String, value: Int) {
        #expect(Seconds(argument: text)?.value == value)
    }

    @Test(arguments: ["", "s", "-1", "1.5h", "5 m", "1w", "９", "9223372036854775807d", "+3"])
    func anythingElseIsRefused(text: String) {
        #expect(Seconds(argument: text) == nil)
    }

    @Test func theyAreShownInTheLargestUnitThatFits() {
        #expect(Seconds(7_776_000).defaultValueDescription == "90d")
        #expect(Seconds(90).defaultValueDescription == "90s")
        #expect(Seconds(0).defaultValueDescription == "0s")
    }
}
