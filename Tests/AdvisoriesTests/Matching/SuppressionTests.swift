import Advisories
import Testing

@Suite("Matching: who may say that a match doesn't count, and why")
struct SuppressionTests {
    private typealias Sample = MatchingSamples

    private let curl = MatchingSamples.installed("Debian:12", "libcurl4 7.88-1 < curl 7.88-1")

    private func affecting(_ cve: String = "CVE-2024-0001") throws -> Advisory {
        Sample.advisory(
            "DSA-1-1", upstream: [cve], [try Sample.affected("Debian:12", "curl", fixed: "7.88-2")])
    }

    private func csaf(
        _ id: String, modified: Int = 1, _ statements: ProductStatement...
    ) -> Advisory {
        Sample.advisory(id, modified: modified, [], statements: statements, format: .csaf)
    }

    private func lines(
        _ advisories: [Advisory], suppressing rules: [Suppression] = []
    ) -> [String] {
        AdvisoryIndex(advisories).match(curl, suppressing: rules).map(\.line)
    }

    @Test(
        "A publisher's 'not affected' suppresses with its justification, and the match stays seen")
    func excused() throws {
        let vex = csaf(
            "VEX-1",
            try Sample.vex(
                "CVE-2024-0001", "pkg:deb/debian/libcurl4?arch=amd64&distro=debian-12",
                .knownNotAffected, .vulnerableCodeNotInExecutePath))
        #expect(
            lines([try affecting(), vex]) == [
                "CVE-2024-0001 libcurl4 7.88-2 suppressed by VEX-1: "
                    + "vulnerable_code_not_in_execute_path"
            ])
        // On its own it makes no match.
        #expect(lines([vex]) == [])
        #expect(AdvisoryIndex([vex]).explainNoMatch(curl, "CVE-2024-0001")?.count == 1)
    }

    @Test(
        "It does so for its own product, version and release only",
        arguments: [
            "pkg:deb/debian/libcurl3?distro=debian-12", "pkg:deb/debian/libcurl4?distro=debian-11",
            "pkg:deb/debian/libcurl4@7.88-3?distro=debian-12", "pkg:pypi/libcurl4",
        ])
    func otherProduct(purl: String) throws {
        let vex = csaf(
            "VEX-1", try Sample.vex("CVE-2024-0001", purl, .knownNotAffected, .componentNotPresent))
        #expect(lines([try affecting(), vex]) == ["CVE-2024-0001 libcurl4 7.88-2"])
    }

    @Test("Any name of the vulnerability will do, a range of versions too")
    func rangesAndNames() throws {
        let names = Sample.advisory("GHSA-aaaa-bbbb-cccc", aliases: ["CVE-2024-0001"])
        let purl = "pkg:deb/debian/libcurl4?distro=debian-12"
        func matches(_ range: String) throws -> [String] {
            let vex = csaf(
                "VEX-1",
                try Sample.vex(
                    "GHSA-aaaa-bbbb-cccc", purl, .knownNotAffected, .componentNotPresent,
                    range: range))
            return lines([try affecting(), names, vex])
        }
        #expect(try matches("vers:deb/<7.89").first?.contains("suppressed by VEX-1") == true)
        #expect(try matches("vers:deb/<7.88") == ["CVE-2024-0001 libcurl4 7.88-2"])
        #expect(try matches("no range") == ["CVE-2024-0001 libcurl4 7.88-2"])
    }

    @Test("Of two lines of VEX the newer one counts; of two of one day the one that is worse")
    func newest() throws {
        let purl = "pkg:deb/debian/libcurl4?distro=debian-12"
        let excuse = try Sample.vex("CVE-2024-0001", purl, .knownNotAffected, .componentNotPresent)
        let accusation = try Sample.vex("CVE-2024-0001", purl, .knownAffected)
        #expect(
            lines([csaf("VEX-1", modified: 1, excuse), csaf("VEX-2", modified: 2, accusation)])
                == ["CVE-2024-0001 libcurl4 -"])
        #expect(
            lines([csaf("VEX-1", modified: 2, excuse), csaf("VEX-2", modified: 1, accusation)])
                == [])
        #expect(
            lines([csaf("VEX-1", modified: 1, excuse), csaf("VEX-2", modified: 1, accusation)])
                == ["CVE-2024-0001 libcurl4 -"])
    }

    @Test("An edition of VEX that only is newer counts as the newer one from then on")
    func newerEdition() throws {
        let purl = "pkg:deb/debian/libcurl4?distro=debian-12"
        let excuse = try Sample.vex("CVE-2024-0001", purl, .knownNotAffected, .componentNotPresent)
        let accusation = try Sample.vex("CVE-2024-0001", purl, .knownAffected)
        var index = AdvisoryIndex([
            csaf("VEX-1", modified: 1, excuse), csaf("VEX-2", modified: 2, accusation),
        ])
        #expect(index.match(curl).count == 1)
        #expect(!index.apply(.put(csaf("VEX-1", modified: 3, excuse))).isEmpty)
        #expect(index.match(curl).isEmpty)
        #expect(index.apply(.put(csaf("VEX-1", modified: 3, excuse))).isEmpty)
    }

    @Test("What is under investigation is undetermined, what is fixed is fixed from there on")
    func otherStates() throws {
        let purl = "pkg:deb/debian/libcurl4@7.88-1?distro=debian-12"
        #expect(
            lines([csaf("VEX-1", try Sample.vex("CVE-1", purl, .underInvestigation))])
                == ["CVE-1 libcurl4 - undetermined: the publisher is still investigating"])
        #expect(lines([csaf("VEX-1", try Sample.vex("CVE-1", purl, .fixed))]) == [])
        let later = "pkg:deb/debian/libcurl4@7.88-2?distro=debian-12"
        #expect(
            lines([csaf("VEX-1", try Sample.vex("CVE-1", later, .fixed))])
                == ["CVE-1 libcurl4 7.88-2"])
        let earlier = "pkg:deb/debian/libcurl4@7.87-2?distro=debian-12"
        #expect(lines([csaf("VEX-1", try Sample.vex("CVE-1", earlier, .fixed))]) == [])
        #expect(lines([csaf("VEX-1", try Sample.vex("CVE-1", earlier, .knownAffected))]) == [])
    }

    @Test("What a product is installed on says its release")
    func platforms() throws {
        let vex = csaf(
            "RHSA-1",
            try Sample.vex(
                "CVE-2024-0002", "pkg:rpm/redhat/curl@7.76.1-26.el9?arch=x86_64", .fixed,
                platform: "cpe:/o:redhat:enterprise_linux:9::baseos"))
        let index = AdvisoryIndex([vex])
        #expect(
            index.match(Sample.installed("Red Hat:enterprise_linux:9", "curl 7.76.1-25.el9"))
                .map(\.line) == ["CVE-2024-0002 curl 7.76.1-26.el9"])
        #expect(
            index.match(Sample.installed("Red Hat:9.4", "curl 7.76.1-26.el9")).isEmpty)
        #expect(index.match(Sample.installed("Red Hat:8", "curl 7.61.1-30.el8")).isEmpty)
        #expect(
            index.match(Sample.installed("Red Hat:rhel_e4s:9.2", "curl 7.76.1-23.el9_2.5")).isEmpty)
    }

    @Test("A product without a package URL can't be compared with a package, and is counted")
    func unplaced() {
        let vex = csaf(
            "VEX-1",
            ProductStatement(
                vulnerability: "CVE-1", product: StatedProduct(id: "P", name: "curl"),
                status: .knownAffected))
        #expect(AdvisoryIndex([vex]).unplacedStatements(of: vex.documentKey) == 1)
        #expect(lines([vex]) == [])
    }

    @Test("A rule of the site suppresses with its reason, as widely as it says")
    func rules() throws {
        func rule(
            _ vulnerability: String = "CVE-2024-0001", package: String? = nil,
            ecosystem: String? = nil, version: String? = nil
        ) -> Suppression {
            Suppression(
                id: "R-7", vulnerability: vulnerability, package: package, ecosystem: ecosystem,
                version: version, reason: "not reachable")
        }
        let open = "CVE-2024-0001 libcurl4 7.88-2"
        let suppressed = open + " suppressed by R-7: not reachable"
        let advisories = [
            try affecting(), Sample.advisory("GHSA-a", aliases: ["CVE-2024-0001"]),
        ]
        for rule in [
            rule(), rule("GHSA-a"), rule(package: "libcurl4"), rule(package: "curl"),
            rule(ecosystem: "Debian:12"), rule(ecosystem: "Debian"), rule(version: "7.88-1"),
        ] {
            #expect(lines(advisories, suppressing: [rule]) == [suppressed], "\(rule)")
        }
        for rule in [
            rule("CVE-2024-0002"), rule(package: "wget"), rule(ecosystem: "Debian:11"),
            rule(version: "7.88-2"), rule("CVE-unheard"),
        ] {
            #expect(lines(advisories, suppressing: [rule]) == [open], "\(rule)")
        }
    }
}
