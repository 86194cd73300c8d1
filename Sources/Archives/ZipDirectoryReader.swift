/// Reads a ZIP archive's table of contents record by record, a stretch of it in memory at a time.
struct ZipDirectoryReader<Source: ByteSource> {
    private let source: Source
    private let limits: ArchiveLimits
    private let end: Int
    private var offset: Int
    private var window: [UInt8] = []
    private var place = 0

    private static var stretch: Int { 1 << 18 }

    init(source: Source, range: Range<Int>, limits: ArchiveLimits) {
        self.source = source
        self.limits = limits
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset == end && place == window.count }

    /// - Returns: nil for a directory, which is no member.
    mutating func next() throws(ArchiveFault) -> ZipMember? {
        let record = LittleEndian(bytes: try take(46))
        guard record.u32(0) == 0x0201_4B50 else { throw fault(.badDirectory) }
        let nameBytes = try take(record.u16(28))
        let extra = try take(record.u16(30))
        _ = try take(record.u16(32))
        guard let name = ZipMember.name(nameBytes[...], longest: limits.nameBytes) else {
            throw ArchiveFault(
                at: .member(String(decoding: nameBytes.prefix(200), as: UTF8.self)), .badName)
        }
        let here = ArchiveFault.Place.member(name)
        guard record.u16(8) & 0x2041 == 0 else { throw ArchiveFault(at: here, .encrypted) }
        let method = record.u16(10)
        guard method == 0 || method == 8 else { throw ArchiveFault(at: here, .method(method)) }
        // The upper half are the rights of Unix, if Unix made it.
        if record.u16(4) >> 8 == 3, record.u16(40) & 0xF000 == 0xA000 {
            throw ArchiveFault(at: here, .link)
        }
        guard record.u16(34) == 0 else { throw ArchiveFault(at: here, .severalDisks) }
        let numbers = try Self.numbers(record, extra, here)
        if name.hasSuffix("/") {
            guard numbers.size == 0 else { throw ArchiveFault(at: here, .wrongSize) }
            return nil
        }
        try limits.check(numbers.size, from: numbers.packed, at: here)
        guard method == 8 || numbers.packed == numbers.size else {
            throw ArchiveFault(at: here, .wrongSize)
        }
        guard numbers.packed <= ArchiveLimits.mostPacked(numbers.size) else {
            throw ArchiveFault(at: here, .padded)
        }
        return ZipMember(
            name: name, packed: numbers.packed, size: numbers.size,
            sum: UInt32(truncatingIfNeeded: record.u32(16)), isDeflated: method == 8,
            offset: numbers.offset)
    }

    /// Those that don't fit into the record stand in a field behind it, in this order.
    private static func numbers(
        _ record: LittleEndian, _ extra: [UInt8], _ here: ArchiveFault.Place
    ) throws(ArchiveFault) -> (size: Int, packed: Int, offset: Int) {
        var numbers = [record.u32(24), record.u32(20), record.u32(42)]
        guard numbers.contains(0xFFFF_FFFF) else { return (numbers[0], numbers[1], numbers[2]) }
        let fields = LittleEndian(bytes: extra)
        var place = 0
        while place + 4 <= extra.count {
            let (id, length) = (fields.u16(place), fields.u16(place + 2))
            place += 4
            guard length <= extra.count - place else { break }
            guard id == 1 else {
                place += length
                continue
            }
            let fieldEnd = place + length
            for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
                guard place + 8 <= fieldEnd, let number = fields.u64(place), number < 1 << 48 else {
                    throw ArchiveFault(at: here, .badDirectory)
                }
                numbers[index] = number
                place += 8
            }
            return (numbers[0], numbers[1], numbers[2])
        }
        throw ArchiveFault(at: here, .badDirectory)
    }

    private mutating func take(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        if window.count - place < count {
            let rest = window[place...]
            let more = min(max(Self.stretch, count), end - offset)
            window = rest + (try source.bytes(at: offset, count: more))
            offset += more
            place = 0
            guard window.count >= count else { throw fault(.badDirectory) }
        }
        defer { place += count }
        return Array(window[place..<(place + count)])
    }

    private func fault(_ problem: ArchiveFault.Problem) -> ArchiveFault {
        ArchiveFault(at: .byte(offset - (window.count - place)), problem)
    }
}
