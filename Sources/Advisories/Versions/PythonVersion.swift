/// A version of a Python package,
/// `[v][epoch!]release[pre][post][dev][+local]`, in any of the spellings that are normalised.
/// Source: PEP 440, "Public version identifiers", "Normalization", "Summary of permitted suffixes
/// and relative ordering".
package struct PythonVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey

    /// Before and after everything that a part can be.
    private static let least: UInt8 = 0
    private static let present: UInt8 = 1
    private static let greatest: UInt8 = 255

    package init(_ text: String) throws(VersionError) {
        var parts = try VersionText(text, .pypi)
        var key = VersionKey()
        _ = parts.cursor.take(word: "v")
        try Self.appendEpochAndRelease(&parts, to: &key)
        let before = Self.pre(&parts)
        let after = Self.post(&parts)
        let development = Self.development(&parts)
        // A development release of the release itself comes before its first alpha.
        if let before {
            key.append(rank: before.rank)
            key.append(number: before.number)
        } else {
            key.append(rank: after == nil && development != nil ? Self.least : Self.greatest)
        }
        key.append(after, orElse: Self.least)
        key.append(development, orElse: Self.greatest)
        try Self.appendLocal(&parts, to: &key)
        guard parts.cursor.isAtEnd else { throw parts.wrong(.unexpected) }
        self.text = text
        self.key = key
    }

    /// The release's zeros at the end say nothing.
    private static func appendEpochAndRelease(
        _ parts: inout VersionText, to key: inout VersionKey
    ) throws(VersionError) {
        let first = try parts.number()
        var numbers = [first]
        if parts.cursor.take(UInt8(ascii: "!")) {
            key.append(number: first)
            numbers = [try parts.number()]
        } else {
            key.append(number: [])
        }
        while parts.cursor.next == ASCII.dot, let digit = parts.cursor.afterNext, isDigit(digit) {
            parts.cursor.skip()
            numbers.append(try parts.number())
        }
        while let last = numbers.last, last.allSatisfy({ $0 == ASCII.zero }) {
            numbers.removeLast()
        }
        for number in numbers {
            key.append(rank: present)
            key.append(number: number)
        }
        key.append(rank: least)
    }

    private static func pre(
        _ parts: inout VersionText
    ) -> (rank: UInt8, number: ArraySlice<UInt8>)? {
        // The longer spellings first.
        let words: [(StaticString, UInt8)] = [
            ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("preview", 3), ("pre", 3), ("c", 3),
            ("rc", 3),
        ]
        let start = parts.cursor.place
        parts.cursor.takeSeparator()
        for (word, rank) in words where parts.cursor.take(word: word) {
            return (rank, number(&parts))
        }
        parts.cursor.skip(to: start)
        return nil
    }

    private static func post(_ parts: inout VersionText) -> ArraySlice<UInt8>? {
        let start = parts.cursor.place
        if parts.cursor.next == ASCII.hyphen, let digit = parts.cursor.afterNext, isDigit(digit) {
            parts.cursor.skip()
            return parts.cursor[parts.cursor.take(while: isDigit)]
        }
        parts.cursor.takeSeparator()
        for word: StaticString in ["post", "rev", "r"] where parts.cursor.take(word: word) {
            return number(&parts)
        }
        parts.cursor.skip(to: start)
        return nil
    }

    private static func development(_ parts: inout VersionText) -> ArraySlice<UInt8>? {
        let start = parts.cursor.place
        parts.cursor.takeSeparator()
        if parts.cursor.take(word: "dev") { return number(&parts) }
        parts.cursor.skip(to: start)
        return nil
    }

    /// The number after a word, which may be left out.
    private static func number(_ parts: inout VersionText) -> ArraySlice<UInt8> {
        parts.cursor.takeSeparator()
        return parts.cursor[parts.cursor.take(while: isDigit)]
    }

    /// Words come before numbers, and any local version after none.
    private static func appendLocal(
        _ parts: inout VersionText, to key: inout VersionKey
    ) throws(VersionError) {
        guard parts.cursor.take(ASCII.plus) else {
            key.append(rank: least)
            return
        }
        repeat {
            let segment = parts.cursor[parts.cursor.take(while: isLetterOrDigit)]
            if segment.isEmpty { throw parts.wrong(.emptyIdentifier) }
            if segment.allSatisfy(isDigit) {
                key.append(rank: 2)
                key.append(number: segment)
            } else {
                key.append(rank: 1)
                key.append(caselessWord: segment)
            }
        } while parts.cursor.takeSeparator()
        key.append(rank: least)
    }
}

extension ByteCursor {
    fileprivate var afterNext: UInt8? { place + 1 < end ? bytes[place + 1] : nil }

    @discardableResult
    fileprivate mutating func takeSeparator() -> Bool {
        take(ASCII.dot) || take(ASCII.hyphen) || take(ASCII.underscore)
    }
}

extension VersionKey {
    fileprivate mutating func append(_ number: ArraySlice<UInt8>?, orElse rank: UInt8) {
        guard let number else { return append(rank: rank) }
        append(rank: 1)
        append(number: number)
    }
}
