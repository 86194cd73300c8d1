internal import TransparencyLog

/// Recomputes a whole log from its entries, bundle by bundle: leaves, every tile, the root.
struct LogWalk {
    private let bundle: AuditBundle
    private let opened: OpenedCheckpoint
    private var builder = TileBuilder()
    /// By level: the partial tile at the right edge, as it was recomputed last.
    private var edges: [Int: Tile] = [:]
    /// Something that is needed for the root wasn't there.
    private var isBroken = false
    /// Entries that are not the ones whose hashes the tiles have, as (position, tile).
    private var strangers: [(position: Int64, tile: TileID, place: Int)] = []
    private var strangerCount = 0
    private var wrongTiles: [(position: Int64, tile: TileID, place: Int)] = []

    init(_ bundle: AuditBundle, _ opened: OpenedCheckpoint) {
        self.bundle = bundle
        self.opened = opened
    }

    mutating func run(
        _ entries: inout EntryAudit, _ findings: inout AuditFindings
    ) throws(BundleError) {
        if let since = opened.since?.head, since.size == 0, since.root != .empty {
            findings.tampered("the saved checkpoint has a root that no empty log has")
        }
        let span = Int64(BundleID.fullWidth)
        var first: Int64 = 0
        while first < opened.size {
            let width = Int(min(span, opened.size - first))
            try read(BundleID(index: first / span, width: width), &entries, &findings)
            first += span
        }
        for level in edges.keys.sorted() {
            if let tile = edges[level], level > 0, !isBroken { try compare(tile, &findings) }
        }
        judge(&findings)
    }

    private mutating func read(
        _ id: BundleID, _ entries: inout EntryAudit, _ findings: inout AuditFindings
    ) throws(BundleError) {
        let tileID = TileID(level: 0, index: id.index, width: id.width)
        guard let content = try bundle.read(.entries(id)) else {
            return miss(id.description, id, &findings)
        }
        guard let tile = try bundle.read(.tile(tileID)) else {
            return miss(tileID.description, id, &findings)
        }
        var leaves: [TreeHash] = []
        leaves.reserveCapacity(id.width)
        var offset = 0
        let whole = content.withUnsafeBufferPointer { content in
            tile.withUnsafeBytes { tile in
                for place in 0..<id.width {
                    guard let entry = Self.entry(in: content, at: &offset) else { return false }
                    let position = id.leaves.lowerBound + Int64(place) + 1
                    let leaf = TreeHash.leaf(UnsafeRawBufferPointer(entry))
                    leaves.append(leaf)
                    if !Self.has(tile, leaf, at: place) { note(position, tileID, place) }
                    // Behind a gap or a wrong entry, nothing that follows tells anything.
                    if strangerCount == 0, !isBroken {
                        entries.read(entry, at: position, &findings)
                    }
                }
                return true
            }
        }
        let end = id.leaves.lowerBound + Int64(leaves.count) + 1
        if !whole {
            isBroken = true
            findings.tampered("\(id) ends within its entry \(leaves.count) of \(id.width)", at: end)
        } else if offset < content.count {
            isBroken = true
            findings.tampered("\(id) goes on after its last entry", at: end)
        } else if tile.count != 32 * id.width {
            findings.tampered("\(tileID) has \(tile.count) bytes", at: end - 1)
        }
        if !isBroken { try append(leaves, &findings) }
    }

    /// The next entry of a bundle; nil when it ends before.
    private static func entry(
        in content: UnsafeBufferPointer<UInt8>, at offset: inout Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard offset + 2 <= content.count else { return nil }
        let start = offset + 2
        let end = start + Int(content[offset]) << 8 + Int(content[offset + 1])
        guard end <= content.count else { return nil }
        offset = end
        return UnsafeBufferPointer(rebasing: content[start..<end])
    }

    private static func has(
        _ tile: UnsafeRawBufferPointer, _ hash: TreeHash, at place: Int
    ) -> Bool {
        guard 32 * place + 32 <= tile.count else { return false }
        return tile.loadUnaligned(fromByteOffset: 32 * place, as: TreeHash.self) == hash
    }

    private mutating func note(_ position: Int64, _ tile: TileID, _ place: Int) {
        strangerCount += 1
        if strangers.count < AuditFindings.most { strangers.append((position, tile, place)) }
    }

    private mutating func miss(
        _ name: String, _ id: BundleID, _ findings: inout AuditFindings
    ) {
        isBroken = true
        findings.incomplete("'\(name)' is missing", at: id.leaves.lowerBound + 1)
    }

    private mutating func append(
        _ leaves: [TreeHash], _ findings: inout AuditFindings
    ) throws(BundleError) {
        var rest = leaves[...]
        if let since = opened.since?.head, builder.size < since.size,
            since.size <= builder.size + Int64(leaves.count)
        {
            let old = rest.prefix(Int(since.size - builder.size))
            rest = rest.dropFirst(old.count)
            try take(builder.append(old), &findings)
            if builder.head.root != since.root, since.size < opened.size {
                findings.add(OpenedCheckpoint.fork(before: since.size))
            }
        }
        try take(builder.append(rest), &findings)
    }

    private mutating func take(
        _ tiles: [Tile], _ findings: inout AuditFindings
    ) throws(BundleError) {
        for tile in tiles {
            edges[tile.id.level] = tile.id.isFull ? nil : tile
            // Level 0 was compared leaf by leaf.
            if tile.id.isFull, tile.id.level > 0 { try compare(tile, &findings) }
        }
    }

    private mutating func compare(
        _ tile: Tile, _ findings: inout AuditFindings
    ) throws(BundleError) {
        let first = tile.id.firstPosition(below: 0)
        guard let bytes = try bundle.read(.tile(tile.id)) else {
            return findings.incomplete("'\(tile.id)' is missing", at: first)
        }
        let place = bytes.withUnsafeBytes { bytes in
            tile.hashes.indices.first { !Self.has(bytes, tile.hashes[$0], at: $0) }
        }
        if let place {
            wrongTiles.append((tile.id.firstPosition(below: place), tile.id, place))
        } else if bytes.count != 32 * tile.id.width {
            findings.tampered(
                "\(tile.id) has \(bytes.count) bytes",
                at: tile.id.firstPosition(below: tile.id.width - 1))
        }
    }

    /// Says of what differs which side was changed: the signed root knows.
    private func judge(_ findings: inout AuditFindings) {
        let areEntriesAsSigned = !isBroken && builder.head == opened.checkpoint.head
        let areTilesAsSigned = tileRoot == opened.root
        for (position, tile, place) in strangers {
            let reason =
                if areEntriesAsSigned {
                    "hash \(place) of \(tile) was changed: the entry itself is as it was signed"
                } else if areTilesAsSigned {
                    "the entry is not the one that was signed"
                } else {
                    "the entry is not the one whose hash is in \(tile)"
                }
            findings.tampered(reason, at: position)
        }
        if strangerCount > strangers.count {
            findings.tampered("\(strangerCount - strangers.count) more entries differ")
        }
        for (position, tile, place) in wrongTiles where !hasStranger(below: tile, place) {
            let side = areEntriesAsSigned ? ": the entries are as they were signed" : ""
            findings.tampered(
                "hash \(place) of \(tile) is not that of the entries below it\(side)",
                at: position)
        }
        let isExplained = isBroken || !strangers.isEmpty || !wrongTiles.isEmpty
        if !areEntriesAsSigned, !isExplained {
            // Entries and tiles agree with each other, and not with the signature.
            let first = findings.isLogSound ? (opened.since?.head.size ?? 0) + 1 : 1
            findings.add(
                AuditFinding(
                    .tampered,
                    "entries and tiles have another root than the one that was signed: they were "
                        + "rewritten together",
                    between: min(first, max(1, opened.size))...max(1, opened.size)))
        }
    }

    /// Whether an entry is known to be wrong below a hash of a tile, which explains that hash.
    private func hasStranger(below tile: TileID, _ place: Int) -> Bool {
        let first = tile.firstPosition(below: place)
        let end = tile.firstPosition(below: place + 1)
        if let last = strangers.last, strangerCount > strangers.count, last.position < end {
            return true
        }
        return strangers.contains { (first..<end).contains($0.position) }
    }

    /// The root that the tiles in the bundle have; nil when some are missing.
    private var tileRoot: TreeHash? {
        do {
            return try bundle.root(ofTreeOf: opened.size)
        } catch {
            return nil
        }
    }
}

extension TileID {
    /// The position of the first event below one of its hashes.
    func firstPosition(below place: Int) -> Int64 {
        (index * Int64(Self.fullWidth) + Int64(place)) << Int64(level * Self.height) + 1
    }
}
