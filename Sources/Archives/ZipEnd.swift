/// The end of a ZIP archive, which says where its table of contents is.
struct ZipEnd {
    let members: Int
    let directory: Range<Int>

    private static let size = 22
    private static let longestComment = 65_535

    init(_ source: some ByteSource) throws(ArchiveFault) {
        let count = min(source.count, Self.size + Self.longestComment)
        let start = source.count - count
        let tail = LittleEndian(bytes: try source.bytes(at: start, count: count))
        guard let place = Self.place(in: tail) else {
            throw ArchiveFault(at: .archive, .noDirectory)
        }
        guard tail.u16(place + 4) == 0, tail.u16(place + 6) == 0,
            tail.u16(place + 8) == tail.u16(place + 10)
        else { throw ArchiveFault(at: .byte(start + place), .severalDisks) }
        var members = tail.u16(place + 10)
        var length = tail.u32(place + 12)
        var offset = tail.u32(place + 16)
        var end = start + place
        if members == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            let large = try Self.large(source, before: end)
            (members, length, offset, end) = large
        }
        guard length <= end, offset <= end, offset + length == end, members <= length / 46 else {
            throw ArchiveFault(at: .byte(end), .badDirectory)
        }
        self.members = members
        directory = offset..<end
    }

    /// The last place that looks like the end's record and whose comment fills the rest.
    private static func place(in tail: LittleEndian) -> Int? {
        guard tail.bytes.count >= size else { return nil }
        return (0...(tail.bytes.count - size)).last {
            tail.bytes[$0] == 0x50 && tail.u32($0) == 0x0605_4B50
                && $0 + size + tail.u16($0 + 20) == tail.bytes.count
        }
    }

    /// ZIP64: for more than 65,534 members, or 4 GiB.
    private static func large(
        _ source: some ByteSource, before end: Int
    ) throws(ArchiveFault) -> (members: Int, length: Int, offset: Int, end: Int) {
        let fault = ArchiveFault(at: .byte(end), .badDirectory)
        guard end >= 76 else { throw fault }
        let locator = LittleEndian(bytes: try source.bytes(at: end - 20, count: 20))
        guard locator.u32(0) == 0x0706_4B50, let place = locator.u64(8), place <= end - 76 else {
            throw fault
        }
        guard locator.u32(4) == 0, locator.u32(16) == 1 else {
            throw ArchiveFault(at: .byte(end), .severalDisks)
        }
        let record = LittleEndian(bytes: try source.bytes(at: place, count: 56))
        guard record.u32(0) == 0x0606_4B50, record.u32(16) == 0, record.u32(20) == 0,
            let here = record.u64(24), let members = record.u64(32), here == members,
            let length = record.u64(40), let offset = record.u64(48),
            length <= place, offset <= place
        else { throw fault }
        return (members, length, offset, place)
    }
}
