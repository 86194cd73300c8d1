/// Writes the parts of a bundle one after the other. The same parts in the same order give the same
/// bytes, whoever writes them and whenever.
struct ArchiveWriter {
    /// What was written so far, for the manifest.
    private(set) var parts: [BundleManifest.Part] = []

    /// The bytes of `part`: header, content, padding.
    mutating func bytes(of part: BundlePart, _ content: [UInt8]) -> [UInt8] {
        precondition(Int64(content.count) <= part.largest, "\(part.name) is too large to be read")
        let size = Int64(content.count)
        parts.append(BundleManifest.Part(name: part.name, bytes: size))
        var bytes = TarHeader(name: part.name, size: size).bytes
        bytes.reserveCapacity(bytes.count + content.count + TarHeader.block)
        bytes += content
        bytes += repeatElement(0, count: TarHeader.padding(after: size))
        return bytes
    }

    /// What stands behind the last part.
    static var end: [UInt8] { [UInt8](repeating: 0, count: TarHeader.end) }
}
