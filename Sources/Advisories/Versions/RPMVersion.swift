/// The version of an RPM package, `[epoch:]version[-release]`, in the order of rpm.
/// Source: rpm-version(7); rpmvercmp and parseEVR of rpm.
package struct RPMVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey
    /// Where in the text the release begins; nil without one.
    private let release: Int?

    package init(_ text: String) throws(VersionError) {
        // rpm only knows ASCII letters and digits; all else parts them, whatever it is.
        var parts = try VersionText(text, .redhat, where: { $0 > 0x20 && $0 != 0x7F })
        var key = VersionKey()
        let digits = parts.cursor.take(while: isDigit)
        if parts.cursor.take(ASCII.colon) {
            key.append(number: parts.cursor[digits])
        } else {
            // No epoch: the digits belong to the version.
            parts.cursor.skip(to: 0)
            key.append(number: [])
        }
        let cursor = parts.cursor
        let hyphen = cursor.lastPlace(of: ASCII.hyphen)
        let version = cursor.place..<(hyphen ?? cursor.end)
        if version.isEmpty { throw parts.wrong(.emptyVersion) }
        Self.append(ByteCursor(cursor.bytes, version), to: &key)
        Self.append(
            ByteCursor(cursor.bytes, (hyphen.map { $0 + 1 } ?? cursor.end)..<cursor.end), to: &key)
        self.text = text
        self.key = key
        release = hyphen.map { $0 + 1 }
    }

    /// Whether the package was built for a module: only versions of the same module's stream may be
    /// compared with it.
    package var isModular: Bool {
        guard let release else { return false }
        let bytes = Array(text.utf8.dropFirst(release))
        return bytes.indices.contains { index in
            bytes[index...].starts(with: "module+".utf8)
                || bytes[index...].starts(with: "module_".utf8)
        }
    }

    /// Segments of letters or of digits; what stands between only parts them. `~` is less than the
    /// end, `^` more than the end but less than any segment, and letters are less than numbers.
    private static func append(_ part: ByteCursor, to key: inout VersionKey) {
        let (tilde, end, caret, letters, number): (UInt8, UInt8, UInt8, UInt8, UInt8) =
            (1, 2, 3, 4, 5)
        var part = part
        while let byte = part.next {
            if isDigit(byte) {
                key.append(rank: number)
                key.append(number: part[part.take(while: isDigit)])
            } else if isLetter(byte) {
                key.append(rank: letters)
                key.append(word: part[part.take(while: isLetter)])
            } else {
                if byte == ASCII.tilde { key.append(rank: tilde) }
                if byte == ASCII.caret { key.append(rank: caret) }
                part.skip()
            }
        }
        key.append(rank: end)
    }
}

/// A module of RPM packages, `name:stream[:version[:context[:architecture]]]`, as the module label
/// of a package or the `rpmmod` qualifier of its package URL gives it.
/// Source: Modularity's NSVCA notation.
package struct RPMModule: Sendable, Hashable {
    package let name: String
    package let stream: String
    package let version: String?
    package let context: String?
    package let architecture: String?

    /// nil when it isn't such a label.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...5).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        name = parts[0]
        stream = parts[1]
        version = parts.count > 2 ? parts[2] : nil
        context = parts.count > 3 ? parts[3] : nil
        architecture = parts.count > 4 ? parts[4] : nil
    }

    /// Whether packages of the two may be compared: a fix in one stream says nothing about another.
    package func isSameStream(as other: Self) -> Bool {
        name == other.name && stream == other.stream
    }
}
