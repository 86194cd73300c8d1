/// The version of an Alpine package,
/// `digits{.digits}[letter[digits]]{_suffix[digits]}[~hash][-r[digits]]`, in the order of apk.
/// Source: apk-package(5), "Package version"; the comparison of apk-tools 2 and 3.
package struct AlpineVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey

    /// What may come next in a version, the least first. The end lies between what comes before a
    /// release and what comes after it.
    fileprivate enum Rank: UInt8 {
        case earlySuffix = 1
        case end, revision, hash, suffixNumber, lateSuffix, letter, numberWithZero, number
    }

    /// In the order of apk, those before a release and those after it.
    private static let early: [StaticString] = ["alpha", "beta", "pre", "rc"]
    private static let late: [StaticString] = ["cvs", "svn", "git", "hg", "p"]

    package init(_ text: String) throws(VersionError) {
        var parts = try VersionText(text, .alpine)
        var key = VersionKey()
        key.append(number: try parts.number())
        try Self.appendNumbersAndLetters(&parts, to: &key)
        while parts.cursor.take(ASCII.underscore) { try Self.appendSuffix(&parts, to: &key) }
        if parts.cursor.take(ASCII.tilde) {
            let hash = parts.cursor.take { isDigit($0) || (0x61...0x66).contains($0) }
            if hash.isEmpty { throw parts.wrong(.numberMissing) }
            key.append(.hash)
            key.append(word: parts.cursor[hash])
        }
        if parts.cursor.take(word: "-r") {
            key.append(.revision)
            key.append(number: parts.cursor[parts.cursor.take(while: isDigit)])
        }
        guard parts.cursor.isAtEnd else { throw parts.wrong(.unexpected) }
        key.append(.end)
        self.text = text
        self.key = key
    }

    /// Numbers after dots, a letter after a number, and, as apk 2 allowed, a number after a letter.
    private static func appendNumbersAndLetters(
        _ parts: inout VersionText, to key: inout VersionKey
    ) throws(VersionError) {
        while let byte = parts.cursor.next {
            if parts.cursor.take(ASCII.dot) {
                append(try parts.number(), to: &key)
            } else if isLowercase(byte) {
                key.append(.letter)
                key.append(rank: byte)
                parts.cursor.skip()
                let digits = parts.cursor.take(while: isDigit)
                if digits.isEmpty { return }
                key.append(.number)
                key.append(number: parts.cursor[digits])
            } else {
                return
            }
        }
    }

    /// After a dot, digits that begin with a zero are read like those of a fraction: they are less
    /// than those that don't, and among themselves text.
    private static func append(_ digits: ArraySlice<UInt8>, to key: inout VersionKey) {
        if digits.first == ASCII.zero {
            key.append(.numberWithZero)
            key.append(word: digits)
        } else {
            key.append(.number)
            key.append(number: digits)
        }
    }

    private static func appendSuffix(
        _ parts: inout VersionText, to key: inout VersionKey
    ) throws(VersionError) {
        let start = parts.cursor.place
        let word = parts.cursor.take(while: isLowercase)
        func place(in words: [StaticString]) -> Int? {
            words.firstIndex { name in
                parts.cursor[word].elementsEqual(
                    UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            }
        }
        if let index = place(in: early) {
            key.append(.earlySuffix)
            key.append(rank: UInt8(index))
        } else if let index = place(in: late) {
            key.append(.lateSuffix)
            key.append(rank: UInt8(index))
        } else {
            throw parts.wrong(.unknownSuffix, at: start)
        }
        let digits = parts.cursor.take(while: isDigit)
        if !digits.isEmpty {
            key.append(.suffixNumber)
            key.append(number: parts.cursor[digits])
        }
    }
}

extension VersionKey {
    fileprivate mutating func append(_ rank: AlpineVersion.Rank) { append(rank: rank.rawValue) }
}
