internal import EventSourcing
package import TransparencyLog

/// A bundle that was opened. It is whoever's work: nothing in it is believed before it was
/// verified, and every size, name and count in it is checked before it is used.
package struct AuditBundle: Sendable {
    package let manifest: BundleManifest
    private let index: ArchiveIndex

    /// Walks over the archive, and reads the manifest.
    ///
    /// - Throws: `BundleError` when it isn't a bundle from its first byte to its last.
    package init(_ source: any ByteSource) throws(BundleError) {
        index = try ArchiveIndex(source)
        guard let bytes = try index.read(.manifest) else {
            throw .missingPart(name: BundlePart.manifest.name)
        }
        manifest = try BundleManifest(bytes)
    }

    /// What its writer listed and isn't there, or in another size.
    var missing: [String] {
        manifest.parts.compactMap { listed in
            guard let part = BundlePart(name: listed.name), part != .manifest else {
                return listed.name
            }
            return index.extent(of: part)?.size == listed.bytes ? nil : listed.name
        }
    }

    /// Parts that are there, in the order of the archive.
    var parts: [BundlePart] { index.parts }

    func has(_ part: BundlePart) -> Bool { index.extent(of: part) != nil }

    /// The entries that the bundle holds in whole entry bundles, by the index of one of these. They
    /// are whoever's work.
    ///
    /// - Throws: `BundleError` when it isn't there or can't be read as one.
    package func entries(_ index: Int64) throws(BundleError) -> EntryBundle {
        let first = index * Int64(BundleID.fullWidth)
        guard first >= 0, first < manifest.size else {
            throw .missingPart(name: "the entry bundle \(index)")
        }
        let id = BundleID(index: index, inLogOf: manifest.size)
        guard let bytes = try read(.entries(id)) else {
            throw .missingPart(name: BundlePart.entries(id).name)
        }
        do {
            return try EntryBundle(id, bytes: bytes)
        } catch {
            throw .unreadable(reason: "\(error)")
        }
    }

    func read(_ part: BundlePart) throws(BundleError) -> [UInt8]? { try index.read(part) }
}

extension AuditBundle: TileSource {
    /// Tiles as they stand in the bundle, in the widths of the checkpoint's tree.
    package func hashes(of tile: TileID) throws(TileError) -> [TreeHash] {
        do {
            guard let bytes = try index.read(.tile(tile)) else { throw TileError.missing(tile) }
            return try Tile(tile, bytes: bytes).hashes
        } catch let error as TileError {
            throw error
        } catch {
            throw .unreadable(tile, reason: "\(error)")
        }
    }
}
