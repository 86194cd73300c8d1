import EventSourcing
import FoundationEssentials
import JSON
import Testing

@testable import PatchManagement

@Suite("The monitor classifies by the policy that is published")
struct FindingMonitorPolicyTests {
    private static let texts = [
        "a": """
        {"id":"CVE-2026-0001","published":"2026-12-01T00:00:00Z",\
        "modified":"2026-12-02T00:00:00Z","severity":[{"type":"CVSS_V3",\
        "score":"CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}],\
        "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},\
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},\
        {"fixed":"3.0.2-1"}]}]}]}
        """
    ]

    private func opened() throws -> MonitoredSite {
        var site = MonitoredSite()
        try site.take(site.feed, Self.texts)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        return site
    }

    private func published(
        _ scope: PolicyScope, _ values: [PolicyField: JSONValue], version: Int = 1
    ) -> PolicyPublished {
        PolicyPublished(
            policy: EffectivePolicyTests.published(scope, values, version: version),
            proposal: Digest(of: "proposal"), report: Digest(of: "report"),
            reviewSeconds: PolicyDecider.usualReviewSeconds, reviewDue: nil,
            published: Moments.days(0), proposer: anna, reason: "the audit", by: rolf)
    }

    /// All lower classes with so many days.
    private func slack(_ days: Int64) -> [PolicyField: JSONValue] {
        [.slaNonCritical: .integer(days * 86_400), .slaNextUpgrade: .integer(days * 86_400)]
    }

    @Test("A shorter time moves the deadline of what is open, and the event pins the version")
    func shorter() throws {
        var site = try opened()
        let before = try site.finding("CVE-2026-0001")
        #expect(before.policy == ClassificationPolicy().pin)
        site.monitor.see(published(.site("default"), slack(31)), at: site.moment)
        let events = try site.settle()
        let after = try site.finding("CVE-2026-0001")
        #expect(events.count == 1)
        #expect(after.policy?.version == 2)
        let effective = PolicyBook([
            EffectivePolicyTests.published(.site("default"), slack(31))
        ]).effective(for: PolicyPath(site.registration))
        #expect(after.policy == effective.classification.pin)
        // min(old deadline, now + new SLA)
        #expect(
            after.deadline
                == min(try #require(before.deadline), site.moment + .seconds(31 * 86_400)))
        #expect(after.classification?.slaSeconds == 31 * 86_400)
        #expect(try site.settle().isEmpty)
    }

    @Test("A longer time gives what is open no more of it, and what is opened then has it")
    func longer() throws {
        var site = try opened()
        let before = try site.finding("CVE-2026-0001").deadline
        site.monitor.see(published(.account, slack(300)), at: site.moment)
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").deadline == before)

        var other = MonitoredSite()
        other.monitor.see(published(.account, slack(300)), at: other.moment)
        try other.take(other.feed, Self.texts)
        other.report(["libssl3": "3.0.1-1"])
        try other.settle()
        let finding = try other.finding("CVE-2026-0001")
        #expect(
            finding.deadline
                == finding.clock.map { $0.deadline(slaSeconds: 300 * 86_400) })
        #expect(finding.policy?.version == 2)
    }

    @Test(
        "What is another scope's, or says nothing of classes, asks no finding",
        arguments: [PolicyScope.site("paris"), .group("web"), .asset(production(9))])
    func others(scope: PolicyScope) throws {
        var site = try opened()
        site.monitor.see(published(scope, slack(30)), at: site.moment)
        #expect(try site.settle().isEmpty)
        site.monitor.see(
            published(.account, [.gateMaxPercent: .integer(1)]), at: site.moment)
        #expect(try site.settle().isEmpty)
        #expect(try site.finding("CVE-2026-0001").policy?.version == 1)
    }

    @Test("An asset that moves to another group gets that group's policy")
    func moved() throws {
        var site = try opened()
        site.monitor.see(published(.group("web"), slack(30)), at: site.moment)
        #expect(try site.settle().isEmpty)
        var registration = site.registration
        registration.group = "web"
        site.monitor.see(
            .registered(AssetRegistered(asset: site.asset, registration: registration)),
            of: site.asset, at: site.moment, ReportsOfAsset())
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").classification?.slaSeconds == 30 * 86_400)
    }

    @Test("A track that is off opens nothing; what is open stays; on again it opens")
    func tracks() throws {
        var site = MonitoredSite()
        site.monitor.see(published(.account, [.trackOS: .bool(false)]), at: site.moment)
        try site.take(site.feed, Self.texts)
        site.report(["libssl3": "3.0.1-1"])
        #expect(try site.settle().isEmpty)
        site.monitor.see(
            published(.account, [.trackOS: .bool(true)], version: 2), at: site.moment)
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        site.monitor.see(
            published(.account, [.trackOS: .bool(false)], version: 3), at: site.moment)
        #expect(try site.settle().isEmpty)
        site.report(["libssl3": "3.0.2-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .resolved)
    }

    @Test("What is kept of policies is read back, and counts for another process")
    func kept() throws {
        var site = MonitoredSite()
        site.monitor.see(published(.site("default"), slack(30)), at: site.moment)
        let notes = site.monitor.takeChangedPolicies()
        #expect(notes.count == 1)
        #expect(site.monitor.takeChangedPolicies().isEmpty)
        var other = MonitoredSite()
        for note in notes {
            other.monitor.restore(
                try CanonicalJSON.decode(PublishedPolicy.self, from: storedForm(note)))
        }
        try other.take(other.feed, Self.texts)
        other.report(["libssl3": "3.0.1-1"])
        try other.settle()
        #expect(try other.finding("CVE-2026-0001").policy?.version == 2)
    }
}
