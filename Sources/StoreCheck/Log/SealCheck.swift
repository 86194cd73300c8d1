package import TransparencyLog

/// I11: what was sealed is what the events still are. Each event is held against its hash in the
/// tiles, the tiles against each other, and every checkpoint against the tiles; so one that was changed
/// is named by its position, and doesn't hide the next. Memory: a tile for each level.
package struct SealCheck {
    /// A stored head.
    package struct Head: Sendable {
        package let size: Int64
        package let root: [UInt8]
        package let note: String?

        package init(size: Int64, root: [UInt8], note: String?) {
            self.size = size
            self.root = root
            self.note = note
        }
    }

    package private(set) var entries = Check("sealed events")
    package private(set) var tiles = Check("tiles")
    package private(set) var checkpoints = Check("checkpoints")
    /// Of the last head: events above it aren't sealed yet.
    package let sealed: Int64
    private let keys: [VerifierKey]
    private var builder = TileBuilder()
    private var frontier = TreeFrontier()
    private var compared: Int64 = 0
    private var tileCount: Int64 = 0
    private var headCount: Int64 = 0
    private var signed: Int64 = 0
    /// Nothing more can be said of roots once a leaf is unknown.
    private var isBroken = false

    /// - Parameters:
    ///   - sealed: The size of the last stored head, 0 for none.
    ///   - keys: The log's, to verify signatures by: one of them must have signed each head. None
    ///     leaves them to 'audit verify'.
    package init(sealed: Int64, keys: [VerifierKey]) {
        self.sealed = sealed
        self.keys = keys
    }

    /// The next sealed event.
    ///
    /// - Parameters:
    ///   - event: The hash of its entry: nil when none can be made, which is said elsewhere.
    ///   - stored: Its hash in the tiles of level 0; nil when it isn't there.
    /// - Returns: The tiles above level 0 that are full now, to be compared with the stored ones.
    package mutating func take(event: TreeHash?, stored: TreeHash?) -> [Tile] {
        let position = frontier.size + 1
        guard !isBroken else { return [] }
        if let event, let stored, event != stored {
            entries.damaged(
                "the event is not the one that was sealed, or the tile with its hash was changed",
                at: position)
        }
        if stored == nil {
            tiles.damaged("the tile with the event's hash is missing or too short", at: position)
        }
        guard let leaf = stored ?? event else {
            isBroken = true
            tiles.damaged(
                "neither the event nor its hash is there: no root can be made", at: position)
            return []
        }
        compared += 1
        frontier.append(leaf)
        return builder.append([leaf]).filter { $0.id.level > 0 && $0.id.isFull }
    }

    /// The tiles at the edge, when all sealed events were taken.
    package var edges: [TileID] {
        isBroken ? [] : TileID.edges(ofTreeOf: frontier.size).filter { $0.level > 0 }
    }

    /// - Parameter stored: The same tiles, in any order; those that aren't there left out.
    package mutating func compare(_ expected: [Tile], with stored: TileSet) {
        for tile in expected {
            tileCount += 1
            // Counted from 1, the last leaf below it.
            let last = (tile.id.index * 256 + Int64(tile.id.width)) << Int64(8 * tile.id.level)
            guard let hashes = try? stored.hashes(of: tile.id), hashes.count >= tile.id.width else {
                tiles.damaged("\(tile.id) is missing or too short", at: min(last, sealed))
                continue
            }
            if !hashes.prefix(tile.id.width).elementsEqual(tile.hashes) {
                tiles.damaged(
                    "\(tile.id) does not follow from the tiles below it", at: min(last, sealed))
            }
        }
    }

    /// The partial tiles at the end, of all levels.
    package mutating func finish(edges stored: TileSet, strayTiles: Int64) {
        if !isBroken {
            compare(builder.edgeTiles.filter { $0.id.level > 0 }, with: stored)
            if frontier.size < sealed {
                checkpoints.damaged(
                    "\(sealed) events are sealed, and only \(frontier.size) are there: events were "
                        + "removed from the end", at: frontier.size + 1)
            }
        }
        if strayTiles > 0 {
            tiles.damaged("\(counted(strayTiles, "tile")) beyond the last head's tree")
        }
        entries.hasLooked(at: "\(counted(compared, "event")) compared with their sealed hashes")
        tiles.hasLooked(at: "\(counted(tileCount, "tile")) above those of the events")
        checkpoints.hasLooked(
            at: "\(counted(headCount, "head")) up to \(sealed), \(signed) signed"
                + (keys.isEmpty ? ", signatures not verified: no key was given" : ""))
    }

    /// A stored head of the size that was just reached, or one beyond the end of the log.
    package mutating func take(_ head: Head) {
        headCount += 1
        if head.size == frontier.size, !isBroken, frontier.root.bytes != head.root {
            checkpoints.damaged(
                "the stored root of \(head.size) events is not that of the stored tiles",
                at: head.size)
        }
        guard let note = head.note else { return }
        signed += 1
        do {
            let note = try SignedNote(Array(note.utf8))
            let checkpoint =
                try keys.first.map { try Checkpoint(opening: note, from: $0.name, by: keys) }
                ?? Checkpoint(text: note.text)
            if checkpoint.head.size != head.size || checkpoint.head.root.bytes != head.root {
                checkpoints.damaged(
                    "what was signed is another head than the one that is stored with it",
                    at: head.size)
            }
        } catch {
            checkpoints.damaged("the note of the head is none of this log: \(error)", at: head.size)
        }
    }
}
