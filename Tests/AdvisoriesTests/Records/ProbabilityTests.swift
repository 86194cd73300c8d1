import Advisories
import Testing

@Suite("Probabilities, exact in billionths")
struct ProbabilityTests {
    @Test(
        "Decimal fractions, also with an exponent",
        arguments: [
            ("0.00085", 850_000, "0.00085"), ("0", 0, "0"), ("0.0", 0, "0"),
            ("1", 1_000_000_000, "1"), ("1.00000", 1_000_000_000, "1"),
            ("9.3e-05", 93_000, "0.000093"), ("0.97E0", 970_000_000, "0.97"),
            ("0.1234567891", 123_456_789, "0.123456789"), ("0.01e+2", 1_000_000_000, "1"),
            ("1e-99", 0, "0"),
        ])
    func read(_ text: String, _ billionths: Int, _ written: String) throws {
        let value = try #require(Probability(text))
        #expect(value.billionths == billionths)
        #expect(value.description == written)
    }

    @Test(
        "What is no number, or none from 0 to 1, is refused",
        arguments: [
            "", ".5", "1.", "-0.1", "+0.1", "1.000000001", "2", "1e1", "1e", "1e-", "0x1", "NaN",
            "inf", "0.5 ", "0,5", "1e999", "9e99", String(repeating: "0", count: 33),
        ])
    func refused(_ text: String) { #expect(Probability(text) == nil) }

    @Test("They are ordered as numbers, not as texts")
    func order() throws {
        #expect(try #require(Probability("9e-5")) < #require(Probability("0.10")))
    }
}
