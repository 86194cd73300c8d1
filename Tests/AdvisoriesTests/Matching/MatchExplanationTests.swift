import Advisories
import Testing

@Suite("Matching: why a package has no match")
struct MatchExplanationTests {
    private typealias Sample = MatchingSamples

    private func reasons(
        _ advisories: [Advisory], _ ecosystem: String, _ package: String,
        _ vulnerability: String = "CVE-2024-0001"
    ) -> [String]? {
        AdvisoryIndex(advisories)
            .explainNoMatch(Sample.installed(ecosystem, package), vulnerability)?
            .map(\.description)
    }

    @Test("Each reason in words")
    func words() throws {
        let advisory = Sample.advisory(
            "DSA-1-1", upstream: ["CVE-2024-0001"],
            [
                try Sample.affected("Debian:12", "curl", fixed: "7.88-2"),
                try Sample.affected("Debian:11", "curl", fixed: "7.74-2"),
            ])
        #expect(reasons([advisory], "Debian:12", "curl 7.88-1") == nil)
        #expect(
            reasons([advisory], "Debian:12", "curl 7.88-2") == [
                "not affected: DSA-1-1 (osv) on Debian:12 source package 'curl': 7.88-2 was "
                    + "compared with [introduced 0, fixed 7.88-2]"
            ])
        #expect(
            reasons([advisory], "Debian:13", "curl 7.88-1") == [
                "advisories on it are about the package in other releases: Debian:11, Debian:12"
            ])
        #expect(
            reasons([advisory], "Debian:12", "wget 1") == [
                "advisories on it are about other packages: Debian:11 source package 'curl', "
                    + "Debian:12 source package 'curl'"
            ])
        #expect(
            reasons([advisory], "Debian:12", "curl 1", "CVE-2024-0002")
                == ["no advisory names 'CVE-2024-0002'"])
        #expect(
            reasons(
                [Sample.advisory("CVE-2024-0001", withdrawn: true)], "Debian:12", "curl 1")
                == ["withdrawn: CVE-2024-0001 (osv)"])
    }

    @Test("A distribution that knows better than the project's versions is named")
    func overruled() throws {
        let range = try OSVRange(
            kind: .semver, events: [.introduced("0"), .fixed("6.2.0")], scheme: .semver)
        let project = Sample.advisory(
            "CVE-2024-0001",
            [AffectedPackage(ecosystem: "Linux", name: "Kernel", ranges: [range])])
        let distribution = Sample.advisory(
            "DSA-1-1", upstream: ["CVE-2024-0001"],
            [try Sample.affected("Debian:12", "linux", fixed: "6.1.90-1")])
        #expect(
            reasons([project, distribution], "Debian:12", "linux-doc 6.1.90-1 < linux 6.1.90-1")
                == [
                    "not affected: DSA-1-1 (osv) on Debian:12 source package 'linux': 6.1.90-1 was "
                        + "compared with [introduced 0, fixed 6.1.90-1]",
                    "the distribution knows better: CVE-2024-0001 (osv) on Linux package 'Kernel': "
                        + "6.1.90 was compared with [introduced 0, fixed 6.2.0]",
                ])
    }

    @Test("Which ecosystems anybody watches can be asked")
    func covered() throws {
        let advisory = Sample.advisory(
            "CVE-2024-0001", [try Sample.affected("Debian:12", "curl")])
        var index = AdvisoryIndex([advisory])
        #expect(index.covers(Ecosystem("Debian:12")))
        #expect(index.covers(Ecosystem("Debian:12.5")))
        #expect(index.covers(Ecosystem("Debian")))
        #expect(!index.covers(Ecosystem("Debian:13")))
        #expect(!index.covers(Ecosystem("PyPI")))
        _ = index.apply(.remove(advisory.documentKey))
        #expect(!index.covers(Ecosystem("Debian:12")))
        #expect(!index.covers(Ecosystem("Debian")))
    }

    @Test("What of an inventory nobody watches is told, so that silence isn't taken for safety")
    func uncovered() throws {
        let inventory = PackageInventory(
            format: .cycloneDX,
            packages: try [
                "pkg:deb/debian/curl@7.88-1?distro=debian-12", "pkg:pypi/requests@1.0",
                "pkg:pypi/flask@1.0", "pkg:generic/curl@7.88",
            ].map { try ReportedPackage(PackageURL($0)) })
        let index = AdvisoryIndex([
            Sample.advisory("CVE-2024-0001", [try Sample.affected("Debian:12", "curl")])
        ])
        #expect(index.match(inventory).map(\.package.name) == ["curl"])
        let uncovered = index.uncovered(inventory)
        #expect(
            uncovered.map(\.reason)
                == [.noAdvisories(Ecosystem("PyPI")), .noEcosystem(type: "generic")])
        #expect(uncovered.map(\.packages) == [2, 1])
    }
}
