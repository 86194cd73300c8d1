import Advisories
import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Controls that protect an asset count in the class of its findings while they hold")
struct MonitoredControlTests {
    private func advisory(_ vector: String) -> String {
        """
        {"id":"CVE-2026-0001","published":"2026-12-01T00:00:00Z",\
        "modified":"2026-12-02T00:00:00Z",\
        "severity":[{"type":"CVSS_V3","score":"\(vector)"}],\
        "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},\
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.2-1"}]}]}]}
        """
    }

    private let network = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    private let local = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"

    private func site(_ vector: String) throws -> (MonitoredSite, [String: String]) {
        var site = MonitoredSite()
        let texts = ["a": advisory(vector)]
        try site.take(site.feed, texts)
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        return (site, texts)
    }

    private func register(
        _ kind: ControlKind, _ site: inout MonitoredSite, groups: [String] = ["ungrouped"]
    ) -> StreamID {
        let registration = ControlRegistration(
            name: "edge", kind: kind, description: "d",
            group: TargetSelector(environments: [.production], groups: groups))
        let control = registration.control
        site.tick()
        site.monitor.see(
            .registered(
                ControlRegistered(control: control, registration: registration, by: anna)),
            of: control, at: site.moment)
        return control
    }

    private func verify(_ control: StreamID, _ site: inout MonitoredSite) {
        site.tick()
        site.monitor.see(
            .verified(
                ControlVerified(
                    evidence: Digest(of: "e"), method: "scan", gathered: site.moment,
                    until: site.moment + .seconds(86_400), by: sam)), of: control, at: site.moment)
    }

    private func lapse(_ control: StreamID, _ site: inout MonitoredSite) {
        site.tick()
        site.monitor.see(
            .lapsed(
                ControlLapsed(
                    cause: .withdrawn, until: site.moment, reason: "gone", by: anna)),
            of: control, at: site.moment)
    }

    @Test("Verified it takes one off, lapsed it gives it back, by whichever process")
    func oneOff() throws {
        var (site, texts) = try site(network)
        let rank = try #require(site.finding("CVE-2026-0001").classification?.rank)
        let deadline = try #require(site.finding("CVE-2026-0001").deadline)
        let control = register(.firewall, &site)
        #expect(try site.settle().isEmpty, "nobody has verified it")
        verify(control, &site)
        try site.settle()
        let mitigated = try site.finding("CVE-2026-0001")
        #expect(mitigated.classification?.rank == rank - 1)
        #expect(mitigated.classification?.mitigatedBy == control)
        #expect(mitigated.deadline == deadline, "it gives no time back")

        let kept = try #require(site.monitor.watched(control: control))
        #expect(site.monitor.takeChangedControls() == [control])
        try site.restart(texts)
        site.monitor.restore(control, kept)
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").classification?.mitigatedBy == control)
        lapse(control, &site)
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").classification?.rank == rank)
        #expect(try site.finding("CVE-2026-0001").classification?.mitigatedBy == nil)
    }

    @Test(
        "What works on the network is on the path of attacks over it alone",
        arguments: [
            (ControlKind.firewall, false), (.webApplicationFirewall, false),
            (.intrusionPrevention, false), (.segmentation, false), (.antivirus, true),
            (.endpointDetection, true), (.hardening, true),
        ])
    func path(kind: ControlKind, isOnPath: Bool) throws {
        var (site, _) = try site(local)
        let control = register(kind, &site)
        verify(control, &site)
        try site.settle()
        let mitigation = try site.finding("CVE-2026-0001").classification?.mitigatedBy
        #expect(mitigation == (isOnPath ? control : nil))
    }

    @Test("What protects other assets changes nothing here")
    func others() throws {
        var (site, _) = try site(network)
        let control = register(.firewall, &site, groups: ["db"])
        verify(control, &site)
        #expect(try site.settle().isEmpty)
    }
}
