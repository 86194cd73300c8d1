package import FoundationEssentials

/// What is sealed of the log and signed for: what auditors read, and keep to hold the log to it.
/// Nothing that goes beyond the latest signed checkpoint is ever shown. Hashes are those of the
/// transparency log's tree (RFC 6962).
package protocol SealedLog: Sendable {
    /// The checkpoint of `size` entries, the latest for nil; nil when there is no such one that is
    /// signed.
    func checkpoint(of size: Int64?) async throws -> SealedCheckpoint?

    /// The earliest signed checkpoint of `size` entries or more: of those that are older than a day, not
    /// every one is kept. nil when there is none.
    func checkpoint(covering size: Int64) async throws -> SealedCheckpoint?

    /// The latest signed checkpoint that at least `count` witnesses have cosigned, as far as they were
    /// asked from here; nil when there is none. For 0, the latest that is signed.
    func checkpoint(cosignedBy count: Int) async throws -> SealedCheckpoint?

    /// The entry at `position`, and the proof that it is one of the first `size`.
    ///
    /// - Parameter size: At least `position`, at most the latest checkpoint's.
    func inclusion(of position: Int64, in size: Int64) async throws -> ProvenEntry

    /// The proof that the first `old` entries are the beginning of the first `new`.
    ///
    /// - Parameter new: At least `old`, at most the latest checkpoint's.
    func consistency(from old: Int64, to new: Int64) async throws -> [Digest]

    /// The content of a tile (`tile/0/x001/234`, `tile/1/000.p/17`) or an entry bundle
    /// (`tile/entries/000`) by its path as C2SP names it; nil when there is none.
    func file(_ path: String) async throws -> [UInt8]?

    /// Where the event with that id is in the log; nil when there is none. Cost: reads the whole log,
    /// as ids aren't indexed.
    func position(ofEvent id: UUID) async throws -> Int64?

    /// Where the event is that made `version` of `stream`; nil when there is none.
    func position(of stream: StreamID, version: Int) async throws -> Int64?
}

/// A head of the log that its key has signed.
package struct SealedCheckpoint: Sendable, Equatable {
    /// Entries; the last one's position.
    package let size: Int64
    package let root: Digest
    /// The note as it is published (C2SP).
    package let note: String
    package let sealedAt: Timestamp

    package init(size: Int64, root: Digest, note: String, sealedAt: Timestamp) {
        self.size = size
        self.root = root
        self.note = note
        self.sealedAt = sealedAt
    }
}

/// An entry with the hashes that lead from it to the root of a tree.
package struct ProvenEntry: Sendable, Equatable {
    package let position: Int64
    /// Of the tree that it is proved for.
    package let size: Int64
    /// The bytes that were hashed: canonical JSON of the whole envelope.
    package let entry: [UInt8]
    /// From the leaf's neighbour up to a child of the root.
    package let hashes: [Digest]

    package init(position: Int64, size: Int64, entry: [UInt8], hashes: [Digest]) {
        self.position = position
        self.size = size
        self.entry = entry
        self.hashes = hashes
    }
}
