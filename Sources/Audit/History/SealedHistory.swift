package import EventSourcing
package import TransparencyLog

/// A whole log up to a checkpoint, read entry by entry from a bundle or from a server.
///
/// What is read is what the checkpoint stands for: the root is recomputed on the way, and another
/// one at the end is an error. Whether the checkpoint itself is to be believed, its signature says.
package struct SealedHistory {
    package let checkpoint: Checkpoint
    private let source: any BundleSource

    package init(at checkpoint: Checkpoint, from source: any BundleSource) {
        self.checkpoint = checkpoint
        self.source = source
    }

    /// Calls `read` for each entry in the order of the log. What was made of them is worth something
    /// only when this doesn't throw.
    ///
    /// - Parameter read: Takes an entry that is valid until it returns.
    /// - Throws: `HistoryError`, and what the source throws.
    func forEach(_ read: (EntryView) -> Void) async throws {
        var scanner = EntryScanner()
        var frontier = TreeFrontier()
        for id in BundleID.all(ofTreeOf: checkpoint.head.size) {
            let bundle = try EntryBundle(id, bytes: try await source.entries(id))
            for entry in bundle.entries {
                frontier.append(entry.leafHash)
                try Self.read(entry, at: frontier.size, &scanner, read)
            }
        }
        guard frontier.root == checkpoint.head.root else {
            throw HistoryError.anotherRoot(size: checkpoint.head.size)
        }
    }

    private static func read(
        _ entry: LogEntry, at position: Int64, _ scanner: inout EntryScanner,
        _ read: (EntryView) -> Void
    ) throws(HistoryError) {
        let fault = entry.bytes.withUnsafeBufferPointer { bytes -> String? in
            do {
                let event = try scanner.read(bytes)
                guard event.position == position else {
                    return "the entry says that its position is \(event.position)"
                }
                read(event)
                return nil
            } catch {
                return "\(error)"
            }
        }
        if let fault { throw .badEntry(position: position, reason: fault) }
    }
}

/// Why a history can't be read, or isn't what was signed.
package enum HistoryError: Error, Equatable, CustomStringConvertible {
    /// The bundle is a selection.
    case notWhole
    case badEntry(position: Int64, reason: String)
    case anotherRoot(size: Int64)

    package var description: String {
        switch self {
        case .notWhole:
            "the bundle is a selection, and what isn't in it would be missed: export the whole log"
        case .badEntry(let position, let reason): "the entry at position \(position): \(reason)"
        case .anotherRoot(let size):
            "the entries don't have the root of the checkpoint of \(size) entries: they are not what "
                + "was signed"
        }
    }
}

extension SealedHistory {
    /// The history in a bundle of a whole log.
    ///
    /// - Throws: `HistoryError.notWhole`; `BundleError` or `CheckpointError` when it has no checkpoint
    ///   that can be read.
    package init(_ bundle: AuditBundle) throws {
        guard bundle.manifest.selection == .whole else { throw HistoryError.notWhole }
        self.init(at: try Checkpoint(text: try bundle.note().text), from: bundle)
    }
}

extension AuditBundle: BundleSource {
    /// The signed checkpoint, as it stands in the bundle.
    package func note() throws -> SignedNote { try SignedNote(content(.checkpoint)) }

    package func tile(_ tile: TileID) async throws -> [UInt8] { try content(.tile(tile)) }

    package func entries(_ bundle: BundleID) async throws -> [UInt8] {
        try content(.entries(bundle))
    }

    package func document(_ digest: Digest) async throws -> [UInt8]? {
        try read(.document(digest))
    }

    private func content(_ part: BundlePart) throws(BundleError) -> [UInt8] {
        guard let bytes = try read(part) else { throw .missingPart(name: part.name) }
        return bytes
    }
}
