/// PostgreSQL's numeric: digits to the base 10,000, the first with the given weight.
/// Source: numeric_send in src/backend/utils/adt/numeric.c.
struct Numeric {
    private let digits: [Int16]
    private let weight: Int
    private let negative: Bool
    private let special: Double?

    init(_ bytes: UnsafeRawBufferPointer) throws(CellMismatch) {
        let count = Int(try Cell.load(bytes, as: Int16.self))
        weight = Int(try Cell.load(bytes, at: 2, as: Int16.self))
        let sign = try Cell.load(bytes, at: 4, as: UInt16.self)
        negative = sign == 0x4000
        switch sign {
        case 0xC000: special = .nan
        case 0xD000: special = .infinity
        case 0xF000: special = -.infinity
        default: special = nil
        }
        guard count >= 0, bytes.count >= 8 + 2 * count else {
            throw .malformed("a numeric of \(count) digits in \(bytes.count) bytes")
        }
        var digits: [Int16] = []
        for index in 0..<count {
            digits.append(try Cell.load(bytes, at: 8 + 2 * index, as: Int16.self))
        }
        self.digits = digits
    }

    /// Throws when there is a fraction or it doesn't fit.
    var whole: Int64 {
        get throws(CellMismatch) {
            guard special == nil, digits.count <= max(weight + 1, 0) else {
                throw .malformed("the numeric is not a whole number")
            }
            var value: Int64 = 0
            for place in 0..<max(weight + 1, 0) where !digits.isEmpty {
                let digit = place < digits.count ? Int64(digits[place]) : 0
                let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10_000)
                let (sum, overflow) = shifted.subtractingReportingOverflow(digit)
                guard !tooLarge, !overflow else { throw .malformed("the numeric is too large") }
                value = sum
            }
            // Counted downwards, since the least Int64 has no positive counterpart.
            guard negative || value != .min else { throw .malformed("the numeric is too large") }
            return negative ? value : -value
        }
    }

    /// The nearest or a neighbouring Double.
    var double: Double {
        if let special { return special }
        var text = negative ? "-" : ""
        for digit in digits {
            let part = String(digit)
            text += String(repeating: "0", count: 4 - part.count) + part
        }
        text += digits.isEmpty ? "0" : "e\((weight + 1 - digits.count) * 4)"
        return Double(text) ?? .nan
    }
}
