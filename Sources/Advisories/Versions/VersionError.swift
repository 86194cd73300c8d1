/// Why a text is no version of its scheme.
package struct VersionError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: String, Sendable, CaseIterable {
        case empty = "it is empty"
        case tooLong = "it is longer than 1024 bytes"
        case badCharacter = "a character that no version has"
        case epochNotANumber = "what stands before ':' is not a number"
        case epochTooBig = "the epoch is greater than 2147483647"
        case emptyUpstream = "the upstream version is empty"
        case emptyRevision = "the revision after '-' is empty"
        case upstreamBeginsWithoutDigit = "the upstream version does not begin with a digit"
        case badCharacterInUpstream =
            "the upstream version has a character other than letters, digits and . - + ~ :"
        case badCharacterInRevision =
            "the revision has a character other than letters, digits and . + ~"
        case emptyVersion = "the version between epoch and release is empty"
        case numberMissing = "a number is missing here"
        case leadingZero = "a number with a needless zero in front"
        case tooManyNumbers = "more numbers than the scheme has"
        case emptyIdentifier = "an identifier between dots is empty"
        case unknownSuffix = "a suffix that is none of alpha, beta, pre, rc, cvs, svn, git, hg, p"
        case unexpected = "this can't stand here"
        case shortened = "a shortened version can't have a pre-release or build part"
    }

    package let scheme: VersionScheme
    package let text: String
    /// The byte that it is about, counted from 0.
    package let place: Int
    package let problem: Problem

    package init(scheme: VersionScheme, text: String, place: Int, problem: Problem) {
        self.scheme = scheme
        self.text = text
        self.place = place
        self.problem = problem
    }

    package var description: String {
        "\(scheme.rawValue) version '\(shortened(text))', byte \(place): \(problem.rawValue)"
    }
}

/// The beginning of `text`, for an error that must not become as long as what it complains of.
func shortened(_ text: String) -> String {
    guard text.utf8.count > 100 else { return text }
    return String(text.prefix(80)) + "…"
}
