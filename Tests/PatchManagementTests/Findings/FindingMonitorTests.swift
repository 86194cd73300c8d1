import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("The monitor keeps findings in step with feeds and inventories")
struct FindingMonitorTests {
    private func advisory(
        _ id: String, fixed: String?, aliases: String = "", cvss: String? = nil,
        withdrawn: Bool = false, published: String = "2026-12-01T00:00:00Z",
        modified: String = "2026-12-02T00:00:00Z"
    ) -> String {
        let events = #"{"introduced":"0"}"# + (fixed.map { #",{"fixed":"\#($0)"}"# } ?? "")
        let severity = cvss.map { #""severity":[{"type":"CVSS_V3","score":"\#($0)"}],"# } ?? ""
        return """
            {"id":"\(id)","aliases":[\(aliases)],"published":"\(published)",\
            "modified":"\(modified)",\
            \(withdrawn ? #""withdrawn":"2026-12-03T00:00:00Z","# : "")\(severity)\
            "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},\
            "ranges":[{"type":"ECOSYSTEM","events":[\(events)]}]}]}
            """
    }

    private let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

    @Test("An inventory that an advisory is about opens a finding with class and deadline")
    func opening() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1", cvss: critical)])
        #expect(try site.settle().isEmpty, "nothing has it yet")
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        let finding = try site.finding("CVE-2026-0001")
        #expect(finding.phase == .open)
        #expect(finding.opening?.package == "libssl3")
        #expect(finding.opening?.installedVersion == "3.0.1-1")
        #expect(finding.classification?.riskClass == .important)
        #expect(finding.classification?.facts.cvss.tenths == 98)
        #expect(finding.inputs?.criticality == .high)
        #expect(finding.inputs?.snapshots.map(\.feed) == ["debian"])
        #expect(finding.deadline != nil)
    }

    @Test("What has not changed is asked for once: the same inventory, the same feed")
    func quiet() throws {
        var site = MonitoredSite()
        let texts = ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1", cvss: critical)]
        try site.take(site.feed, texts)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        site.report(["libssl3": "3.0.1-1", "openssl": "3.0.2-1"])
        #expect(try site.settle().isEmpty)
        try site.take(
            site.feed, texts.merging(["b": advisory("CVE-2026-0009", fixed: "0.1")]) { $1 })
        #expect(try site.settle().isEmpty)
    }

    @Test("A later report without it resolves it: mended by others, or removed")
    func resolving() throws {
        for (packages, means) in [
            (["libssl3": "3.0.2-1"], Resolution.Means.outOfBand), (["zlib1g": "1"], .removed),
        ] {
            var site = MonitoredSite()
            try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
            site.report(["libssl3": "3.0.1-1"])
            try site.settle()
            site.report(packages)
            try site.settle()
            #expect(try site.finding("CVE-2026-0001").resolution?.means == means)
            site.report(["libssl3": "3.0.1-1"])
            try site.settle()
            let again = try site.finding("CVE-2026-0001")
            #expect(again.phase == .open && again.episode == 2, "it came back")
        }
    }

    @Test("A deployment that brought the version is what resolved it")
    func patched() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        site.tick()
        let deployment = StreamID(prefix: "de", UUID())
        let wantsScan = site.monitor.see(
            .succeeded(Self.succeeded(on: site.asset)), of: deployment, at: site.moment)
        #expect(wantsScan == site.asset)
        #expect(try site.settle().isEmpty, "its own word is no evidence (I13)")
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        let finding = try site.finding("CVE-2026-0001")
        #expect(finding.resolution?.means == .patched)
        #expect(finding.resolution?.deployment == deployment)
    }

    private static func succeeded(on asset: StreamID) -> DeploymentSucceeded {
        DeploymentSucceeded(
            route: DeploymentRoute(
                rollout: StreamID(prefix: "ro", UUID()), asset: asset, batch: 0, stratum: "s"),
            change: OutcomeChange(before: nil, after: .succeeded),
            versionsBefore: [
                PackageSelection(name: "libssl3", architecture: "amd64", version: "3.0.1-1")
            ],
            versionsAfter: [
                PackageSelection(name: "libssl3", architecture: "amd64", version: "3.0.2-1")
            ],
            report: VerificationReport(
                installed: [], services: [], commandExitCode: nil, commandOutput: "",
                rebootRequired: false, bootID: "b"))
    }

    @Test("A report between installation and success says nothing of who brought what it shows")
    func between() throws {
        var site = MonitoredSite()
        let texts = ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")]
        try site.take(site.feed, texts)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        let deployment = site.deploy(["libssl3"])
        site.report(["libssl3": "3.0.2-1"])
        #expect(try site.settle().isEmpty, "perhaps it is ours, perhaps not")
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        site.tick()
        #expect(
            site.monitor.see(
                .succeeded(Self.succeeded(on: site.asset)), of: deployment, at: site.moment)
                == site.asset)
        // The scan that follows finds what was reported already.
        site.confirm()
        try site.settle()
        let finding = try site.finding("CVE-2026-0001")
        #expect(finding.resolution?.means == .patched)
        #expect(finding.resolution?.deployment == deployment)
    }

    @Test("A deployment that failed leaves what was reported meanwhile to be judged at its end")
    func failedBetween() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        let deployment = site.deploy(["libssl3"])
        site.report(["libssl3": "3.0.2-1"])
        #expect(try site.settle().isEmpty)
        site.tick()
        _ = site.monitor.see(
            .unreachable(
                TargetUnreachable(
                    route: Self.succeeded(on: site.asset).route,
                    change: OutcomeChange(before: nil, after: .unreachable), step: .install,
                    detail: "it is gone")),
            of: deployment, at: site.moment)
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").resolution?.means == .outOfBand)
    }

    @Test("An advisory that is withdrawn, or gone from the feed, dismisses its findings")
    func withdrawn() throws {
        let other = ["b": advisory("CVE-2026-0009", fixed: "0.1")]
        for texts in [
            other.merging(["a": advisory("CVE-2026-0001", fixed: "3.0.2-1", withdrawn: true)]) {
                $1
            },
            other,
        ] {
            var site = MonitoredSite()
            try site.take(
                site.feed,
                other.merging(["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")]) { $1 })
            site.report(["libssl3": "3.0.1-1"])
            try site.settle()
            try site.take(site.feed, texts)
            try site.settle()
            #expect(try site.finding("CVE-2026-0001").phase == .dismissed)
            // The next day it is back.
            try site.take(
                site.feed,
                other.merging(["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")]) { $1 })
            try site.settle()
            #expect(try site.finding("CVE-2026-0001").phase == .open)
        }
    }

    @Test("A fix that comes out later starts the remediation clock")
    func laterFix() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: nil)])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").clock?.kind == .treatment)
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").clock?.kind == .remediation)
    }

    @Test("KEV makes it urgent, whatever name the advisory found it under")
    func exploited() throws {
        var site = MonitoredSite()
        try site.take(
            site.feed,
            ["a": advisory("GHSA-1111-2222-3333", fixed: "3.0.2-1", aliases: #""CVE-2026-0001""#)])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").classification?.riskClass != .urgent)
        try site.take(
            site.kev,
            [
                "kev.csv":
                    "cveID,dateAdded,dueDate,knownRansomwareCampaignUse\n"
                    + "CVE-2026-0001,2026-12-10,2026-12-31,Unknown\n"
            ])
        try site.settle()
        let finding = try site.finding("CVE-2026-0001")
        #expect(finding.classification?.facts.isInKEV == .yes)
        #expect(finding.inputs?.snapshots.map(\.feed) == ["debian", "kev"])
    }

    @Test("A better name that becomes known later leaves the finding and its clock what they are")
    func alias() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("GHSA-1111-2222-3333", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        let before = try site.finding("GHSA-1111-2222-3333")
        try site.take(
            site.feed,
            ["a": advisory("GHSA-1111-2222-3333", fixed: "3.0.2-1", aliases: #""CVE-2026-0001""#)])
        try site.settle()
        let after = try site.finding("GHSA-1111-2222-3333")
        #expect(after.phase == .open)
        #expect(after.opened == before.opened)
        #expect(site.findings.count == 1)
    }

    @Test("A decommissioned asset has no findings any more")
    func decommissioned() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        site.monitor.see(
            .decommissioned(AssetDecommissioned(reason: "gone")), of: site.asset, at: site.moment,
            ReportsOfAsset())
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .dismissed)
    }

    @Test("What it keeps takes another process to the same place")
    func restart() throws {
        var site = MonitoredSite()
        let texts = ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1", cvss: critical)]
        try site.take(site.feed, texts)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        try site.restart(texts)
        site.report(["libssl3": "3.0.1-1", "zlib1g": "1"])
        #expect(try site.settle().isEmpty)
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .resolved)
    }

    @Test("What a finding refused is asked again at the next reason")
    func refused() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        let orders = site.monitor.takeOrders(at: site.moment, limit: 9) ?? []
        #expect(orders.count == 1)
        for order in orders { site.monitor.takeBack(order, accepted: 0) }
        #expect(site.monitor.takeOrders(at: site.moment, limit: 9) == nil)
        site.report(["libssl3": "3.0.1-1"])
        let again = site.monitor.takeOrders(at: site.moment, limit: 9) ?? []
        #expect(again.map(\.finding) == orders.map(\.finding))
        #expect(again.map(\.commands.count) == orders.map(\.commands.count))
    }

    private func kev(_ cve: String) -> [String: String] {
        [
            "\(cve).csv":
                "cveID,dateAdded,dueDate,knownRansomwareCampaignUse\n"
                + "\(cve),2026-12-10,2026-12-31,Unknown\n"
        ]
    }

    @Test("A feed takes back nothing that another feed of its kind says")
    func twoFeeds() throws {
        var site = MonitoredSite()
        let mirror = FeedRegistration(name: "kev-mirror", kind: .kev, team: "watch")
        site.monitor.see(FeedWatched(registration: mirror), of: mirror.feed)
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.take(site.kev, kev("CVE-2026-0001"))
        try site.settle()
        try site.take(mirror, kev("CVE-2026-0002"))
        #expect(try site.settle().isEmpty)
        #expect(try site.finding("CVE-2026-0001").classification?.facts.isInKEV == .yes)
    }

    @Test("A system of which nothing can be told resolves nothing")
    func untold() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        site.report(["libssl3": "3.0.1-1"], on: "haiku")
        #expect(try site.settle().isEmpty)
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .resolved)
    }

    @Test("A fix counts from when it is known, not from the record's first edition")
    func release() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: nil)])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        let opened = site.moment
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        try site.settle()
        let finding = try site.finding("CVE-2026-0001")
        #expect(try #require(finding.clock).start > opened)
        #expect(try #require(finding.deadline) > site.moment)
    }

    @Test("Of two editions of an advisory the one that was modified last counts, whatever its name")
    func editions() throws {
        let new = advisory("CVE-2026-0001", fixed: "3.0.2-1", modified: "2026-12-09T00:00:00Z")
        let old = advisory("CVE-2026-0001", fixed: "1.0")
        for texts in [["a": new, "b": old], ["a": old, "b": new]] {
            var site = MonitoredSite()
            try site.take(site.feed, texts)
            site.report(["libssl3": "3.0.1-1"])
            try site.settle()
            #expect(try site.finding("CVE-2026-0001").phase == .open)
            // With the newer one gone the older one counts.
            try site.take(site.feed, texts.filter { $0.value == old })
            try site.settle()
            #expect(try site.finding("CVE-2026-0001").phase == .dismissed)
        }
    }

    @Test("A finding that was opened, and refused its class, is closed all the same")
    func halfRefused() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory("CVE-2026-0001", fixed: "3.0.2-1")])
        site.report(["libssl3": "3.0.1-1"])
        for order in site.monitor.takeOrders(at: site.moment, limit: 9) ?? [] {
            site.monitor.takeBack(order, accepted: 1)
        }
        site.report(["zlib1g": "1"])
        let orders = site.monitor.takeOrders(at: site.moment, limit: 9) ?? []
        #expect(orders.count == 1)
        guard case .resolve = orders.first?.commands.first else {
            Issue.record("\(orders)")
            return
        }
    }
}
