/// Writes small ZIP and gzip files for tests, true ones and such as lie.
package struct SampleArchive: Sendable {
    package struct Member: Sendable {
        package var name: String
        package var bytes: [UInt8]
        /// The deflated form; nil stores it as it is.
        package var deflated: [UInt8]?
        package var flags = 0
        package var method: Int?
        /// What the table of contents says instead of the truth.
        package var statedSize: Int?
        package var statedSum: UInt32?
        package var statedOffset: Int?
        package var localName: String?
        /// The rights of Unix, with the kind of file.
        package var mode = 0o100644

        package init(_ name: String, _ bytes: [UInt8], deflated: [UInt8]? = nil) {
            self.name = name
            self.bytes = bytes
            self.deflated = deflated
        }

        package init(_ name: String, _ text: String) {
            let bytes = Array(text.utf8)
            self.init(name, bytes, deflated: SampleArchive.deflated(bytes))
        }
    }

    package var members: [Member]
    package var comment = ""
    /// Puts numbers where ZIP64 has them.
    package var isLarge = false
    package var statedMembers: Int?

    package init(_ members: [Member]) { self.members = members }

    /// `bytes` as blocks of deflate that hold them as they are.
    package static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            out.append(rest.isEmpty ? 1 : 0)
            out += little(block.count, 2) + little(~block.count & 0xFFFF, 2) + block
        } while !rest.isEmpty
        return out
    }

    /// A gzip file of one member.
    package static func gzip(_ bytes: [UInt8], deflated: [UInt8]? = nil) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + (deflated ?? Self.deflated(bytes))
            + little(Int(checksum(bytes)), 4) + little(bytes.count, 4)
    }

    package var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = member.statedOffset ?? file.count
            file += local(member)
            directory += central(member, offset)
        }
        let start = file.count
        file += directory
        let count = statedMembers ?? members.count
        if isLarge {
            let place = file.count
            file += Self.little(0x0606_4B50, 4) + Self.little(44, 8) + Self.little(45, 2)
            file += Self.little(45, 2) + Self.little(0, 4) + Self.little(0, 4)
            file += Self.little(count, 8) + Self.little(count, 8)
            file += Self.little(directory.count, 8) + Self.little(start, 8)
            file += Self.little(0x0706_4B50, 4) + Self.little(0, 4) + Self.little(place, 8)
            file += Self.little(1, 4)
        }
        file += Self.little(0x0605_4B50, 4) + Self.little(0, 2) + Self.little(0, 2)
        let shown = isLarge ? 0xFFFF : count
        file += Self.little(shown, 2) + Self.little(shown, 2)
        file += Self.little(isLarge ? 0xFFFF_FFFF : directory.count, 4)
        file += Self.little(isLarge ? 0xFFFF_FFFF : start, 4)
        return file + Self.little(comment.utf8.count, 2) + Array(comment.utf8)
    }

    private func local(_ member: Member) -> [UInt8] {
        let name = Array((member.localName ?? member.name).utf8)
        let packed = member.deflated ?? member.bytes
        var header = Self.little(0x0403_4B50, 4) + Self.little(20, 2)
        header += Self.little(member.flags, 2) + Self.little(Self.method(member), 2)
        header += Self.little(0, 4) + Self.little(Int(Self.checksum(member.bytes)), 4)
        header += Self.little(packed.count, 4) + Self.little(member.bytes.count, 4)
        return header + Self.little(name.count, 2) + Self.little(0, 2) + name + packed
    }

    private func central(_ member: Member, _ offset: Int) -> [UInt8] {
        let packed = member.deflated ?? member.bytes
        let size = member.statedSize ?? member.bytes.count
        let extra =
            isLarge
            ? Self.little(1, 2) + Self.little(24, 2) + Self.little(size, 8)
                + Self.little(packed.count, 8) + Self.little(offset, 8) : []
        let sum = member.statedSum ?? Self.checksum(member.bytes)
        var record = Self.little(0x0201_4B50, 4) + Self.little(3 << 8 | 20, 2)
        record += Self.little(20, 2) + Self.little(member.flags, 2)
        record += Self.little(Self.method(member), 2) + Self.little(0, 4) + Self.little(Int(sum), 4)
        record += Self.little(isLarge ? 0xFFFF_FFFF : packed.count, 4)
        record += Self.little(isLarge ? 0xFFFF_FFFF : size, 4)
        record += Self.little(member.name.utf8.count, 2) + Self.little(extra.count, 2)
        record += Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2)
        record += Self.little(member.mode << 16, 4)
        record += Self.little(isLarge ? 0xFFFF_FFFF : offset, 4)
        return record + Array(member.name.utf8) + extra
    }

    private static func method(_ member: Member) -> Int {
        member.method ?? (member.deflated == nil ? 0 : 8)
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// CRC-32.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            sum >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: sum) ^ byte)]
        }
    }

    private static let remainders: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in
            rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1
        }
    }
}
