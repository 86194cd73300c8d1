/// A Debian package version, `[epoch:]upstream[-revision]`, in the order of dpkg.
/// Source: Debian Policy §5.6.12; deb-version(7).
package struct DebianVersion: Sendable, Hashable {
    /// The text as it was given.
    package let text: String
    package let epoch: Int32
    package let upstream: String
    /// Empty when there is none, which is the same as `0`.
    package let revision: String

    /// - Throws: `DebianVersionError` with the text and what is wrong in it; nothing is repaired.
    package init(_ text: String) throws(DebianVersionError) {
        func wrong(_ problem: DebianVersionError.Problem) -> DebianVersionError {
            DebianVersionError(text: text, problem: problem)
        }
        guard !text.isEmpty else { throw wrong(.empty) }
        var rest = Substring(text)
        var epoch: Int32 = 0
        if let colon = rest.firstIndex(of: ":") {
            let digits = rest[..<colon]
            guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else {
                throw wrong(.epochNotANumber)
            }
            guard let value = Int32(digits) else { throw wrong(.epochTooBig) }
            epoch = value
            rest = rest[rest.index(after: colon)...]
        }
        var revision = Substring()
        if let hyphen = rest.lastIndex(of: "-") {
            revision = rest[rest.index(after: hyphen)...]
            guard !revision.isEmpty else { throw wrong(.emptyRevision) }
            rest = rest[..<hyphen]
        }
        guard let first = rest.utf8.first else { throw wrong(.emptyUpstream) }
        guard isDigit(first) else { throw wrong(.upstreamBeginsWithoutDigit) }
        guard rest.utf8.allSatisfy({ isLetter($0) || isDigit($0) || ".-+~:".utf8.contains($0) })
        else { throw wrong(.badCharacterInUpstream) }
        guard revision.utf8.allSatisfy({ isLetter($0) || isDigit($0) || ".+~".utf8.contains($0) })
        else { throw wrong(.badCharacterInRevision) }
        self.text = text
        self.epoch = epoch
        upstream = String(rest)
        self.revision = String(revision)
    }
}

extension DebianVersion: Comparable {
    /// Equal in order, though perhaps not in text: `1.0` and `0:1.0-0`.
    package static func == (left: Self, right: Self) -> Bool { left.order(relativeTo: right) == 0 }

    package static func < (left: Self, right: Self) -> Bool { left.order(relativeTo: right) < 0 }

    package func hash(into hasher: inout Hasher) {
        // Versions that are equal in order may differ in leading zeros: the epoch is what is left
        // that is surely the same.
        hasher.combine(epoch)
    }

    /// Negative when this one is older, 0 when equal, positive when newer.
    package func order(relativeTo other: Self) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let byUpstream = orderOfParts(upstream, other.upstream)
        return byUpstream != 0 ? byUpstream : orderOfParts(revision, other.revision)
    }
}

/// Compares part by part: a run of other characters by their weights, then a run of digits by its
/// number, and so on to the end of both.
private func orderOfParts(_ left: String, _ right: String) -> Int {
    var left = Substring(left).utf8
    var right = Substring(right).utf8
    while !left.isEmpty || !right.isEmpty {
        let words = (left.prefix { !isDigit($0) }, right.prefix { !isDigit($0) })
        left = left.dropFirst(words.0.count)
        right = right.dropFirst(words.1.count)
        let byWord = orderOfWords(Array(words.0), Array(words.1))
        if byWord != 0 { return byWord }
        let numbers = (left.prefix(while: isDigit), right.prefix(while: isDigit))
        left = left.dropFirst(numbers.0.count)
        right = right.dropFirst(numbers.1.count)
        let byNumber = orderOfNumbers(numbers.0, numbers.1)
        if byNumber != 0 { return byNumber }
    }
    return 0
}

/// The end of a word weighs 0, `~` less, letters more, and everything else more than letters.
private func orderOfWords(_ left: [UInt8], _ right: [UInt8]) -> Int {
    func weight(_ word: [UInt8], _ index: Int) -> Int {
        guard index < word.count else { return 0 }
        let byte = word[index]
        if byte == UInt8(ascii: "~") { return -1 }
        return isLetter(byte) ? Int(byte) : Int(byte) + 256
    }
    for index in 0..<max(left.count, right.count) {
        let difference = weight(left, index) - weight(right, index)
        if difference != 0 { return difference < 0 ? -1 : 1 }
    }
    return 0
}

/// Numbers of any length: without leading zeros, the longer one is greater.
private func orderOfNumbers(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Int {
    let left = left.drop { $0 == UInt8(ascii: "0") }
    let right = right.drop { $0 == UInt8(ascii: "0") }
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    if left.elementsEqual(right) { return 0 }
    return left.lexicographicallyPrecedes(right) ? -1 : 1
}

/// Why a text is no Debian version.
package struct DebianVersionError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Problem: String, Sendable {
        case empty = "it is empty"
        case epochNotANumber = "what stands before ':' is not a number"
        case epochTooBig = "the epoch is greater than 2147483647"
        case emptyUpstream = "the upstream version is empty"
        case emptyRevision = "the revision after '-' is empty"
        case upstreamBeginsWithoutDigit = "the upstream version does not begin with a digit"
        case badCharacterInUpstream =
            "the upstream version has a character other than letters, digits and . - + ~ :"
        case badCharacterInRevision =
            "the revision has a character other than letters, digits and . + ~"
    }

    package let text: String
    package let problem: Problem

    package var description: String { "version '\(text)': \(problem.rawValue)" }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}
