/// Where each part of a bundle lies. Contents aren't read, so that a bundle of any size can be
/// looked at in little memory: some hundred bytes for each part, and a part holds 256 events.
struct ArchiveIndex: Sendable {
    struct Extent: Sendable {
        let offset: Int64
        let size: Int64
    }

    /// Parts that are read at most.
    static let mostParts = 4_000_000

    /// In the order of the archive.
    private(set) var parts: [BundlePart] = []
    private var extents: [BundlePart: Extent] = [:]
    private let source: any ByteSource

    /// Walks over all headers.
    ///
    /// - Throws: `BundleError` at the first byte that a bundle can't have there.
    init(_ source: any ByteSource) throws(BundleError) {
        self.source = source
        var offset: Int64 = 0
        var before: (part: BundlePart, padding: Int)?
        while true {
            let padding = before?.padding ?? 0
            let wanted = Int64(padding + TarHeader.block)
            guard offset + wanted <= source.length else {
                throw .truncated(
                    part: offset + Int64(padding) > source.length ? before?.part.name : nil,
                    length: source.length)
            }
            let bytes = try source.read(at: offset, count: Int(wanted))
            if let place = bytes.prefix(padding).firstIndex(where: { $0 != 0 }), let before {
                throw .badPadding(part: before.part.name, offset: offset + Int64(place))
            }
            offset += Int64(padding)
            let block = bytes[padding...]
            if block.allSatisfy({ $0 == 0 }) {
                try Self.checkEnd(source, at: offset)
                return
            }
            let extent = try add(block, at: offset)
            offset = extent.offset + extent.size
            before = (parts[parts.count - 1], TarHeader.padding(after: extent.size))
        }
    }

    func extent(of part: BundlePart) -> Extent? { extents[part] }

    /// The content of a part: nil when there is no such part.
    func read(_ part: BundlePart) throws(BundleError) -> [UInt8]? {
        guard let extent = extents[part] else { return nil }
        return try source.read(at: extent.offset, count: Int(extent.size))
    }

    private mutating func add(
        _ block: ArraySlice<UInt8>, at offset: Int64
    ) throws(BundleError) -> Extent {
        guard let header = TarHeader(block) else { throw .badHeader(offset: offset) }
        guard let part = BundlePart(name: header.name) else {
            throw .unknownPart(name: header.name, offset: offset)
        }
        guard header.size <= part.largest else {
            throw .partTooLarge(name: header.name, bytes: header.size, largest: part.largest)
        }
        guard parts.count < Self.mostParts else { throw .tooManyParts(most: Self.mostParts) }
        let extent = Extent(offset: offset + Int64(TarHeader.block), size: header.size)
        guard extents.updateValue(extent, forKey: part) == nil else {
            throw .repeatedPart(name: header.name, offset: offset)
        }
        guard extent.offset + extent.size <= source.length else {
            throw .truncated(part: header.name, length: source.length)
        }
        parts.append(part)
        return extent
    }

    private static func checkEnd(_ source: any ByteSource, at offset: Int64) throws(BundleError) {
        let end = offset + Int64(TarHeader.end)
        guard end <= source.length else { throw .truncated(part: nil, length: source.length) }
        let second = try source.read(
            at: offset + Int64(TarHeader.block), count: TarHeader.block)
        if let place = second.firstIndex(where: { $0 != 0 }) {
            throw .trailingBytes(offset: offset + Int64(TarHeader.block + place))
        }
        if source.length > end { throw .trailingBytes(offset: end) }
    }
}
