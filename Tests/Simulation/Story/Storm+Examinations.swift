import Advisories
import EventSourcing
import PatchManagement
import SimulatedFleet

/// Forensic holds: on a finding, of which the coordinator tells its asset.
extension Storm {
    /// Has some host examined before it is changed, or says that it was.
    mutating func examineSomebody() throws {
        let asset = story.pick(story.hosts).asset
        let opening = try opening(asset)
        let finding = story.state(of: opening.finding, FindingDecider.self)
        if finding.isHeld { return try finishExamination(of: asset) }
        if finding.phase == nil {
            try story.tell(
                .open(opening), to: opening.finding, FindingDecider.self, by: .service(.monitor))
        }
        try story.tell(
            .placeHold(reason: "it was attacked", policy: ClassificationPolicy()),
            to: opening.finding, FindingDecider.self, by: Cast.commander)
    }

    mutating func finishExamination(of asset: StreamID) throws {
        let id = try opening(asset).finding
        guard story.state(of: id, FindingDecider.self).isHeld else { return }
        try story.tell(
            .collectEvidence(Digest(of: "its memory at \(story.now)"), reason: "examined"),
            to: id, FindingDecider.self, by: Cast.commander)
    }

    private func opening(_ asset: StreamID) throws -> FindingOpening {
        guard let vulnerability = VulnerabilityID("CVE-2026-0001") else {
            throw story.stuck("a vulnerability has no id")
        }
        return FindingOpening(
            asset: asset, vulnerability: vulnerability, package: "pf-demo",
            installedVersion: "1.0-1", match: Digest(of: "match"), observed: story.now,
            inScope: story.now, fixReleased: nil)
    }
}
