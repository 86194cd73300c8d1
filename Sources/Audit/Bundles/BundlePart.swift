internal import EventSourcing
internal import TransparencyLog

/// What a bundle is made of. Tiles and entry bundles have the paths under which the log itself
/// serves them (C2SP tlog-tiles), so that any tool for such logs can read an unpacked bundle.
enum BundlePart: Hashable, Sendable {
    /// The signed note.
    case checkpoint
    case tile(TileID)
    /// 256 entries, or fewer at the right edge.
    case entries(BundleID)
    /// One entry by its position: a selection has these in place of entry bundles, since a bundle
    /// would show its reader the neighbours as well.
    case entry(Int64)
    /// Something that is too large for an event, by the SHA-256 in its event.
    case document(Digest)
    /// `BundleManifest`, the last part.
    case manifest

    var name: String {
        switch self {
        case .checkpoint: "checkpoint"
        case .tile(let id): id.description
        case .entries(let id): id.description
        case .entry(let position): "entries/\(position)"
        case .document(let digest): "documents/\(digest)"
        case .manifest: "manifest.json"
        }
    }

    /// Reads a name: nil for anything that `name` doesn't write.
    init?(name: String) {
        // Documents are the most of them.
        if name.hasPrefix("documents/"), let digest = Digest(String(name.dropFirst(10))),
            name == "documents/\(digest)"
        {
            self = .document(digest)
        } else if let id = TileID(name) {
            self = .tile(id)
        } else if let id = BundleID(name) {
            self = .entries(id)
        } else if name == "checkpoint" {
            self = .checkpoint
        } else if name == "manifest.json" {
            self = .manifest
        } else if name.hasPrefix("entries/"), let position = Int64(name.dropFirst(8)),
            position > 0, name == "entries/\(position)"
        {
            self = .entry(position)
        } else {
            return nil
        }
    }

    /// Bytes of its content that are read at most.
    var largest: Int64 {
        switch self {
        case .checkpoint: Int64(SignedNote.largest)
        case .tile: Int64(TileID.fullWidth * 32)
        case .entries: Int64(BundleID.fullWidth * (2 + LogEntry.largest))
        case .entry: Int64(LogEntry.largest)
        case .document: 1 << 28
        case .manifest: 1 << 28
        }
    }
}
