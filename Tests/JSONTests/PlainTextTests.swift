import JSON
import Support
import Testing

/// Text that is looked at eight bytes at a time.
@Suite struct PlainTextTests {
    @Test("plain text ends where the first byte stands that isn't plain")
    func plainText() {
        var random = SeededRandom.fresh("plain text")
        for _ in 0..<20_000 {
            let text = (0..<random.below(40)).map { _ in
                random.chance(90) ? UInt8(0x20 + random.below(0x60)) : UInt8(random.below(256))
            }
            let start = random.below(text.count + 1)
            let end = text.withUnsafeBufferPointer { PlainText.end(in: $0, from: start) }
            let expected = text[start...].firstIndex { byte in
                byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"")
                    || byte == UInt8(ascii: "\\")
            }
            #expect(end == expected ?? text.count, "\(text) from \(start), seed \(random.seed)")
        }
    }
}
