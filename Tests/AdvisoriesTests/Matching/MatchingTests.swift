import Advisories
import Testing

@Suite("Matching: which vulnerabilities a package has")
struct MatchingTests {
    private typealias Sample = MatchingSamples

    private func lines(
        _ advisories: [Advisory], _ ecosystem: String, _ package: String,
        suppressing rules: [Suppression] = []
    ) -> [String] {
        AdvisoryIndex(advisories)
            .match(Sample.installed(ecosystem, package), suppressing: rules).map(\.line)
    }

    @Test("A statement on a source package is about all binary packages built from it")
    func sourcePackages() throws {
        let advisories = [
            Sample.advisory(
                "DEBIAN-CVE-2024-0001", upstream: ["CVE-2024-0001"],
                [try Sample.affected("Debian:12", "openssl", fixed: "3.0.11-1~deb12u2")])
        ]
        let library = "libssl3 3.0.11-1~deb12u1 < openssl 3.0.11-1~deb12u1"
        #expect(
            lines(advisories, "Debian:12", library) == ["CVE-2024-0001 libssl3 3.0.11-1~deb12u2"])
        // The version of the source package counts, not that of the binary one.
        #expect(lines(advisories, "Debian:12", "libssl3 9:1 < openssl 3.0.11-1~deb12u1").count == 1)
        #expect(lines(advisories, "Debian:12", "libssl3 1 < openssl 3.0.11-1~deb12u2").isEmpty)
        // A binary package is its own source package where the report says nothing.
        #expect(lines(advisories, "Debian:12", "openssl 3.0.10-1").count == 1)
        #expect(lines(advisories, "Debian:12", "libssl3 3.0.10-1").isEmpty)
    }

    @Test("A binary package of the same name as another source package is another thing")
    func kindsApart() throws {
        let binary = Sample.advisory(
            "CVE-2024-0002", [try Sample.affected("Debian:12", "curl", kind: .binary)])
        let source = Sample.advisory(
            "CVE-2024-0003", [try Sample.affected("Debian:12", "curl", kind: .source)])
        let package = "curl 7.88 < other-source 1"
        #expect(lines([binary, source], "Debian:12", package) == ["CVE-2024-0002 curl -"])
        #expect(
            lines([binary, source], "Debian:12", "libcurl4 7.88 < curl 7.88")
                == ["CVE-2024-0003 libcurl4 -"])
    }

    @Test("Another release of the distribution is another package")
    func releases() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0004",
            [
                try Sample.affected("Debian:11", "curl", fixed: "7.74-2"),
                try Sample.affected("Debian:12", "curl", fixed: "7.88-2"),
            ])
        #expect(lines([advisory], "Debian:11", "curl 7.74-2").isEmpty)
        #expect(lines([advisory], "Debian:12", "curl 7.74-2") == ["CVE-2024-0004 curl 7.88-2"])
        #expect(lines([advisory], "Debian:13", "curl 7.74-1").isEmpty)
        #expect(lines([advisory], "Ubuntu:24.04", "curl 7.74-1").isEmpty)
    }

    @Test("A package of an unknown release is undetermined where any release is affected")
    func unknownRelease() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0005", [try Sample.affected("Debian:12", "curl", fixed: "7.88-2")])
        let line =
            "CVE-2024-0005 curl - undetermined: the inventory doesn't say which release of the "
            + "distribution the package is from"
        #expect(lines([advisory], "Debian", "curl 7.88-1") == [line])
        #expect(lines([advisory], "Debian", "curl 7.88-2").isEmpty)
    }

    @Test("A statement on the release beats one on the whole distribution")
    func releaseBeatsDistribution() throws {
        let general = Sample.advisory(
            "CVE-2024-0006", [try Sample.affected("Debian", "curl", fixed: "8.0-1")])
        let precise = Sample.advisory(
            "DSA-1-1", upstream: ["CVE-2024-0006"],
            [try Sample.affected("Debian:12", "curl", fixed: "7.88-2")])
        #expect(lines([general], "Debian:12", "curl 7.88-2") == ["CVE-2024-0006 curl 8.0-1"])
        #expect(lines([general, precise], "Debian:12", "curl 7.88-2").isEmpty)
        #expect(
            lines([general, precise], "Debian:12", "curl 7.88-1") == ["CVE-2024-0006 curl 7.88-2"])
    }

    @Test("Ubuntu Pro's statements come before those of the release without it")
    func ubuntuPro() throws {
        let advisory = Sample.advisory(
            "UBUNTU-CVE-2024-0007",
            [
                try Sample.affected("Ubuntu:22.04:LTS", "curl"),
                try Sample.affected("Ubuntu:Pro:22.04:LTS", "curl", fixed: "7.81-1esm1"),
            ])
        #expect(lines([advisory], "Ubuntu:22.04", "curl 7.81-1") == ["CVE-2024-0007 curl -"])
        #expect(
            lines([advisory], "Ubuntu:Pro:22.04:LTS", "curl 7.81-1")
                == ["CVE-2024-0007 curl 7.81-1esm1"])
        #expect(lines([advisory], "Ubuntu:Pro:22.04", "curl 7.81-1esm1").isEmpty)
    }

    @Test("What the distribution says beats the range of the project's versions")
    func distributionBeatsProject() throws {
        let project = Sample.advisory(
            "CVE-2024-0008",
            [
                AffectedPackage(
                    ecosystem: "Linux", name: "Kernel",
                    ranges: [
                        try OSVRange(
                            kind: .semver, events: [.introduced("5.0.0"), .fixed("6.1.95")],
                            scheme: .semver)
                    ])
            ])
        let backport = Sample.advisory(
            "DSA-2-1", upstream: ["CVE-2024-0008"],
            [try Sample.affected("Debian:12", "linux", fixed: "6.1.90-1")])
        let image = "linux-image-amd64 6.1.90-1 < linux 6.1.90-1"
        #expect(
            lines([project], "Debian:12", image)
                == ["CVE-2024-0008 linux-image-amd64 - upstream"])
        #expect(lines([project, backport], "Debian:12", image).isEmpty)
        #expect(
            lines([project, backport], "Debian:12", "linux-image-amd64 6.1.80-1 < linux 6.1.80-1")
                == ["CVE-2024-0008 linux-image-amd64 6.1.90-1"])
        #expect(
            lines([project], "Debian:12", "linux-image-amd64 6.1.95-1 < linux 6.1.95-1").isEmpty)
        // Epoch, revision and what the distribution adds to the version are none of the project's.
        #expect(
            lines([project], "Debian:12", "linux-doc 1 < linux 2:6.1.94+dfsg-1~bpo11+1").count == 1)
    }

    @Test("A distribution's kernel whose version can't be read as the project's is undetermined")
    func projectVersionUnreadable() throws {
        let project = Sample.advisory(
            "CVE-2024-0009",
            [
                AffectedPackage(
                    ecosystem: "Linux", name: "Kernel",
                    ranges: [
                        try OSVRange(kind: .semver, events: [.introduced("0")], scheme: .semver)
                    ])
            ])
        let match = AdvisoryIndex([project]).match(Sample.installed("Debian:12", "linux 6.1-1"))
        #expect(match.map(\.isByUpstreamOnly) == [true])
        guard case .undetermined(let reasons) = match.first?.verdict,
            case .badVersion? = reasons.first
        else {
            Issue.record("'6.1' is no semantic version, but the verdict is \(match)")
            return
        }
    }

    @Test("The fix is the last one that all advisories ask for")
    func lastFix() throws {
        let first = Sample.advisory(
            "DSA-3-1", upstream: ["CVE-2024-0010"],
            [try Sample.affected("Debian:12", "curl", fixed: "7.88-2")])
        let second = Sample.advisory(
            "DSA-3-2", upstream: ["CVE-2024-0010"],
            [try Sample.affected("Debian:12", "curl", fixed: "7.88-10")])
        #expect(
            lines([second, first], "Debian:12", "curl 7.88-1") == ["CVE-2024-0010 curl 7.88-10"])
        // The first fix wasn't complete.
        #expect(
            lines([first, second], "Debian:12", "curl 7.88-2") == ["CVE-2024-0010 curl 7.88-10"])
        let matches = AdvisoryIndex([second, first])
            .match(Sample.installed("Debian:12", "curl 7.88-1"))
        #expect(matches.first?.bases.map(\.advisory.id) == ["DSA-3-1", "DSA-3-2"])
    }

    @Test("Of several ranges that a version lies in, the last fix is the way out of all")
    func overlappingRanges() throws {
        func range(_ introduced: String, _ fixed: String) throws -> OSVRange {
            try OSVRange(
                kind: .ecosystem, events: [.introduced(introduced), .fixed(fixed)], scheme: .pypi)
        }
        let advisory = Sample.advisory(
            "CVE-2024-0019",
            [
                AffectedPackage(
                    ecosystem: "PyPI", name: "requests",
                    ranges: [try range("0", "2.0"), try range("1.0", "10.0"), try range("5", "6")])
            ])
        #expect(lines([advisory], "PyPI", "requests 1.5") == ["CVE-2024-0019 requests 10.0"])
        #expect(lines([advisory], "PyPI", "requests 0.5") == ["CVE-2024-0019 requests 2.0"])
        #expect(lines([advisory], "PyPI", "requests 10.0").isEmpty)
    }

    @Test("A match says what it rests on")
    func bases() throws {
        let advisory = Sample.advisory(
            "DSA-4-1", upstream: ["CVE-2024-0011"],
            [try Sample.affected("Debian:12", "curl", fixed: "7.88-2", urgency: "unimportant")])
        let match = try #require(
            AdvisoryIndex([advisory])
                .match(Sample.installed("Debian:12", "libcurl4 1 < curl 7.88-1")).first)
        let basis = try #require(match.bases.first)
        #expect(match.bases.count == 1)
        #expect(basis.advisory == AdvisoryKey(.osv, "DSA-4-1"))
        #expect(basis.key == PackageKey(Ecosystem("Debian:12"), .source, "curl"))
        #expect(basis.version == "7.88-1")
        #expect(basis.urgency == "unimportant")
        #expect(
            basis.reason.description
                == "its version lies in the range introduced 0, fixed 7.88-2")
        #expect(match.fix?.version == "7.88-2")
        #expect(match.fix?.kind == .source)
    }

    @Test("A withdrawn advisory gives nothing, a disputed vulnerability is marked")
    func withdrawnAndDisputed() throws {
        let affected = [try Sample.affected("PyPI", "requests", fixed: "2.0")]
        #expect(
            lines([Sample.advisory("PYSEC-1", withdrawn: true, affected)], "PyPI", "requests 1.0")
                .isEmpty)
        let advisory = Sample.advisory("PYSEC-1", aliases: ["CVE-2024-0012"], affected)
        let dispute = Sample.advisory("CVE-2024-0012", disputed: true)
        #expect(
            lines([advisory, dispute], "PyPI", "requests 1.0")
                == ["CVE-2024-0012 requests 2.0 disputed"])
        let withdrawn = Sample.advisory("CVE-2024-0012", withdrawn: true, disputed: true)
        #expect(
            lines([advisory, withdrawn], "PyPI", "requests 1.0") == ["CVE-2024-0012 requests 2.0"])
    }

    @Test("Names that an ecosystem doesn't tell apart are one package")
    func names() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0013",
            [
                try Sample.affected("PyPI", "Zope.Interface"),
                try Sample.affected("NuGet", "Newtonsoft.Json"),
                try Sample.affected("crates.io", "serde_json"),
                try Sample.affected("Maven:https://maven.google.com", "a:B"),
            ])
        #expect(lines([advisory], "PyPI", "zope_interface 1.0").count == 1)
        #expect(lines([advisory], "NuGet", "newtonsoft.json 1.0").count == 1)
        #expect(lines([advisory], "crates.io", "serde-json 1.0.0").count == 1)
        #expect(lines([advisory], "Maven", "a:B 1.0").count == 1)
        #expect(lines([advisory], "Maven", "a:b 1.0").isEmpty)
        #expect(lines([advisory], "npm", "serde_json 1.0.0").isEmpty)
    }

    @Test("A fix in a module of RPMs says nothing of a package that comes from none")
    func modules() throws {
        let modular = "18.20.2-1.module_el9.4.0+101+90b8b2ef"
        let advisory = Sample.advisory(
            "ALSA-2024:1", related: ["CVE-2024-0014"],
            [try Sample.affected("AlmaLinux:9", "nodejs", fixed: modular)])
        let older = "18.20.1-1.module_el9.4.0+100+71fc9528"
        #expect(
            lines([advisory], "AlmaLinux:9.4", "nodejs \(older)")
                == ["CVE-2024-0014 nodejs \(modular)"])
        #expect(lines([advisory], "AlmaLinux:9", "nodejs 16.20.2-8.el9_4").isEmpty)
    }

    @Test("The source package of an RPM has the epoch that only the package tells")
    func epochs() throws {
        let advisory = Sample.advisory(
            "ALSA-2024:2", related: ["CVE-2024-0017"],
            [try Sample.affected("AlmaLinux:9", "openssl", fixed: "1:3.0.7-25.el9_3")])
        let library = "openssl-libs 1:3.0.7-25.el9_3 < openssl 3.0.7-25.el9_3"
        #expect(lines([advisory], "AlmaLinux:9", library).isEmpty)
        #expect(
            lines([advisory], "AlmaLinux:9", "openssl-libs 1:3.0.7-24.el9 < openssl 3.0.7-24.el9")
                == ["CVE-2024-0017 openssl-libs 1:3.0.7-25.el9_3"])
        // Debian's source packages say their own.
        let debian = Sample.advisory(
            "DSA-5-1", upstream: ["CVE-2024-0018"],
            [try Sample.affected("Debian:12", "lvm2", fixed: "2.03.17-1")])
        #expect(
            lines([debian], "Debian:12", "dmsetup 2:1.02.185-2 < lvm2 2.03.16-2").count == 1)
    }

    @Test("A report without epochs leaves open what a fix with one has mended")
    func unknownEpochs() throws {
        let package = InstalledPackage(
            ecosystem: Ecosystem("AlmaLinux:9"), name: "openssl", version: "3.0.7-24.el9",
            isEpochKnown: false)
        func matches(_ fix: String) throws -> [String] {
            let affected = try Sample.affected("AlmaLinux:9", "openssl", fixed: fix)
            let advisory = Sample.advisory("ALSA-2024:3", related: ["CVE-2024-0020"], [affected])
            return AdvisoryIndex([advisory]).match(package).map(\.line)
        }
        #expect(
            try matches("1:3.0.7-20.el9") == [
                "CVE-2024-0020 openssl 1:3.0.7-20.el9 undetermined: the inventory tells no "
                    + "epochs, and the fix has one: report with 'rpm -qa --qf'"
            ])
        #expect(try matches("3.0.7-25.el9") == ["CVE-2024-0020 openssl 3.0.7-25.el9"])
        #expect(try matches("0:3.0.7-25.el9") == ["CVE-2024-0020 openssl 0:3.0.7-25.el9"])
        #expect(try matches("3.0.7-20.el9").isEmpty)
    }

    @Test("A record with neither range nor list affects no version that can be told")
    func incomplete() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0015", [Sample.listed("PyPI", "requests", [], isComplete: false)])
        #expect(
            lines([advisory], "PyPI", "requests 1.0") == [
                "CVE-2024-0015 requests - undetermined: the advisory has a range that can't be "
                    + "evaluated here, such as one of commits"
            ])
    }

    @Test("Listed versions count however they are written, and where versions have no order")
    func listed() throws {
        let advisory = Sample.advisory(
            "MAL-2024-1",
            [
                Sample.listed("PyPI", "requests", ["1.0", "2004b"]),
                Sample.listed("Packagist", "a/b", ["v1.0"], isComplete: false),
            ])
        #expect(lines([advisory], "PyPI", "requests 1.0.0") == ["MAL-2024-1 requests -"])
        #expect(lines([advisory], "PyPI", "requests 2004b") == ["MAL-2024-1 requests -"])
        #expect(lines([advisory], "PyPI", "requests 1.1").isEmpty)
        #expect(lines([advisory], "Packagist", "A/B v1.0") == ["MAL-2024-1 A/B -"])
        #expect(
            lines([advisory], "Packagist", "a/b v1.1") == [
                "MAL-2024-1 a/b - undetermined: versions of ecosystem 'Packagist' have no order here"
            ])
    }

    @Test("A version that can't be read, or none at all, is undetermined, never safe")
    func unreadable() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0016", [try Sample.affected("PyPI", "requests", fixed: "2.0")])
        #expect(
            lines([advisory], "PyPI", "requests 1.x-custom") == [
                "CVE-2024-0016 requests - undetermined: pypi version '1.x-custom', byte 1: "
                    + "this can't stand here"
            ])
        #expect(
            lines([advisory], "PyPI", "requests") == [
                "CVE-2024-0016 requests - undetermined: the inventory has no version of the package"
            ])
    }
}
