import EventSourcing
import Support
import Testing

@testable import Audit

/// What looks at eight bytes at once finds what looking at each would find.
@Suite struct WordsTests {
    @Test("every byte at every place is taken as a hexadecimal digit, or refused, as it alone is")
    func hexadecimal() {
        let digits = Array("0123456789abcdef".utf8)
        for place in 0..<8 {
            for byte in UInt8.min ... .max {
                for rest in [UInt8(ascii: "0"), UInt8(ascii: "9"), UInt8(ascii: "f")] {
                    var text = [UInt8](repeating: rest, count: 8)
                    text[place] = byte
                    var wrong: UInt64 = 0
                    let number = text.withUnsafeBufferPointer {
                        Words.hexadecimal(Words.load8($0.baseAddress!, 0), &wrong)
                    }
                    guard digits.contains(byte) else {
                        #expect(wrong != 0, "\(byte) at \(place)")
                        continue
                    }
                    #expect(wrong == 0, "\(byte) at \(place)")
                    #expect(number == UInt64(String(decoding: text, as: UTF8.self), radix: 16))
                }
            }
        }
    }

    @Test("the same bytes are equal at any length, and no others")
    func equality() {
        var random = SeededRandom.fresh("equal bytes")
        for count in 0..<40 {
            let one = (0..<count).map { _ in UInt8(random.below(256)) }
            #expect(one.withUnsafeBufferPointer { a in isSame(a, one) })
            for place in 0..<count {
                var other = one
                other[place] ^= 1 << UInt8(random.below(8))
                #expect(one.withUnsafeBufferPointer { a in !isSame(a, other) })
            }
        }
    }

    private func isSame(_ one: UnsafeBufferPointer<UInt8>, _ other: [UInt8]) -> Bool {
        other.withUnsafeBufferPointer { other in
            guard let a = one.baseAddress, let b = other.baseAddress else { return true }
            return Words.areEqual(a, b, other.count)
        }
    }

    @Test("a day of zero bytes, or of ones, is no day, also for the first entry")
    func noDay() throws {
        let (log, _) = try SealedLog.sample()
        let mark = Array(#""occurred_at":""#.utf8)
        let entry = log.entries[0]
        let place =
            try #require(
                entry.indices.first { entry[$0...].starts(with: mark) }) + mark.count
        for byte: UInt8 in [0, 0xFF, UInt8(ascii: "0")] {
            var changed = entry
            for digit in 0..<10 { changed[place + digit] = byte }
            #expect(throws: EntryFault.self) {
                try changed.withUnsafeBufferPointer { bytes in
                    var scanner = EntryScanner()
                    _ = try scanner.read(bytes)
                }
            }
        }
    }
}
