/// A version `1.2.3[-pre.release][+build]`, and what npm and Go make of it.
/// Source: Semantic Versioning 2.0.0 §§2, 9, 10, 11; the semver package of npm; golang.org/x/mod
/// semver.
package struct SemanticVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey
    /// Whether it comes before the release of its numbers.
    package let isPrerelease: Bool

    package enum Dialect: Sendable {
        /// With or without a `v` in front, as OSV and tags write it.
        case semver
        case npm
        /// `v1` and `v1.2` stand for `v1.0.0` and `v1.2.0`; advisories leave the `v` out.
        case go

        var scheme: VersionScheme {
            switch self {
            case .semver: .semver
            case .npm: .npm
            case .go: .go
            }
        }
    }

    /// Less than the absence of a pre-release, which all of its identifiers come before.
    private enum Rank: UInt8 {
        case endOfIdentifiers = 0
        case number, word, release
    }

    package init(_ text: String) throws(VersionError) { try self.init(text, .semver) }

    package init(_ text: String, _ dialect: Dialect) throws(VersionError) {
        var parts = try VersionText(text, dialect.scheme)
        var key = VersionKey()
        _ = parts.cursor.take(UInt8(ascii: "v"))
        let count = try Self.appendNumbers(&parts, to: &key, least: dialect == .go ? 1 : 3)
        isPrerelease = parts.cursor.next == ASCII.hyphen
        if count < 3, !parts.cursor.isAtEnd {
            throw parts.wrong(
                isPrerelease || parts.cursor.next == ASCII.plus ? .shortened : .unexpected)
        }
        if parts.cursor.take(ASCII.hyphen) {
            try Self.identifiers(&parts) { parts, identifier throws(VersionError) in
                try Self.append(identifier, of: parts, to: &key)
            }
            key.append(rank: Rank.endOfIdentifiers.rawValue)
        } else {
            key.append(rank: Rank.release.rawValue)
        }
        // The build says nothing about the order.
        if parts.cursor.take(ASCII.plus) { try Self.identifiers(&parts) { _, _ in } }
        guard parts.cursor.isAtEnd else { throw parts.wrong(.unexpected) }
        self.text = text
        self.key = key
    }

    /// Up to three numbers between dots, those that are left out as 0.
    private static func appendNumbers(
        _ parts: inout VersionText, to key: inout VersionKey, least: Int
    ) throws(VersionError) -> Int {
        var count = 0
        repeat {
            if count == 3 { throw parts.wrong(.tooManyNumbers) }
            let start = parts.cursor.place
            let digits = try parts.number()
            if digits.count > 1, digits.first == ASCII.zero {
                throw parts.wrong(.leadingZero, at: start)
            }
            key.append(number: digits)
            count += 1
        } while parts.cursor.take(ASCII.dot)
        if count < least { throw parts.wrong(.numberMissing) }
        for _ in count..<3 { key.append(number: []) }
        return count
    }

    private static func identifiers(
        _ parts: inout VersionText,
        each: (VersionText, Range<Int>) throws(VersionError) -> Void
    ) throws(VersionError) {
        repeat {
            let identifier = parts.cursor.take { isLetterOrDigit($0) || $0 == ASCII.hyphen }
            if identifier.isEmpty { throw parts.wrong(.emptyIdentifier) }
            try each(parts, identifier)
        } while parts.cursor.take(ASCII.dot)
    }

    /// Numbers come before words.
    private static func append(
        _ identifier: Range<Int>, of parts: VersionText, to key: inout VersionKey
    ) throws(VersionError) {
        let bytes = parts.cursor[identifier]
        if bytes.allSatisfy(isDigit) {
            if bytes.count > 1, bytes.first == ASCII.zero {
                throw parts.wrong(.leadingZero, at: identifier.lowerBound)
            }
            key.append(rank: Rank.number.rawValue)
            key.append(number: bytes)
        } else {
            key.append(rank: Rank.word.rawValue)
            key.append(word: bytes)
        }
    }
}
