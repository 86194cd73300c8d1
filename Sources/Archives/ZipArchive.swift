/// A ZIP archive whose members are read one at a time.
///
/// Nothing is believed before it is compared: sizes with limits and with what comes out, offsets with
/// each other, names with the paths that they would be. Source: PKWARE's APPNOTE 6.3.10; ZIP64 is
/// read where an archive needs it, encryption and other methods than deflate are refused.
package struct ZipArchive<Source: ByteSource>: Sendable {
    /// In the order of the bytes of their names. Directories are none of them.
    package let members: [ZipMember]
    private let source: Source
    private let directory: Int

    package init(_ source: Source, _ limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveFault) {
        self.source = source
        let end = try ZipEnd(source)
        directory = end.directory.lowerBound
        members = try Self.members(source, end, limits)
    }

    /// - Throws: `ArchiveFault` unless it is exactly what the table of contents says.
    package func contents(of member: ZipMember) throws(ArchiveFault) -> [UInt8] {
        let header = LittleEndian(bytes: try source.bytes(at: member.offset, count: 30))
        guard header.u32(0) == 0x0403_4B50, header.u16(8) == (member.isDeflated ? 8 : 0) else {
            throw ArchiveFault(at: member.place, .disagrees)
        }
        let name = try source.bytes(at: member.offset + 30, count: header.u16(26))
        guard name.elementsEqual(member.name.utf8) else {
            throw ArchiveFault(at: member.place, .disagrees)
        }
        let start = member.offset + 30 + name.count + header.u16(28)
        guard start + member.packed <= directory else {
            throw ArchiveFault(at: member.place, .overlap)
        }
        let packed = try source.bytes(at: start, count: member.packed)
        let bytes =
            member.isDeflated
            ? try Inflation.member(packed, size: member.size, at: member.place) : packed
        guard Inflation.checksum(bytes) == member.sum else {
            throw ArchiveFault(at: member.place, .badSum)
        }
        return bytes
    }

    private static func members(
        _ source: Source, _ end: ZipEnd, _ limits: ArchiveLimits
    ) throws(ArchiveFault) -> [ZipMember] {
        guard end.members <= limits.members else {
            throw ArchiveFault(at: .archive, .tooMany(members: limits.members))
        }
        var reader = ZipDirectoryReader(source: source, range: end.directory, limits: limits)
        var members: [ZipMember] = []
        var total = 0
        for _ in 0..<end.members {
            guard let member = try reader.next() else { continue }
            total += member.size
            guard total <= limits.totalBytes else {
                throw ArchiveFault(at: .archive, .tooLarge(limit: limits.totalBytes))
            }
            members.append(member)
        }
        guard reader.isAtEnd else { throw ArchiveFault(at: .archive, .badDirectory) }
        try checkPlaces(of: members, before: end.directory.lowerBound)
        members.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (one, other) in zip(members, members.dropFirst()) where one.name == other.name {
            throw ArchiveFault(at: one.place, .twice)
        }
        return members
    }

    /// Members that share bytes would let a small file say the same thing a thousand times.
    private static func checkPlaces(
        of members: [ZipMember], before directory: Int
    ) throws(ArchiveFault) {
        var end = 0
        for member in members.sorted(by: { $0.offset < $1.offset }) {
            guard member.offset >= end else { throw ArchiveFault(at: member.place, .overlap) }
            end = member.offset + 30 + member.name.utf8.count + member.packed
            guard end <= directory else { throw ArchiveFault(at: member.place, .overlap) }
        }
    }
}
