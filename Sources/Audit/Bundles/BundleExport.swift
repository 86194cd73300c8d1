package import EventSourcing
package import TransparencyLog

/// Writes a bundle: the checkpoint, the tiles, the entries, the documents that these name, then what
/// these list in turn, such as the parts of a feed, and last the manifest. The same log, checkpoint
/// and selection give the same bytes.
///
/// A whole bundle has every tile and entry bundle of the checkpoint's tree. A selection has, in
/// place of proofs, the tiles on the way from its entries to the root, since they are what any tool
/// for such logs reads, and neighbours share them.
package struct BundleExport: Sendable {
    private let checkpoint: Checkpoint
    private let note: SignedNote
    private let selection: BundleSelection
    private let positions: [Int64]
    private let since: [Int64]

    /// - Parameters:
    ///   - note: The signed checkpoint that the log is exported at.
    ///   - selection: What the bundle is to hold.
    ///   - positions: Of `.streams`, the positions of all their events up to the checkpoint, in
    ///     order; not looked at otherwise.
    ///   - showsNeighbours: Of `.dates`, that the events before and behind are there as well, which
    ///     shows that they are not of those dates.
    ///   - since: For a selection, sizes of earlier checkpoints that an auditor may want to compare
    ///     with; their consistency proofs need further tiles. A whole bundle serves any.
    /// - Throws: `BundleExportError`.
    package init(
        at note: SignedNote, _ selection: BundleSelection, positions: [Int64] = [],
        showsNeighbours: Bool = true, since: [Int64] = []
    ) throws(BundleExportError) {
        do {
            checkpoint = try Checkpoint(text: note.text)
        } catch {
            throw .badCheckpoint
        }
        let size = checkpoint.head.size
        self.note = note
        self.selection = selection
        switch selection {
        case .whole: self.positions = []
        case .range(let range), .archive(let range):
            guard range.upperBound <= size else {
                throw .behindCheckpoint(position: range.upperBound, size: size)
            }
            self.positions = if case .range = selection { Array(range) } else { [] }
        case .dates(_, let range):
            let last = range.upperBound - 1
            guard last <= size else { throw .behindCheckpoint(position: last, size: size) }
            // Both neighbours, where there are such, show that the dates end there.
            let shown =
                showsNeighbours
                ? max(1, range.lowerBound - 1)..<(min(size, range.upperBound) + 1) : range
            self.positions = Array(shown)
        case .streams:
            self.positions = positions
            if let last = positions.last, last > size {
                throw .behindCheckpoint(position: last, size: size)
            }
        }
        self.since = since
        if let later = since.first(where: { $0 > size }) {
            throw .behindCheckpoint(position: later, size: size)
        }
    }

    /// - Parameter write: Takes the next bytes of the bundle.
    /// - Throws: What `source` and `write` throw; `BundleExportError` when an entry can't be read or
    ///   a document that it names is gone.
    package func write(
        from source: some BundleSource, to write: ([UInt8]) async throws -> Void
    ) async throws {
        var archive = ArchiveWriter()
        var named = NamedDocuments()
        try await write(archive.bytes(of: .checkpoint, note.bytes))
        for tile in tiles {
            try await write(archive.bytes(of: .tile(tile), try await source.tile(tile)))
        }
        let bundles = bundles
        if !bundles.isEmpty {
            for id in bundles {
                let content = try await source.entries(id)
                try note(content, id, &named)
                try await write(archive.bytes(of: .entries(id), content))
            }
        } else {
            try await writeEntries(from: source, &archive, &named, write)
        }
        for document in named.inOrder {
            guard let bytes = try await source.document(document.hash.digest) else {
                throw BundleExportError.documentMissing(
                    document.hash.digest, position: document.position)
            }
            // What is wrong with it is for whoever verifies to say.
            _ = named.read(bytes, of: document)
            try await write(archive.bytes(of: .document(document.hash.digest), bytes))
        }
        for (hash, _) in named.attachedInOrder {
            // One that is gone leaves the rest provable: the verification says that it isn't there.
            guard let bytes = try await source.document(hash.digest) else { continue }
            try await write(archive.bytes(of: .document(hash.digest), bytes))
        }
        let manifest = BundleManifest(
            origin: checkpoint.origin, size: checkpoint.head.size, selection: selection,
            parts: archive.parts)
        try await write(archive.bytes(of: .manifest, try CanonicalJSON.encode(manifest)))
        try await write(ArchiveWriter.end)
    }

    private func writeEntries(
        from source: some BundleSource, _ archive: inout ArchiveWriter,
        _ named: inout NamedDocuments, _ write: ([UInt8]) async throws -> Void
    ) async throws {
        var last: EntryBundle?
        for position in positions {
            let (index, place) = (position - 1).quotientAndRemainder(
                dividingBy: Int64(BundleID.fullWidth))
            if last?.id.index != index {
                let id = BundleID(index: index, inLogOf: checkpoint.head.size)
                last = try EntryBundle(id, bytes: try await source.entries(id))
            }
            guard let entry = last?.entries[Int(place)].bytes else { continue }
            try note(entry, at: position, &named)
            try await write(archive.bytes(of: .entry(position), entry))
        }
    }

    private func note(
        _ content: [UInt8], _ id: BundleID, _ named: inout NamedDocuments
    ) throws {
        let bundle = try EntryBundle(id, bytes: content)
        for (place, entry) in bundle.entries.enumerated() {
            try note(entry.bytes, at: id.leaves.lowerBound + Int64(place) + 1, &named)
        }
    }

    private func note(
        _ entry: [UInt8], at position: Int64, _ named: inout NamedDocuments
    ) throws(BundleExportError) {
        let isRead = entry.withUnsafeBufferPointer { bytes in
            var scanner = EntryScanner()
            do {
                named.note(try scanner.read(bytes))
                return true
            } catch {
                return false
            }
        }
        if !isRead { throw .badEntry(position: position) }
    }

    /// The entry bundles that are written whole.
    private var bundles: [BundleID] {
        let size = checkpoint.head.size
        switch selection {
        case .whole: return BundleID.all(ofTreeOf: size)
        case .range, .dates, .streams: return []
        case .archive(let range): return BundleID.covering(range, ofTreeOf: size)
        }
    }

    /// In the order of the bundle: level by level, from left to right.
    private var tiles: [TileID] {
        let size = checkpoint.head.size
        if selection == .whole { return TileID.all(ofTreeOf: size) }
        let leafTiles = bundles.isEmpty ? positions.map { ($0 - 1) >> 8 } : bundles.map(\.index)
        var needed = Set<TileID>()
        func add(_ level: Int, _ index: Int64) {
            let width = size >> Int64(level * TileID.height) - index * Int64(TileID.fullWidth)
            if width > 0 {
                needed.insert(TileID(level: level, index: index, width: Int(min(256, width))))
            }
        }
        for level in 0..<8 {
            // The partial tile at the right edge: all of them together make the root.
            let hashes = size >> Int64(level * TileID.height)
            if hashes % 256 > 0 { add(level, hashes >> Int64(TileID.height)) }
            for tile in leafTiles { add(level, tile >> Int64(level * TileID.height)) }
        }
        for old in since { needed.formUnion(ConsistencyProof.tiles(from: old, to: size)) }
        return needed.sorted { ($0.level, $0.index) < ($1.level, $1.index) }
    }
}

package enum BundleExportError: Error, Equatable, CustomStringConvertible {
    case badCheckpoint
    case behindCheckpoint(position: Int64, size: Int64)
    case badEntry(position: Int64)
    case documentMissing(Digest, position: Int64)

    package var description: String {
        switch self {
        case .badCheckpoint: "the note is no checkpoint"
        case .behindCheckpoint(let position, let size):
            "\(position) lies behind the checkpoint's \(size) entries: take a later checkpoint"
        case .badEntry(let position): "the entry at position \(position) can't be read"
        case .documentMissing(let digest, let position):
            "the document \(digest), which event \(position) names, is gone"
        }
    }
}
