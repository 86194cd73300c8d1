import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Patches whose new versions are matched against the advisories")
struct MonitoredPatchTests {
    private let patch = StreamID(prefix: "pa", uuid(1))

    private func advisory(_ id: String = "CVE-2026-0001", fixed: String) -> String {
        """
        {"id": "\(id)", "modified": "2026-01-01T00:00:00Z",
         "published": "2026-01-01T00:00:00Z",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
         "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"},
           "ranges": [{"type": "ECOSYSTEM",
             "events": [{"introduced": "0"}, {"fixed": "\(fixed)"}]}]}]}
        """
    }

    private func see(_ story: PatchStory, _ site: inout MonitoredSite) {
        for event in story.events { site.monitor.see(event, of: patch) }
    }

    @Test("It is told of what its own version has, and again when advisories change")
    func told() throws {
        var site = MonitoredSite()
        let story = try PatchStory.acquired()
        see(story, &site)
        let uncovered = site.monitor.takeFlawReports(at: site.moment)
        #expect(uncovered.map(\.report.uncovered) == [true], "no advisory is about its platform")
        #expect(uncovered.first?.report.flaws.isEmpty == true)
        #expect(site.monitor.takeFlawReports(at: site.moment).isEmpty, "said once")

        try site.take(site.feed, ["a": advisory(fixed: "7.88.1-9")])
        let first = site.monitor.takeFlawReports(at: site.moment)
        #expect(first.map(\.patch) == [patch])
        #expect(first.first?.report.flaws.map(\.vulnerability.text) == ["CVE-2026-0001"])
        #expect(first.first?.report.flaws.first?.fixed == "7.88.1-9")
        #expect(first.first?.report.artefact == story.patch.artefact?.digest)
        #expect(site.monitor.takeFlawReports(at: site.moment).isEmpty, "said once")
        #expect(try site.settle().isEmpty, "a patch is no asset: no finding is opened for it")

        try site.take(site.feed, ["a": advisory(fixed: "7.88.1-1")])
        let second = site.monitor.takeFlawReports(at: site.moment)
        #expect(second.first?.report.flaws.isEmpty == true)
    }

    @Test("What it keeps takes another process to the same place")
    func restart() throws {
        var site = MonitoredSite()
        see(try PatchStory.acquired(), &site)
        let texts = ["a": advisory(fixed: "7.88.1-9")]
        try site.take(site.feed, texts)
        _ = site.monitor.takeFlawReports(at: site.moment)
        #expect(site.monitor.takeChangedPatches() == [patch])
        let kept = try CanonicalJSON.encode(#require(site.monitor.watched(patch: patch)))
        site.report(["zlib1g": "1"])
        try site.settle()
        try site.restart(texts)
        site.monitor.restore(patch, try CanonicalJSON.decode(WatchedPatch.self, from: kept))
        try site.take(site.feed, texts.merging(["b": advisory("CVE-2026-0002", fixed: "1")]) { $1 })
        #expect(site.monitor.takeFlawReports(at: site.moment).isEmpty, "nothing new")
        try site.take(
            site.feed,
            texts.merging(["b": advisory("CVE-2026-0002", fixed: "7.88.1-5")]) { $1 })
        #expect(
            site.monitor.takeFlawReports(at: site.moment).first?.report.flaws.map(
                \.vulnerability.text) == ["CVE-2026-0001", "CVE-2026-0002"])
    }

    @Test("What is documented may need an approval for more assets: it is watched on")
    func documented() throws {
        var site = MonitoredSite()
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        try story.tell(
            .document(items: EvidenceItem.allCases, pack: Digest(of: "pack")), by: workflow)
        see(story, &site)
        try site.take(site.feed, ["a": advisory(fixed: "7.88.1-9")])
        #expect(site.monitor.takeFlawReports(at: site.moment).count == 1)
    }
}
