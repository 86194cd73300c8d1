package import EventSourcing
package import TransparencyLog

/// Where a bundle's content comes from: the store's tables, or memory. Whoever exports asks for
/// nothing beyond the checkpoint's size, and in the order of the bundle.
package protocol BundleSource {
    /// The hashes of `tile`, as many as it is wide, 32 bytes each.
    func tile(_ tile: TileID) async throws -> [UInt8]

    /// The entries of `bundle`, as many as it is wide, each led by its length as a big-endian
    /// 16-bit number.
    func entries(_ bundle: BundleID) async throws -> [UInt8]

    /// The bytes of a document; nil when there is none with that digest.
    func document(_ digest: Digest) async throws -> [UInt8]?
}
