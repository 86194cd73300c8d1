/// Which tile: 1 to 256 neighbouring hashes of the tree at a height that is a multiple of eight.
///
/// Source: C2SP tlog-tiles, Merkle Tree.
package struct TileID: Hashable, Sendable {
    /// Levels of the tree that one tile holds the foot of.
    package static let height = 8
    /// Hashes of a full tile.
    package static let fullWidth = 1 << height

    /// 0 holds leaf hashes; each hash of a level above is the root of a full tile below it.
    package let level: Int
    /// Counted from 0 within the level.
    package let index: Int64
    /// Hashes: 256 when full, fewer at the right edge.
    package let width: Int

    package init(level: Int, index: Int64, width: Int = fullWidth) {
        precondition((0...63).contains(level), "a tile's level is from 0 to 63")
        precondition(index >= 0, "a tile's index is not negative")
        precondition((1...Self.fullWidth).contains(width), "a tile has 1 to 256 hashes")
        self.level = level
        self.index = index
        self.width = width
    }

    package var isFull: Bool { width == Self.fullWidth }

    /// Every tile of a tree of `size` leaves, level by level from the leaves up, each from left to
    /// right; the last of a level may be partial.
    package static func all(ofTreeOf size: Int64) -> [TileID] {
        precondition(size >= 0, "a tree has no negative size")
        var tiles: [TileID] = []
        var level = 0
        var hashes = size
        while hashes > 0 {
            let (full, rest) = hashes.quotientAndRemainder(dividingBy: Int64(fullWidth))
            tiles += (0..<full).map { TileID(level: level, index: $0) }
            if rest > 0 { tiles.append(TileID(level: level, index: full, width: Int(rest))) }
            level += 1
            hashes = full
        }
        return tiles
    }

    /// The partial tiles of a tree of `size` leaves, at most one for each level: all that growing it
    /// needs, so fetch these before `TileBuilder.init(size:from:)`.
    package static func edges(ofTreeOf size: Int64) -> [TileID] {
        precondition(size >= 0, "a tree has no negative size")
        var tiles: [TileID] = []
        var level = 0
        var hashes = size
        while hashes > 0 {
            let (full, rest) = hashes.quotientAndRemainder(dividingBy: Int64(fullWidth))
            if rest > 0 { tiles.append(TileID(level: level, index: full, width: Int(rest))) }
            level += 1
            hashes = full
        }
        return tiles
    }

    /// Whether it lies within a tree of `size` leaves.
    package func lies(inTreeOf size: Int64) -> Bool {
        let hashes = size >> Int64(level * Self.height)
        // In this order: the index may be as large as a number can be.
        return index <= hashes / Int64(Self.fullWidth)
            && index * Int64(Self.fullWidth) + Int64(width) <= hashes
    }

    /// Where the hashes lie that `subtree` is the root of.
    ///
    /// - Returns: The tile in its width within a tree of `size` leaves, and the places in it.
    static func holding(_ subtree: Subtree, inTreeOf size: Int64) -> (TileID, Range<Int>) {
        let (level, heightInTile) = subtree.height.quotientAndRemainder(dividingBy: height)
        let first = subtree.index << Int64(heightInTile)
        let (index, place) = first.quotientAndRemainder(dividingBy: Int64(fullWidth))
        let hashes = size >> Int64(level * height)
        let width = min(Int64(fullWidth), hashes - index * Int64(fullWidth))
        let places = Int(place)..<(Int(place) + (1 << heightInTile))
        precondition(places.upperBound <= width, "a subtree that reaches beyond its tree")
        return (TileID(level: level, index: index, width: Int(width)), places)
    }
}
