import Advisories
import Testing

@Suite("OSV ranges: which versions a record affects")
struct OSVRangeTests {
    private func affected(
        _ events: [OSVRange.Event], _ versions: [String], scheme: VersionScheme = .semver
    ) throws -> [String] {
        let range = try OSVRange(kind: .ecosystem, events: events, scheme: scheme)
        return try versions.filter { try range.affects(PackageVersion($0, scheme)) }
    }

    private let line = ["0.0.1", "1.0.0-rc.1", "1.0.0", "1.0.2", "2.0.0", "2.1.0", "3.0.0"]

    /// Source: OSV schema, examples of "affected[].ranges[].events".
    @Test("From an introduction on until the fix, which is not affected any more")
    func fixed() throws {
        #expect(
            try affected([.introduced("1.0.0"), .fixed("2.0.0")], line) == ["1.0.0", "1.0.2"])
        #expect(
            try affected([.introduced("0"), .fixed("1.0.2")], line)
                == ["0.0.1", "1.0.0-rc.1", "1.0.0"])
        #expect(try affected([.introduced("2.0.0")], line) == ["2.0.0", "2.1.0", "3.0.0"])
    }

    @Test("The last affected version is affected itself")
    func lastAffected() throws {
        #expect(
            try affected([.introduced("1.0.0"), .lastAffected("2.0.0")], line)
                == ["1.0.0", "1.0.2", "2.0.0"])
        #expect(
            try affected([.introduced("1.0.2"), .lastAffected("1.0.2")], line) == ["1.0.2"])
    }

    @Test("Several stretches, their events in any order")
    func stretches() throws {
        let events: [OSVRange.Event] = [
            .fixed("3.0.0"), .introduced("2.1.0"), .fixed("1.0.2"), .introduced("1.0.0"),
        ]
        #expect(try affected(events, line) == ["1.0.0", "2.1.0"])
        #expect(try affected(events.reversed(), line) == ["1.0.0", "2.1.0"])
        #expect(
            try affected(
                [.introduced("1.0.0"), .fixed("2.0.0"), .introduced("2.0.0"), .fixed("3.0.0")], line
            )
                == ["1.0.0", "1.0.2", "2.0.0", "2.1.0"])
    }

    @Test("Nothing lies in the range that doesn't lie before a limit")
    func limits() throws {
        #expect(try affected([.introduced("1.0.0"), .limit("1.0.2")], line) == ["1.0.0"])
        #expect(
            try affected([.introduced("1.0.0"), .limit("1.0.2"), .limit("2.1.0")], line)
                == ["1.0.0", "1.0.2", "2.0.0"])
        #expect(
            try affected([.introduced("2.0.0"), .limit("1.0.2"), .limit("*")], line)
                == ["2.0.0", "2.1.0", "3.0.0"])
    }

    @Test("A Debian range has the order of dpkg")
    func debian() throws {
        #expect(
            try affected(
                [.introduced("0"), .fixed("1.1.1n-0+deb11u4")],
                ["1.1.1n-0+deb11u3", "1.1.1n-0+deb11u4", "1.1.1n-0+deb11u10", "1:0"],
                scheme: .debian) == ["1.1.1n-0+deb11u3"])
    }

    @Test("The next fix is the first one after the version")
    func nextFix() throws {
        let range = try OSVRange(
            kind: .semver,
            events: [.introduced("0"), .fixed("1.0.2"), .introduced("2.0.0"), .fixed("2.1.0")],
            scheme: .npm)
        #expect(range.scheme == .npm)
        #expect(try range.fix(after: PackageVersion("1.0.0", .npm))?.text == "1.0.2")
        #expect(try range.fix(after: PackageVersion("1.0.2", .npm))?.text == "2.1.0")
        #expect(try range.fix(after: PackageVersion("3.0.0", .npm))?.text == nil)
    }

    @Test("Ranges of commits are refused with a word, and so is what says nothing")
    func refused() {
        func refusal(_ kind: OSVRange.Kind, _ events: [OSVRange.Event]) -> OSVRangeError? {
            do throws(OSVRangeError) {
                _ = try OSVRange(kind: kind, events: events, scheme: .pypi)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(.git, [.introduced("0"), .fixed("8f3c")]) == .gitHistoryNeeded)
        #expect(refusal(.ecosystem, [.fixed("1.0")]) == .noIntroduction)
        #expect(refusal(.ecosystem, []) == .noIntroduction)
        #expect(
            refusal(.ecosystem, [.introduced("0"), .fixed("2"), .lastAffected("1")])
                == .fixedAndLastAffected)
        #expect(
            refusal(.ecosystem, [.introduced("x")])
                == .badVersion(
                    VersionError(scheme: .pypi, text: "x", place: 0, problem: .numberMissing)))
        // A range of kind SEMVER keeps that order in every ecosystem.
        #expect(refusal(.semver, [.introduced("1.0")]) != nil)
        #expect(OSVRangeError.gitHistoryNeeded.description.contains("GIT"))
    }

    @Test("A version of another scheme is read anew, by the rules of the range")
    func otherScheme() throws {
        let range = try OSVRange(
            kind: .semver, events: [.introduced("1.0.0"), .fixed("2.0.0")], scheme: .pypi)
        #expect(range.scheme == .semver)
        #expect(try range.affects(PackageVersion("1.5.0", .pypi)))
        #expect(throws: VersionError.self) { try range.affects(PackageVersion("1.5", .pypi)) }
        let line = try VersRange("vers:deb/>=1.0|<2.0")
        #expect(try line.contains(PackageVersion("1.0.post1", .pypi)))
    }

    @Test("A listed version is affected, whether or not it is one of the scheme")
    func listed() throws {
        let affected = OSVAffectedVersions(
            scheme: .pypi,
            ranges: [
                try OSVRange(
                    kind: .ecosystem, events: [.introduced("1"), .fixed("2")], scheme: .pypi)
            ], versions: ["2004b", "3.1"])
        #expect(try affected.affects("2004b"))
        #expect(try affected.affects("3.1"))
        #expect(try affected.affects("1.5"))
        #expect(try !affected.affects("2.0"))
        #expect(throws: VersionError.self) { try affected.affects("2004c-x") }
    }
}
