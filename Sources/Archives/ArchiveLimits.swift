/// What an archive may hold at most: a few bytes can say that they are petabytes.
package struct ArchiveLimits: Sendable, Equatable {
    package var members = 500_000
    /// Of one member, unpacked: so much is held in memory at a time.
    package var memberBytes = 60 << 20
    /// Of all members together, unpacked.
    package var totalBytes = 2 << 30
    /// How many times its packed size a member may have that is larger than `ratioFreeBytes`.
    package var ratio = 250
    package var ratioFreeBytes = 1 << 20
    package var nameBytes = 400
    /// Of a gzip file, one behind the other.
    package var gzipMembers = 10_000

    package init() {}

    func check(_ unpacked: Int, from packed: Int, at place: ArchiveFault.Place)
        throws(ArchiveFault)
    {
        guard unpacked <= memberBytes else {
            throw ArchiveFault(at: place, .tooLarge(limit: memberBytes))
        }
        if unpacked > ratioFreeBytes, unpacked / max(1, packed) >= ratio {
            throw ArchiveFault(at: place, .bomb(ratio: ratio))
        }
    }

    /// So much is read, and unpacked, at a time.
    static let piece = 1 << 18

    /// The most bytes that `unpacked` bytes may be packed in: deflate adds five to each 16 KiB that
    /// it can't make smaller.
    static func mostPacked(_ unpacked: Int) -> Int { unpacked + unpacked / 1000 + 1024 }
}
