/// The block that stands before each part of an archive, in the one form that a bundle has: a plain
/// file of mode 0644, owned by nobody, from the beginning of 1970.
///
/// Source: POSIX.1-2017, pax, ustar Interchange Format.
struct TarHeader: Equatable {
    /// Bytes of a header; contents are filled up with zeros to a multiple of it.
    static let block = 512
    /// Bytes at the end of an archive, all of them zero.
    static let end = 2 * block

    /// At most 99 bytes of ASCII.
    let name: String
    /// Of the content, in bytes; below 8 GiB.
    let size: Int64

    init(name: String, size: Int64) {
        precondition(name.utf8.count < 100, "a part's name has less than 100 bytes")
        precondition(size >= 0 && size < 1 << 33, "a part has less than 8 GiB")
        self.name = name
        self.size = size
    }

    /// Reads a header: nil when `block` isn't, byte for byte, the header of a part with the name and
    /// the size in it. So no two archives hold the same parts.
    init?(_ block: ArraySlice<UInt8>) {
        let field = block.prefix(100)
        let text = field.prefix { $0 != 0 }
        let digits = block.dropFirst(124).prefix(11)
        guard !text.isEmpty, text.count < 100, text.allSatisfy({ (0x21...0x7E).contains($0) }),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) })
        else { return nil }
        name = String(decoding: text, as: UTF8.self)
        size = digits.reduce(0) { $0 << 3 | Int64($1 - UInt8(ascii: "0")) }
        guard block.elementsEqual(bytes) else { return nil }
    }

    /// 512 bytes.
    var bytes: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.block)
        func write(_ text: String, at offset: Int) {
            for (place, byte) in text.utf8.enumerated() { block[offset + place] = byte }
        }
        write(name, at: 0)
        write("0000644", at: 100)
        write("0000000", at: 108)
        write("0000000", at: 116)
        write(Self.octal(size, digits: 11), at: 124)
        write("00000000000", at: 136)
        write("        ", at: 148)
        write("0", at: 156)
        write("ustar\u{0}00", at: 257)
        write("0000000", at: 329)
        write("0000000", at: 337)
        let sum = block.reduce(0) { $0 + Int64($1) }
        write(Self.octal(sum, digits: 6) + "\u{0} ", at: 148)
        return block
    }

    /// Zeros behind a content of `size` bytes.
    static func padding(after size: Int64) -> Int {
        Int((Int64(block) - size % Int64(block)) % Int64(block))
    }

    private static func octal(_ number: Int64, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}
