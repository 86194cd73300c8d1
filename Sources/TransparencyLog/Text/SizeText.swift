/// Sizes as checkpoints and witnesses write them: ASCII digits, no sign, no leading zeros.
enum SizeText {
    /// Nil for anything else, or above 2^63 - 1.
    static func parse(_ text: some Collection<UInt8>) -> Int64? {
        let zero = UInt8(ascii: "0")
        guard let first = text.first, first != zero || text.count == 1 else { return nil }
        var number: Int64 = 0
        for byte in text {
            guard (zero...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tens, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeBySum) = tens.addingReportingOverflow(Int64(byte - zero))
            if tooLarge || tooLargeBySum { return nil }
            number = sum
        }
        return number
    }
}
