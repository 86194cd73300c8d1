/// A file in a ZIP archive, as the archive's table of contents has it.
package struct ZipMember: Sendable, Equatable {
    /// A relative path of plain words, with `/` between them.
    package let name: String
    let packed: Int
    package let size: Int
    let sum: UInt32
    let isDeflated: Bool
    /// Of its local header.
    let offset: Int

    var place: ArchiveFault.Place { .member(name) }

    /// - Returns: nil for a name that leads elsewhere, or is none.
    static func name(_ bytes: ArraySlice<UInt8>, longest: Int) -> String? {
        guard (1...longest).contains(bytes.count),
            let name = String(validating: bytes, as: UTF8.self),
            !name.utf8.contains(where: { $0 < 32 || $0 == 0x7F || $0 == UInt8(ascii: "\\") })
        else { return nil }
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        // A directory.
        if parts.last?.isEmpty == true { parts.removeLast() }
        let isPlain = !parts.isEmpty && parts.allSatisfy { !["", ".", ".."].contains($0) }
        let isDrive = name.utf8.dropFirst().first == UInt8(ascii: ":")
        return isPlain && !isDrive ? name : nil
    }
}
