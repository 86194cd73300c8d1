import Advisories
import Testing

@Suite("OSV records: advisories by ecosystem and package")
struct OSVFeedTests {
    private func record(_ members: String, _ affected: String = "[]") throws -> Advisory {
        let reading = OSVFeed.read(
            """
            {"id": "X-1", "modified": "2026-03-01T00:00:00Z", \(members) "affected": \(affected)}
            """)
        #expect(reading.words == [])
        return try #require(reading.records.first)
    }

    /// The only package of a record with `affected` in it.
    private func package(_ affected: String) throws -> (AffectedPackage, skipped: [String]) {
        let advisory = try record("", "[\(affected)]")
        return (try #require(advisory.affected.first), advisory.skipped.map(\.description))
    }

    @Test("A record is read with its ids, dates, scores, packages and references")
    func whole() throws {
        let reading = OSVFeed.read(FeedSamples.osv)
        #expect(reading.words == [])
        #expect(reading.documents == 1)
        let advisory = try #require(reading.records.first)
        #expect(advisory.format == .osv)
        #expect(advisory.id == "DSA-9001-1")
        #expect(advisory.aliases == [])
        #expect(advisory.upstream == ["CVE-2026-1000"])
        #expect(advisory.related == ["CVE-2026-1001"])
        #expect(advisory.summary == "libfoo - security update")
        #expect(advisory.published?.description == "2026-03-01T08:30:00Z")
        #expect(advisory.modified.description == "2026-03-02T10:00:00Z")
        #expect(advisory.withdrawn == nil)
        #expect(!advisory.isDisputed)
        #expect(
            advisory.references == [.init(kind: "ADVISORY", url: "https://example.org/dsa-9001")])
        let vector = try CVSSVector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        #expect(advisory.severities == [SeverityStatement(rating: .cvss(vector))])
        #expect(advisory.skipped == [])
        let package = try #require(advisory.affected.first)
        #expect(package.ecosystem == "Debian:12")
        #expect(package.name == "libfoo")
        #expect(package.nameKind == .source)
        #expect(package.scheme == .debian)
        #expect(package.purl?.text == "pkg:deb/debian/libfoo?arch=source")
        #expect(package.ranges.map(\.events) == [[.introduced("0"), .fixed("1.2-3+deb12u1")]])
        #expect(package.versions == ["1.2-3"])
        #expect(package.fixedVersions == ["1.2-3+deb12u1"])
        #expect(package.urgency == "unimportant")
        #expect(package.isComplete)
    }

    @Test("A withdrawn record and a disputed one say so; a summary may come from the details")
    func states() throws {
        #expect(
            try record(#""withdrawn": "2026-03-02T00:00:00Z","#).withdrawn?.description
                == "2026-03-02T00:00:00Z")
        #expect(try record(#""details": "** DISPUTED ** It isn't one.","#).isDisputed)
        #expect(try record(#""database_specific": {"isDisputed": true},"#).isDisputed)
        #expect(try record(#""details": "First line.\nSecond.","#).summary == "First line.")
        #expect(try record(#""aliases": null, "summary": null,"#).aliases == [])
    }

    @Test(
        "An ecosystem tells what its names are the names of",
        arguments: [
            ("Debian:12", AffectedPackage.NameKind.source), ("Ubuntu:22.04:LTS", .source),
            ("Alpine:v3.19", .source), ("SUSE:Linux Enterprise Server 15 SP4", .source),
            ("AlmaLinux:9", .sourceOrBinary), ("Red Hat:rhel_e4s:9.2::appstream", .sourceOrBinary),
            ("Photon OS:3.0", .binary), ("PyPI", .plain), ("npm", .plain),
        ])
    func names(_ ecosystem: String, _ kind: AffectedPackage.NameKind) {
        #expect(AffectedPackage.NameKind(ecosystem: ecosystem) == kind)
    }

    @Test("The binary packages of a source package are named in two ways")
    func binaries() throws {
        let (package, _) = try package(
            """
            {"package": {"ecosystem": "SUSE:X", "name": "foo"}, "versions": ["1"],
             "ecosystem_specific": {"binaries": [{"foo-libs": "1.2", "foo": "1.2"},
                {"binary_name": "foo-doc", "binary_version": "1.2"}]}}
            """)
        #expect(package.binaryNames == ["foo-libs", "foo", "foo-doc"])
    }

    @Test("Severities may be vectors of any version or a word; others are left out with a reason")
    func severities() throws {
        let advisory = try record(
            """
            "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"},
                {"type": "CVSS_V4", "source": "nvd@nist.gov", "score":
                 "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
                {"type": "Ubuntu", "score": "medium"},
                {"type": "CVSS_V3", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"},
                {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/ZZ:L"},
                {"type": "Stars", "score": "5"}],
            "database_specific": {"severity": "MODERATE"},
            """)
        #expect(
            advisory.severities.map { $0.source ?? "-" }
                == ["-", "nvd@nist.gov", "Ubuntu", "database_specific"])
        #expect(advisory.severities.last?.rating == .word("MODERATE"))
        #expect(
            advisory.skipped.map(\.description) == [
                "severity[3]: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' is no vector of CVSS_V3",
                "severity[4]: vector 'CVSS:3.1/AV:N/ZZ:L', byte 14: the version has no such metric",
                "severity[5]: severities of type 'Stars' are not known here",
            ])
    }

    @Test(
        "A range that can't be evaluated is left out with a reason, and the package is incomplete",
        arguments: [
            (
                "PyPI",
                #"{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "x y"}]}"#,
                "pypi version 'x y'"
            ),
            (
                "Packagist", #"{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}"#,
                "versions of ecosystem 'Packagist' have no order here"
            ),
            (
                "npm", #"{"type": "SEMVER", "events": [{"fixed": "1.0.0"}]}"#,
                "a range needs an 'introduced' event"
            ),
            (
                "npm",
                #"{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}, "#
                    + #"{"last_affected": "1.0.0"}]}"#,
                "a range can't hold both"
            ),
            (
                "npm", #"{"type": "SEMVER", "events": [{"introduced": "0", "mended": "1.0.0"}]}"#,
                "event 'mended' can't be understood"
            ),
            (
                "npm", #"{"type": "SEMVER", "events": [{"introduced": 0}]}"#,
                "event 'introduced' can't be understood"
            ),
            (
                "npm", #"{"type": "SEMVER", "events": ["0"]}"#, "an event is an object"
            ),
            ("npm", #"{"type": "DATES", "events": []}"#, "ranges of type 'DATES' are not known"),
        ])
    func skippedRange(_ ecosystem: String, _ range: String, _ reason: String) throws {
        let (package, skipped) = try package(
            """
            {"package": {"ecosystem": "\(ecosystem)", "name": "foo"}, "versions": ["1.0.0"],
             "ranges": [\(range)]}
            """)
        #expect(skipped.count == 1)
        #expect(try #require(skipped.first).hasPrefix("affected[0].ranges[0]: \(reason)"))
        #expect(package.versions == ["1.0.0"])
        #expect(package.ranges == [])
        #expect(!package.isComplete)
    }

    @Test("Semantic versions have an order whatever the ecosystem")
    func semantic() throws {
        let (package, skipped) = try package(
            """
            {"package": {"ecosystem": "Packagist", "name": "a/b"},
             "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]}]}
            """)
        #expect(skipped == [])
        #expect(package.ranges.map(\.scheme) == [.semver])
        #expect(package.isComplete)
    }

    @Test("Commits are left out: no loss beside versions, and all that there is without them")
    func commits() throws {
        let git = #"{"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]}"#
        let beside = try package(
            """
            {"package": {"ecosystem": "PyPI", "name": "foo"}, "versions": ["1"], "ranges": [\(git)]}
            """)
        #expect(beside.skipped.count == 1)
        #expect(beside.0.isComplete)
        let alone = try package(
            #"{"package": {"ecosystem": "PyPI", "name": "foo"}, "ranges": [\#(git)]}"#)
        #expect(alone.skipped.count == 2)
        #expect(!alone.0.isComplete)
        let advisory = try record("", #"[{"ranges": [\#(git)]}]"#)
        #expect(advisory.affected == [])
        #expect(
            advisory.skipped.map(\.description)
                == ["affected[0]: it names no package, but source code only"])
    }

    @Test("A package of which no versions are told is incomplete, never safe")
    func nothingTold() throws {
        let (package, skipped) = try package(#"{"package": {"ecosystem": "npm", "name": "foo"}}"#)
        #expect(skipped == ["affected[0]: which of its versions are affected is not told"])
        #expect(!package.isComplete)
    }

    @Test("A broken package URL is left out, and the package stays")
    func brokenURL() throws {
        let (package, skipped) = try package(
            #"{"package": {"ecosystem": "npm", "name": "foo", "purl": "foo"}, "versions": ["1"]}"#)
        #expect(package.purl == nil)
        #expect(skipped == ["affected[0].package.purl: it does not begin with 'pkg:'"])
    }

    @Test("A thousand parts that are left out are told, further ones are counted")
    func manySkipped() throws {
        let advisory = try record(
            "", "[" + Array(repeating: "{}", count: 1234).joined(separator: ",") + "]")
        #expect(advisory.skipped.count == 1001)
        #expect(advisory.skipped.last?.reason == "234 more parts were left out")
    }

    @Test(
        "What isn't such a record is refused with the place and a reason",
        arguments: [
            (
                #"{"ghsaId": "GHSA-x"}"#,
                "it is not an OSV record, which has an 'id' and a 'modified'"
            ),
            (#"{"id": "X-1"}"#, "'modified' is missing"),
            (#"{"modified": "2026-03-01T00:00:00Z"}"#, "'id' is missing"),
            (
                #"{"id": "", "modified": "2026-03-01T00:00:00Z"}"#,
                "id: '' is not a text with content"
            ),
            (
                #"{"id": "X 1", "modified": "2026-03-01T00:00:00Z"}"#,
                "id: 'X 1' is not an id: visible ASCII, 256 at most"
            ),
            (
                #"{"id": "X-1", "modified": "yesterday"}"#,
                "modified: 'yesterday' is not a time such as 2026-03-01T09:30:00Z (RFC 3339)"
            ),
            (
                #"{"id": "X-1", "modified": "2026-03-01T00:00:00Z", "aliases": ["A", 7]}"#,
                "aliases[1]: it is a number, where a text belongs"
            ),
            (
                #"{"id": "X-1", "modified": "2026-03-01T00:00:00Z", "affected": {}}"#,
                "affected: it is an object, where an array belongs"
            ),
            (
                #"{"id": "X-1", "modified": "2026-03-01T00:00:00Z", "#
                    + #""affected": [{"package": {"name": "x"}}]}"#,
                "affected[0].package: 'ecosystem' is missing"
            ),
        ])
    func refused(_ text: String, _ reason: String) {
        let reading = OSVFeed.read(text, name: "a.json")
        #expect(reading.records == [])
        #expect(reading.words == ["a.json: \(reason)"])
    }
}
