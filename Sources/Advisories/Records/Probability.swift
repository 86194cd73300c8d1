/// A probability from 0 to 1, kept in billionths, so that it is compared exactly.
package struct Probability: Sendable, Hashable, Comparable, CustomStringConvertible {
    package static let one: Int = 1_000_000_000

    package let billionths: Int

    /// - Returns: nil outside 0 to 1.
    package init?(billionths: Int) {
        guard (0...Self.one).contains(billionths) else { return nil }
        self.billionths = billionths
    }

    /// Reads a decimal fraction as EPSS writes it: `0.00085`, `1`, `9.3e-05`. What is finer than a
    /// billionth is cut off.
    ///
    /// - Returns: nil for anything else, and outside 0 to 1.
    package init?(_ text: String) {
        var cursor = ByteCursor(text)
        guard cursor.end <= 32 else { return nil }
        let whole = cursor.take(while: isDigit)
        guard !whole.isEmpty else { return nil }
        var digits = Array(cursor[whole])
        var decimals = 0
        if cursor.take(ASCII.dot) {
            let fraction = cursor.take(while: isDigit)
            guard !fraction.isEmpty else { return nil }
            digits += cursor[fraction]
            decimals = fraction.count
        }
        if cursor.take(word: "e") {
            let isNegative = cursor.take(ASCII.hyphen)
            if !isNegative { _ = cursor.take(ASCII.plus) }
            let exponent = cursor.take(while: isDigit)
            guard (1...2).contains(exponent.count) else { return nil }
            let size = cursor[exponent].reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
            decimals += isNegative ? size : -size
        }
        guard cursor.isAtEnd else { return nil }
        // The value is `digits` with the point moved `decimals` to the left.
        var value = 0
        for place in 0..<max(0, digits.count - decimals + 9) {
            let digit = place < digits.count ? Int(digits[place] - ASCII.zero) : 0
            value = value * 10 + digit
            if value > Self.one { return nil }
        }
        billionths = value
    }

    package static func < (left: Self, right: Self) -> Bool { left.billionths < right.billionths }

    /// A decimal fraction without needless zeros.
    package var description: String {
        if billionths == Self.one { return "1" }
        var digits = padded(Int64(billionths), 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? "0" : "0.\(digits)"
    }
}
