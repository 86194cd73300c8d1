/// A Debian package version, `[epoch:]upstream[-revision]`, in the order of dpkg.
/// Source: Debian Policy §5.6.12; deb-version(7).
package struct DebianVersion: KeyedVersion {
    package let text: String
    package let epoch: Int32
    package let upstream: String
    /// Empty when there is none, which is the same as `0`.
    package let revision: String
    package let key: VersionKey

    /// How much of the policy's syntax a text must keep.
    package enum Syntax: Sendable {
        /// All of it: what may be installed.
        case policy
        /// What `dpkg --compare-versions` puts in order, though it warns: any first character of
        /// the upstream version, any visible ones after it. Old archives have such versions.
        case comparable
    }

    package init(_ text: String) throws(VersionError) { try self.init(text, .policy) }

    package init(_ text: String, _ syntax: Syntax) throws(VersionError) {
        var parts = try VersionText(text, .debian)
        epoch = try Self.epoch(&parts)
        let (upstream, revision) = try Self.split(&parts)
        if syntax == .policy { try Self.check(upstream, revision, parts) }
        self.text = text
        self.upstream = String(decoding: parts.cursor[upstream], as: UTF8.self)
        self.revision = String(decoding: parts.cursor[revision], as: UTF8.self)
        var key = VersionKey()
        key.append(number: ArraySlice(String(epoch).utf8))
        Self.append(ByteCursor(parts.cursor.bytes, upstream), to: &key)
        Self.append(ByteCursor(parts.cursor.bytes, revision), to: &key)
        self.key = key
    }

    /// Reads up to the first colon; 0 without one.
    private static func epoch(_ parts: inout VersionText) throws(VersionError) -> Int32 {
        guard let colon = parts.cursor.firstPlace(of: ASCII.colon) else { return 0 }
        let digits = parts.cursor.take(while: isDigit)
        guard !digits.isEmpty, parts.cursor.place == colon else {
            throw parts.wrong(.epochNotANumber)
        }
        guard let epoch = Int32(String(decoding: parts.cursor[digits], as: UTF8.self)) else {
            throw parts.wrong(.epochTooBig, at: 0)
        }
        parts.cursor.skip()
        return epoch
    }

    /// The last hyphen parts the two.
    private static func split(
        _ parts: inout VersionText
    ) throws(VersionError) -> (upstream: Range<Int>, revision: Range<Int>) {
        let cursor = parts.cursor
        let hyphen = cursor.lastPlace(of: ASCII.hyphen)
        if let hyphen, hyphen + 1 == cursor.end { throw parts.wrong(.emptyRevision, at: hyphen) }
        let upstream = cursor.place..<(hyphen ?? cursor.end)
        if upstream.isEmpty { throw parts.wrong(.emptyUpstream) }
        return (upstream, hyphen.map { $0 + 1..<cursor.end } ?? cursor.end..<cursor.end)
    }

    private static func check(
        _ upstream: Range<Int>, _ revision: Range<Int>, _ parts: VersionText
    ) throws(VersionError) {
        let bytes = parts.cursor.bytes
        guard isDigit(bytes[upstream.lowerBound]) else {
            throw parts.wrong(.upstreamBeginsWithoutDigit, at: upstream.lowerBound)
        }
        for place in upstream where !isOfUpstream(bytes[place]) {
            throw parts.wrong(.badCharacterInUpstream, at: place)
        }
        for place in revision where !isOfRevision(bytes[place]) {
            throw parts.wrong(.badCharacterInRevision, at: place)
        }
    }

    private static func isOfUpstream(_ byte: UInt8) -> Bool {
        isOfRevision(byte) || byte == ASCII.hyphen || byte == ASCII.colon
    }

    private static func isOfRevision(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == ASCII.dot || byte == ASCII.plus || byte == ASCII.tilde
    }

    /// Words and numbers by turns, a word first, one of each at least, so that nothing is the same as
    /// `0`. An empty word ends it, as only the end of the text can leave a word empty after a number. In a word its end weighs more than `~`, less than
    /// letters, and these less than all else.
    private static func append(_ part: ByteCursor, to key: inout VersionKey) {
        let endOfWord: UInt8 = 2
        var part = part
        repeat {
            for byte in part.bytes[part.take { !isDigit($0) }] {
                let weight = byte == ASCII.tilde ? 1 : isLetter(byte) ? byte : byte + 128
                key.append(rank: weight)
            }
            key.append(rank: endOfWord)
            key.append(number: part[part.take(while: isDigit)])
        } while !part.isAtEnd
        key.append(rank: endOfWord)
    }
}
