import Testing
import TransparencyLog

@Suite("Entry bundles: C2SP tlog-tiles")
struct EntryBundleTests {
    private let id = BundleID(index: 7, width: 3)

    private func bundle() throws -> EntryBundle {
        let entries = [[], [1, 2, 3], [UInt8](repeating: 7, count: 65_535)]
        return EntryBundle(id, entries: try entries.map { try LogEntry(bytes: $0) })
    }

    @Test("Each entry is led by its length in two bytes, the greater first")
    func bytes() throws {
        let bytes = try bundle().bytes
        #expect(bytes.prefix(9) == [0, 0, 0, 3, 1, 2, 3, 0xFF, 0xFF])
        #expect(bytes.count == 3 * 2 + 3 + 65_535)
        #expect(try EntryBundle(id, bytes: bytes) == bundle())
    }

    @Test("Its leaf hashes are those of the entries")
    func hashes() throws {
        #expect(try bundle().leafHashes[1] == TreeHash.leaf([1, 2, 3]))
        let published = try EntryBundle(
            BundleID(index: 0, width: 8),
            entries: PublishedTree.entries.map { try LogEntry(bytes: $0) })
        var builder = TileBuilder()
        _ = builder.append(published.leafHashes)
        #expect(builder.head.root == PublishedTree.roots[7])
    }

    @Test("Bytes that end early, or hold another number of entries, are refused")
    func malformed() throws {
        let bytes = try bundle().bytes
        #expect(throws: EntryBundleError.truncated(id, entry: 2)) {
            try EntryBundle(id, bytes: bytes.dropLast())
        }
        #expect(throws: EntryBundleError.truncated(id, entry: 3)) {
            try EntryBundle(id, bytes: bytes + [0])
        }
        #expect(throws: EntryBundleError.wrongCount(id, entries: 4)) {
            try EntryBundle(id, bytes: bytes + [0, 0])
        }
        #expect(throws: EntryBundleError.wrongCount(id, entries: 0)) {
            try EntryBundle(id, bytes: [])
        }
    }

    @Test("No entry is longer than its length can say")
    func tooLarge() {
        #expect(throws: LogEntryError.tooLarge(bytes: 65_536)) {
            try LogEntry(bytes: [UInt8](repeating: 0, count: 65_536))
        }
    }
}
