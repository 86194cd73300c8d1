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
        let pieces = try pieces(at: index, atMost: limits.memberBytes)
        var contents: [UInt8] = []
        while let piece = try pieces.next() { contents += piece }
        return contents
    }

    /// The document of the name at `index`, piece by piece; a member of a ZIP archive is one.
    ///
    /// - Parameter bytes: How many the document may have that isn't in a ZIP archive.
    package func pieces(
        at index: Int, atMost bytes: Int
    ) throws(ArchiveFault) -> DocumentPieces<Source> {
        var limits = limits
        limits.memberBytes = bytes
        switch form {
        case .plain:
            guard source.count <= bytes else {
                throw ArchiveFault(at: .archive, .tooLarge(limit: bytes))
            }
            return DocumentPieces(.plain(source))
        case .gzip: return DocumentPieces(.gzip(try GzipPieces(source, limits)))
        case .zip(let archive, let members):
            return DocumentPieces(.whole(try archive.contents(of: members[index])))
        }
    }
}

/// What is read of a document, one piece after the other.
package final class DocumentPieces<Source: ByteSource> {
    enum Form {
        case plain(Source)
        case gzip(GzipPieces<Source>)
        case whole([UInt8])
        case over
    }

    private var form: Form
    private var offset = 0

    init(_ form: Form) { self.form = form }

    /// - Returns: The next bytes, never none; nil at the end.
    package func next() throws(ArchiveFault) -> [UInt8]? {
        switch form {
        case .plain(let source):
            guard offset < source.count else { return nil }
            let piece = try source.bytes(
                at: offset, count: min(ArchiveLimits.piece, source.count - offset))
            offset += piece.count
            return piece
        case .gzip(let pieces): return try pieces.next()
        case .whole(let bytes):
            form = .over
            return bytes.isEmpty ? nil : bytes
        case .over: return nil
        }
    }
}
