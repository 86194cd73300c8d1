/// The version of a Ruby gem: numbers and words between dots; one with a word is a pre-release.
/// Source: Gem::Version of RubyGems (`correct?`, `canonical_segments`, `<=>`).
package struct GemVersion: KeyedVersion {
    package let text: String
    package let key: VersionKey

    private enum Segment {
        case number(ArraySlice<UInt8>)
        case word(ArraySlice<UInt8>)
    }

    private enum Rank: UInt8 {
        case word = 1
        case end, number
    }

    package init(_ text: String) throws(VersionError) {
        var parts = try VersionText(text, .rubygems)
        let segments = try Self.segments(&parts)
        var key = VersionKey()
        Self.append(segments, to: &key)
        self.text = text
        self.key = key
    }

    /// Runs of digits and runs of letters. Each hyphen stands for `.pre.`; after the first one, more
    /// of them may stand anywhere.
    private static func segments(_ parts: inout VersionText) throws(VersionError) -> [Segment] {
        var segments: [Segment] = [.number(try parts.number())]
        while parts.cursor.take(ASCII.dot) {
            let run = parts.cursor.take(while: isLetterOrDigit)
            if run.isEmpty { throw parts.wrong(.emptyIdentifier) }
            append(run, of: parts, to: &segments)
        }
        if parts.cursor.take(ASCII.hyphen) {
            segments.append(.word(pre))
            repeat {
                let run = parts.cursor.take { isLetterOrDigit($0) || $0 == ASCII.hyphen }
                if run.isEmpty { throw parts.wrong(.emptyIdentifier) }
                append(run, of: parts, to: &segments)
            } while parts.cursor.take(ASCII.dot)
        }
        guard parts.cursor.isAtEnd else { throw parts.wrong(.unexpected) }
        return segments
    }

    private static func append(
        _ run: Range<Int>, of parts: VersionText, to segments: inout [Segment]
    ) {
        var rest = ByteCursor(parts.cursor.bytes, run)
        while let byte = rest.next {
            if isDigit(byte) {
                segments.append(.number(rest[rest.take(while: isDigit)]))
            } else if isLetter(byte) {
                segments.append(.word(rest[rest.take(while: isLetter)]))
            } else {
                segments.append(.word(pre))
                rest.skip()
            }
        }
    }

    private static let pre = ArraySlice("pre".utf8)

    /// What is missing counts as zeros, so a run of zeros is written as what follows it: a word makes
    /// the version less than its end would, and the earlier the less; a number makes it greater,
    /// and the earlier the greater. Zeros right before the first word are left out.
    private static func append(_ segments: [Segment], to key: inout VersionKey) {
        var zeros = 0
        var hadWord = false
        for segment in segments {
            switch segment {
            case .number(let digits) where digits.allSatisfy { $0 == ASCII.zero }: zeros += 1
            case .number(let digits):
                key.append(rank: Rank.number.rawValue)
                key.append(descendingCount: zeros)
                key.append(number: digits)
                zeros = 0
            case .word(let letters):
                key.append(rank: Rank.word.rawValue)
                key.append(count: hadWord ? zeros : 0)
                key.append(word: letters)
                zeros = 0
                hadWord = true
            }
        }
        key.append(rank: Rank.end.rawValue)
    }
}
