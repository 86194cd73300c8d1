internal import TransparencyLog

/// Shows of single entries that each is the one at its place in the signed tree. The bundle holds
/// the tiles on the way from each entry to the root, and nothing of its neighbours but hashes, unless
/// they show where dates end.
struct SelectionWalk {
    private let bundle: AuditBundle
    private let opened: OpenedCheckpoint
    private var tiles: AuthenticTiles

    init(_ bundle: AuditBundle, _ opened: OpenedCheckpoint) {
        self.bundle = bundle
        self.opened = opened
        tiles = AuthenticTiles(bundle, size: opened.size)
    }

    mutating func run(
        _ entries: inout EntryAudit, _ findings: inout AuditFindings
    ) throws(BundleError) {
        guard checkRoot(&findings) else { return }
        checkConsistency(&findings)
        if case .archive(let range) = bundle.manifest.selection {
            return try walkBundles(range, &entries, &findings)
        }
        let positions = bundle.parts.compactMap { part in
            if case .entry(let position) = part { position } else { nil }
        }.sorted()
        checkRange(positions, &findings)
        for position in positions {
            guard position <= opened.size else {
                findings.tampered(
                    "entries/\(position) lies behind the checkpoint's \(opened.size) entries",
                    at: position)
                continue
            }
            guard let entry = try bundle.read(.entry(position)) else { continue }
            read(entry, at: position, &entries, &findings)
        }
    }

    private mutating func walkBundles(
        _ range: ClosedRange<Int64>, _ entries: inout EntryAudit, _ findings: inout AuditFindings
    ) throws(BundleError) {
        guard range.upperBound <= opened.size else {
            findings.tampered(
                "the archive's last position \(range.upperBound) lies behind the checkpoint's "
                    + "\(opened.size) entries", at: range.upperBound)
            return
        }
        for id in BundleID.covering(range, ofTreeOf: opened.size) {
            let first = id.leaves.lowerBound + 1
            guard let content = try bundle.read(.entries(id)) else {
                findings.incomplete("'\(id)' is missing", at: max(first, range.lowerBound))
                continue
            }
            do {
                let read = try EntryBundle(id, bytes: content)
                for (place, entry) in read.entries.enumerated() {
                    self.read(entry.bytes, at: first + Int64(place), &entries, &findings)
                }
            } catch {
                findings.tampered("\(error)", at: first)
            }
        }
    }

    private mutating func read(
        _ entry: [UInt8], at position: Int64, _ entries: inout EntryAudit,
        _ findings: inout AuditFindings
    ) {
        entry.withUnsafeBufferPointer { entry in
            let leaf = TreeHash.leaf(UnsafeRawBufferPointer(entry))
            if check(leaf, at: position, &findings) {
                entries.read(entry, at: position, &findings)
            }
        }
    }

    /// The tiles at the right edge have the signed root.
    private func checkRoot(_ findings: inout AuditFindings) -> Bool {
        do {
            let root = try bundle.root(ofTreeOf: opened.size)
            if root == opened.root { return true }
            findings.add(
                AuditFinding(
                    .tampered, "the tiles have another root than the one that was signed",
                    between: 1...max(1, opened.size)))
        } catch .missing(let tile) {
            findings.incomplete("'\(tile)' is missing")
        } catch {
            findings.tampered("\(error)")
        }
        return false
    }

    private func checkConsistency(_ findings: inout AuditFindings) {
        guard let since = opened.since?.head, since.size < opened.size else { return }
        do {
            let proof = try ConsistencyProof(from: since.size, to: opened.size, from: bundle)
            if !proof.proves(since.root, growsInto: opened.root) {
                findings.add(OpenedCheckpoint.fork(before: since.size))
            }
        } catch {
            findings.incomplete(
                "whether the log begins with what the saved checkpoint signed can't be told: "
                    + "\(error); export the selection with that checkpoint's size")
        }
    }

    private func checkRange(_ positions: [Int64], _ findings: inout AuditFindings) {
        let first: Int64
        var last: Int64
        switch bundle.manifest.selection {
        case .range(let range): (first, last) = (range.lowerBound, range.upperBound)
        case .dates(_, let range): (first, last) = (range.lowerBound, range.upperBound - 1)
        case .whole, .streams, .archive: return
        }
        last = min(last, opened.size)
        var expected = first
        for position in positions where first <= position && position <= last {
            if position > expected {
                findings.incomplete(
                    "entries \(expected) to \(position - 1) of the range are missing", at: expected)
            }
            expected = position + 1
        }
        if expected <= last {
            findings.incomplete(
                "entries \(expected) to \(last) of the range are missing", at: expected)
        }
    }

    private mutating func check(
        _ leaf: TreeHash, at position: Int64, _ findings: inout AuditFindings
    ) -> Bool {
        do {
            if try tiles.hash(level: 0, index: position - 1) == leaf { return true }
            findings.tampered("the entry is not the one that was signed", at: position)
        } catch .missing(let tile) {
            findings.incomplete("'\(tile)', on the way to the root, is missing", at: position)
        } catch .unreadable(let tile, let reason) {
            findings.tampered("\(tile): \(reason)", at: tile.firstPosition(below: 0))
        } catch {
            findings.tampered("\(error)", at: position)
        }
        return false
    }
}

/// Tiles that are shown to be those below a signed root. Of each level the last one is kept, so
/// walking from left to right reads each tile once.
struct AuthenticTiles {
    private let source: AuditBundle
    private let size: Int64
    private var last: [Int: (id: TileID, hashes: [TreeHash])] = [:]

    /// - Parameter size: Of a tree whose root was compared with that of the source's partial tiles.
    init(_ source: AuditBundle, size: Int64) {
        self.source = source
        self.size = size
    }

    /// - Throws: `TileError.unreadable` for a tile that isn't the one below its parent's hash.
    mutating func hash(level: Int, index: Int64) throws(TileError) -> TreeHash {
        let (tile, place) = index.quotientAndRemainder(dividingBy: Int64(TileID.fullWidth))
        if let last = last[level], last.id.index == tile { return last.hashes[Int(place)] }
        let there = size >> Int64(level * TileID.height) - tile * Int64(TileID.fullWidth)
        let id = TileID(level: level, index: tile, width: Int(min(256, there)))
        let hashes = try source.hashes(of: id)
        // A partial tile is part of the root itself.
        if id.isFull, try hash(level: level + 1, index: tile) != .root(ofPerfect: hashes) {
            throw .unreadable(id, reason: "its hashes are not the ones below the signed root")
        }
        last[level] = (id, hashes)
        return hashes[Int(place)]
    }
}
