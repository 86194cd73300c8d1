/// Neighbouring entries as they are served and exported: each led by its length as a big-endian
/// 16-bit number.
///
/// Source: C2SP tlog-tiles, Log entries.
package struct EntryBundle: Hashable, Sendable {
    package let id: BundleID
    /// As many as the bundle is wide, in order.
    package let entries: [LogEntry]

    package init(_ id: BundleID, entries: [LogEntry]) {
        precondition(
            entries.count == id.width, "a bundle with another number of entries than its width")
        self.id = id
        self.entries = entries
    }

    /// Reads a bundle's content.
    ///
    /// - Throws: `EntryBundleError` when the entries don't end where `bytes` does, or are another
    ///   number than the bundle is wide. What the entries hold isn't looked at.
    package init(_ id: BundleID, bytes: [UInt8]) throws(EntryBundleError) {
        var entries: [LogEntry] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 2 <= bytes.count else { throw .truncated(id, entry: entries.count) }
            let end = offset + 2 + Int(bytes[offset]) << 8 + Int(bytes[offset + 1])
            guard end <= bytes.count else { throw .truncated(id, entry: entries.count) }
            entries.append(LogEntry(bundled: Array(bytes[(offset + 2)..<end])))
            offset = end
        }
        guard entries.count == id.width else { throw .wrongCount(id, entries: entries.count) }
        self.id = id
        self.entries = entries
    }

    /// What is served and exported. A wider bundle of the same index begins with the same bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + 2 + $1.bytes.count })
        for entry in entries {
            bytes.append(UInt8(entry.bytes.count >> 8))
            bytes.append(UInt8(entry.bytes.count & 0xFF))
            bytes += entry.bytes
        }
        return bytes
    }

    /// The level-0 tile that belongs to it. Cost: a hash for each entry.
    package var leafHashes: [TreeHash] { entries.map(\.leafHash) }
}

/// Why an entry bundle couldn't be read.
package enum EntryBundleError: Error, Hashable {
    /// It ends within `entry`, counted from 0 within the bundle.
    case truncated(BundleID, entry: Int)
    /// It has another number of entries than its name says.
    case wrongCount(BundleID, entries: Int)
}

extension EntryBundleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let id, let entry): "\(id) ends within its entry \(entry)"
        case .wrongCount(let id, let entries): "\(id) has \(entries) entries"
        }
    }
}
