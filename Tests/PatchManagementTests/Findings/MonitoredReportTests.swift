import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Findings from what others report about an asset")
struct MonitoredReportTests {
    private let lodash = """
        {"id": "GHSA-35jh-r3h4-6jhm", "modified": "2026-01-01T00:00:00Z",
         "published": "2026-01-01T00:00:00Z", "aliases": ["CVE-2021-23337"],
         "affected": [{"package": {"ecosystem": "npm", "name": "lodash"}, "ranges": [{"type": "SEMVER",
           "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}]}]}
        """
    private let openssl = """
        {"id": "CVE-2026-0001", "modified": "2026-01-01T00:00:00Z",
         "published": "2026-01-01T00:00:00Z",
         "affected": [{"package": {"ecosystem": "Debian:12", "name": "openssl"},
           "ranges": [{"type": "ECOSYSTEM",
             "events": [{"introduced": "0"}, {"fixed": "3.0.2-1"}]}]}]}
        """

    private func bill(_ version: String) -> String { "purl\npkg:npm/lodash@\(version)\n" }

    private func site() throws -> MonitoredSite {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": lodash, "b": openssl])
        return site
    }

    @Test(
        "Packages of a bill of materials are matched beside those of the host, and each report alone"
    )
    func beside() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .open)
        // What the host says takes nothing of it back.
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        #expect(try site.finding("CVE-2021-23337").phase == .open)
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").resolution?.means == .outOfBand)
        #expect(try site.finding("CVE-2026-0001").phase == .open)
    }

    @Test("A report that was gathered before the finding was seen resolves nothing (I13)")
    func late() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        let early = site.moment + .seconds(-3600)
        try site.report(bill("4.17.21"), .csv, from: "sbom", gathered: early)
        #expect(throws: FindingRejection.self) { try site.settle() }
        #expect(try site.finding("CVE-2021-23337").phase == .open)
    }

    @Test("What it keeps takes another process to the same place, reports of others included")
    func restart() throws {
        var site = try site()
        site.report(["libssl3": "3.0.1-1"])
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        try site.restart(["a": lodash, "b": openssl])
        site.report(["libssl3": "3.0.1-1", "zlib1g": "1"])
        #expect(try site.settle().isEmpty)
        #expect(try site.finding("CVE-2021-23337").phase == .open)
    }

    @Test("A scanner that finds what is verified as gone disputes it, under whatever name it has")
    func doubts() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)

        let finds = "cve,status\nGHSA-35jh-r3h4-6jhm,open\nCVE-1999-0001,open\n"
        site.tell(try site.report(finds, .csv, from: "trivy"))
        let disputed = try site.finding("CVE-2021-23337")
        #expect(disputed.phase == .disputed && disputed.blocksDocumentation)
        #expect(site.findings.count == 1, "what it finds and nobody here has is no finding")

        // Another scanner's silence says nothing; its own later report does.
        site.tell(try site.report("cve,status\nCVE-1999-0002,open\n", .csv, from: "grype"))
        #expect(try site.finding("CVE-2021-23337").phase == .disputed)
        site.tell(try site.report("cve,status\nCVE-1999-0001,open\n", .csv, from: "trivy"))
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
    }

    @Test("What a scanner saw before the repair says nothing against it")
    func earlier() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        let before = site.moment
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        site.tell(
            try site.report(
                "cve,status\nCVE-2021-23337,open\n", .csv, from: "trivy", gathered: before))
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
    }

    @Test("The same report again says it again: what was mended meanwhile is disputed")
    func unchanged() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        let finds = "cve,status\nCVE-2021-23337,open\n"
        site.tell(try site.report(finds, .csv, from: "trivy"))
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .open, "as it says: nothing to doubt")
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
        site.tell(try site.report(finds, .csv, from: "trivy"))
        #expect(try site.finding("CVE-2021-23337").phase == .disputed)
    }

    @Test("A name that a scanner uses no longer takes nothing back while it uses another")
    func renamed() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        let both = "cve,status\nGHSA-35jh-r3h4-6jhm,open\nCVE-2021-23337,open\n"
        site.tell(try site.report(both, .csv, from: "trivy"))
        #expect(try site.finding("CVE-2021-23337").phase == .disputed)
        site.tell(try site.report("cve,status\nCVE-2021-23337,open\n", .csv, from: "trivy"))
        #expect(try site.finding("CVE-2021-23337").phase == .disputed)
    }

    @Test("A report from before the repair that comes late reopens nothing")
    func lateOpening() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        let early = site.moment
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
        try site.report(bill("4.17.20"), .csv, from: "other", gathered: early)
        // The finding refuses to be classified: it stays what it is.
        #expect(throws: FindingRejection.self) { try site.settle() }
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
    }

    @Test("Of its own distribution's packages the host's own word counts alone")
    func ownWord() throws {
        var site = try site()
        let list =
            "purl\npkg:deb/debian/libssl3@3.0.1-1?arch=amd64&distro=debian-12&upstream=openssl\n"
        try site.report(list, .csv, from: "trivy")
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .resolved, "trivy's list is of before")
    }

    @Test("What closes a finding names who reported it")
    func evidenceSource() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").resolution?.source == "sbom")
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").resolution?.source == Resolution.host)
    }

    @Test("What only a forgotten source said ends unresolved, and comes back with it")
    func forgotten() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.forget("sbom").isEmpty)
        try site.settle()
        let finding = try site.finding("CVE-2021-23337")
        #expect(finding.phase == .dismissed && finding.dismissed?.dismissal == .sourceForgotten)
        #expect(finding.resolution == nil, "nobody has seen it mended (I13)")
        #expect(try site.finding("CVE-2026-0001").phase == .open, "the host says so itself")
        // What is kept takes the next process to the same place.
        try site.restart(["a": lodash, "b": openssl])
        #expect(try site.settle().isEmpty)
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .open)
    }

    @Test("The only source of an asset can be forgotten, and one of two leaves the other's word")
    func forgottenAlone() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.report(bill("4.17.20"), .csv, from: "cmdb")
        try site.settle()
        _ = try site.forget("sbom")
        #expect(try site.settle().isEmpty, "the other one says so too")
        #expect(try site.finding("CVE-2021-23337").phase == .open)
        _ = try site.forget("cmdb")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .dismissed)
    }

    @Test("What only a forgotten source said is not held back for a deployment, to end as removed")
    func forgottenWhileChanging() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        _ = site.deploy(["lodash", "libssl3"])
        _ = try site.forget("sbom")
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").dismissed?.dismissal == .sourceForgotten)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").resolution == nil, "nobody saw it go (I13)")
        #expect(try site.finding("CVE-2026-0001").phase == .open)
    }

    @Test("What a forgotten scanner disputed is disputed no longer")
    func forgottenDoubts() throws {
        var site = try site()
        try site.report(bill("4.17.20"), .csv, from: "sbom")
        try site.settle()
        try site.report(bill("4.17.21"), .csv, from: "sbom")
        try site.settle()
        site.tell(try site.report("cve,status\nCVE-2021-23337,open\n", .csv, from: "trivy"))
        #expect(try site.finding("CVE-2021-23337").phase == .disputed)
        site.tell(try site.forget("trivy"))
        try site.settle()
        #expect(try site.finding("CVE-2021-23337").phase == .resolved)
    }
}
