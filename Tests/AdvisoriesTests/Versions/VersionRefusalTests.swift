import Advisories
import Testing

@Suite("Versions: what is none is refused, with the place and the reason")
struct VersionRefusalTests {
    @Test(
        "Malformed Debian versions",
        arguments: [
            ("", VersionError.Problem.empty, 0), (":1", .epochNotANumber, 0),
            ("a:1", .epochNotANumber, 0), ("-1:1", .epochNotANumber, 0),
            ("2147483648:1", .epochTooBig, 0), ("1:", .emptyUpstream, 2), ("-1", .emptyUpstream, 0),
            ("1-", .emptyRevision, 1), ("a1", .upstreamBeginsWithoutDigit, 0),
            (" 1", .badCharacter, 0), ("1 0", .badCharacter, 1),
            ("1_0", .badCharacterInUpstream, 1),
            ("1-1:1", .epochNotANumber, 1), ("1:1-1:1", .badCharacterInRevision, 5),
            ("1-a_b", .badCharacterInRevision, 3), ("1;rm", .badCharacterInUpstream, 1),
            ("1\u{e9}", .badCharacter, 1),
        ])
    func debian(_ text: String, _ problem: VersionError.Problem, _ place: Int) {
        let error = #expect(throws: VersionError.self) { try DebianVersion(text) }
        #expect(error == VersionError(scheme: .debian, text: text, place: place, problem: problem))
    }

    @Test(
        "Malformed versions of the other schemes",
        arguments: [
            (VersionScheme.redhat, "1:", VersionError.Problem.emptyVersion, 2),
            (.redhat, "-1", .emptyVersion, 0), (.redhat, "1\t2", .badCharacter, 1),
            (.alpine, "a", .numberMissing, 0), (.alpine, "1.", .numberMissing, 2),
            (.alpine, "1_blah", .unknownSuffix, 2), (.alpine, "1.2A", .unexpected, 3),
            (.alpine, "1-r0-r1", .unexpected, 4), (.semver, "1.2", .numberMissing, 3),
            (.semver, "1.2.3.4", .tooManyNumbers, 6), (.semver, "1.02.3", .leadingZero, 2),
            (.semver, "1.2.3-01", .leadingZero, 6), (.semver, "1.2.3-", .emptyIdentifier, 6),
            (.semver, "1.2.3-a..b", .emptyIdentifier, 8), (.semver, "1.2.3+", .emptyIdentifier, 6),
            (.semver, "1.2.3_4", .unexpected, 5), (.npm, "latest", .numberMissing, 0),
            (.go, "v1.2-rc", .shortened, 4), (.go, "devel", .numberMissing, 0),
            (.pypi, "1.0-x", .unexpected, 3), (.pypi, "1.0+", .emptyIdentifier, 4),
            (.pypi, "1!", .numberMissing, 2), (.pypi, "1.0.", .unexpected, 3),
            (.rubygems, "1beta", .unexpected, 1), (.rubygems, "1.", .emptyIdentifier, 2),
            (.rubygems, "1-", .emptyIdentifier, 2), (.nuget, "1.2.3.4.5", .tooManyNumbers, 8),
            (.nuget, "1-", .emptyIdentifier, 2), (.maven, "", .empty, 0),
            (.maven, "1 2", .badCharacter, 1),
        ])
    func others(
        _ scheme: VersionScheme, _ text: String, _ problem: VersionError.Problem, _ place: Int
    ) {
        let error = #expect(throws: VersionError.self) { try PackageVersion(text, scheme) }
        #expect(error == VersionError(scheme: scheme, text: text, place: place, problem: problem))
    }

    @Test(
        "An enormous text is refused by every scheme, in words that stay short",
        arguments: VersionScheme.allCases)
    func enormous(_ scheme: VersionScheme) throws {
        let text = String(repeating: "1", count: 100_000_000)
        let error = #expect(throws: VersionError.self) { try PackageVersion(text, scheme) }
        #expect(error?.problem == .tooLong)
        #expect(try #require(error).description.utf8.count < 300)
    }
}
