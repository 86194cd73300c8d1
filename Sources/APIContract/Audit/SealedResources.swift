/// A signed head of the log: `GET /checkpoints/latest`, `GET /checkpoints/{size}`.
package struct CheckpointResource: Codable, Sendable, Equatable {
    /// Entries; the position of the last one.
    package let size: Int64
    /// SHA-256 in hexadecimal.
    package let root: String
    /// The note with its signatures, as C2SP defines it.
    package let note: String
    package let sealedAt: String

    package init(size: Int64, root: String, note: String, sealedAt: String) {
        self.size = size
        self.root = root
        self.note = note
        self.sealedAt = sealedAt
    }
}

/// An entry, and the proof that the log's first `size` entries hold it: `GET /proofs/inclusion`.
package struct InclusionProofResource: Codable, Sendable, Equatable {
    /// Of the event; the leaf's index is one less.
    package let position: Int64
    /// Of the checkpoint.
    package let size: Int64
    /// The exact text that was hashed.
    package let entry: String
    /// From the leaf up, in hexadecimal.
    package let hashes: [String]

    package init(position: Int64, size: Int64, entry: String, hashes: [String]) {
        self.position = position
        self.size = size
        self.entry = entry
        self.hashes = hashes
    }
}

/// The proof that the log of `to` entries begins with that of `from`: `GET /proofs/consistency`.
package struct ConsistencyProofResource: Codable, Sendable, Equatable {
    package let from: Int64
    package let to: Int64
    /// In the order of RFC 6962, in hexadecimal.
    package let hashes: [String]

    package init(from: Int64, to: Int64, hashes: [String]) {
        self.from = from
        self.to = to
        self.hashes = hashes
    }
}
