/// The version of a NuGet package: one to four numbers, then as in Semantic Versioning, but without
/// a difference between capitals and small letters.
/// Source: "NuGet package version reference"; NuGet.Versioning.
package struct NuGetVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey

    private enum Rank: UInt8 {
        case endOfLabels = 0
        case number, word, release
    }

    package init(_ text: String) throws(VersionError) {
        var parts = try VersionText(text, .nuget)
        var key = VersionKey()
        var count = 0
        repeat {
            if count == 4 { throw parts.wrong(.tooManyNumbers) }
            key.append(number: try parts.number())
            count += 1
        } while parts.cursor.take(ASCII.dot)
        for _ in count..<4 { key.append(number: []) }
        if parts.cursor.take(ASCII.hyphen) {
            repeat {
                Self.append(try Self.label(&parts), to: &key)
            } while parts.cursor.take(ASCII.dot)
            key.append(rank: Rank.endOfLabels.rawValue)
        } else {
            key.append(rank: Rank.release.rawValue)
        }
        if parts.cursor.take(ASCII.plus) {
            repeat { _ = try Self.label(&parts) } while parts.cursor.take(ASCII.dot)
        }
        guard parts.cursor.isAtEnd else { throw parts.wrong(.unexpected) }
        self.text = text
        self.key = key
    }

    private static func label(_ parts: inout VersionText) throws(VersionError) -> ArraySlice<UInt8>
    {
        let label = parts.cursor.take { isLetterOrDigit($0) || $0 == ASCII.hyphen }
        if label.isEmpty { throw parts.wrong(.emptyIdentifier) }
        return parts.cursor[label]
    }

    private static func append(_ label: ArraySlice<UInt8>, to key: inout VersionKey) {
        if label.allSatisfy(isDigit) {
            key.append(rank: Rank.number.rawValue)
            key.append(number: label)
        } else {
            key.append(rank: Rank.word.rawValue)
            key.append(caselessWord: label)
        }
    }
}
