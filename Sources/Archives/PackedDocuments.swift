/// The documents in a file: those of a ZIP archive, the one in a gzip file, or the file itself. The
/// file's first bytes tell which, not its name.
package struct PackedDocuments<Source: ByteSource>: Sendable {
    private enum Form: Sendable {
        case plain
        case gzip
        case zip(ZipArchive<Source>, [ZipMember])
    }

    /// In the order of their bytes; no name twice.
    package let names: [String]
    private let form: Form
    private let source: Source
    private let limits: ArchiveLimits

    /// - Parameter name: Of the file; that of its document where it holds a single one.
    package init(
        _ source: Source, name: String, _ limits: ArchiveLimits = ArchiveLimits()
    ) throws(ArchiveFault) {
        self.source = source
        self.limits = limits
        let magic = try source.bytes(at: 0, count: min(4, source.count))
        if magic == [0x50, 0x4B, 0x03, 0x04] || magic == [0x50, 0x4B, 0x05, 0x06] {
            let archive = try ZipArchive(source, limits)
            let members = archive.members.filter { Self.isDocument($0.name) }
            form = .zip(archive, members)
            names = members.map(\.name)
        } else if magic.starts(with: [0x1F, 0x8B]) {
            form = .gzip
            names = [name.hasSuffix(".gz") && name.count > 3 ? String(name.dropLast(3)) : name]
        } else {
            form = .plain
            names = [name]
        }
    }

    /// Archives of whole repositories hold pictures and instructions as well.
    private static func isDocument(_ name: String) -> Bool {
        let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
        let lowered = name.lowercased()
        return !isHidden && (lowered.hasSuffix(".json") || lowered.hasSuffix(".csv"))
    }

    /// The bytes of the document of the name at `index`.
    package func contents(at index: Int) throws(ArchiveFault) -> [UInt8] {
        switch form {
        case .plain:
            guard source.count <= limits.memberBytes else {
                throw ArchiveFault(at: .archive, .tooLarge(limit: limits.memberBytes))
            }
            return try source.bytes(at: 0, count: source.count)
        case .gzip: return try Inflation.gzip(source, limits)
        case .zip(let archive, let members): return try archive.contents(of: members[index])
        }
    }
}
