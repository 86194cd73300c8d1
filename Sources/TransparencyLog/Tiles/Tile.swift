/// A tile with its hashes.
package struct Tile: Hashable, Sendable {
    package let id: TileID
    /// As many as the tile is wide, from left to right.
    package let hashes: [TreeHash]

    package init(_ id: TileID, hashes: [TreeHash]) {
        precondition(
            hashes.count == id.width, "a tile with another number of hashes than its width")
        self.id = id
        self.hashes = hashes
    }

    /// Reads a tile's content: its hashes, 32 bytes each, one after the other.
    ///
    /// - Throws: `TileError.wrongLength` when `bytes` isn't as long as the tile is wide.
    package init(_ id: TileID, bytes: [UInt8]) throws(TileError) {
        guard bytes.count == id.width * 32 else {
            throw .wrongLength(id, hashes: bytes.count / 32)
        }
        self.id = id
        hashes = stride(from: 0, to: bytes.count, by: 32).compactMap {
            TreeHash(bytes: bytes[$0..<($0 + 32)])
        }
    }

    /// What is served and exported, 32 bytes per hash.
    package var bytes: [UInt8] { hashes.withUnsafeBytes { Array($0) } }
}

/// Why a tile couldn't be read.
package enum TileError: Error, Hashable {
    /// The source doesn't have it.
    case missing(TileID)
    /// It has another number of hashes than its name says.
    case wrongLength(TileID, hashes: Int)
    /// The source failed; the reason is for people.
    case unreadable(TileID, reason: String)
}

extension TileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let id): "\(id) is missing"
        case .wrongLength(let id, let hashes): "\(id) has \(hashes) hashes"
        case .unreadable(let id, let reason): "\(id) can't be read: \(reason)"
        }
    }
}
