import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Known flaws: a fix must not bring something worse than what it mends")
struct KnownFlawTests {
    private func flaw(
        _ riskClass: RiskClass, _ name: String = "CVE-2026-0099"
    ) throws -> KnownFlaw {
        KnownFlaw(
            vulnerability: try #require(VulnerabilityID(name)), package: "curl",
            version: "7.88.1-2", riskClass: riskClass, fixed: "7.88.1-3")
    }

    private func report(_ story: PatchStory, _ flaws: [KnownFlaw]) throws -> FlawReport {
        FlawReport(artefact: try #require(story.patch.artefact).digest, flaws: flaws)
    }

    private func submit(_ story: PatchStory) -> PatchCommand {
        .submit(Sample.selector, targets: Sample.targets, expires: story.now + .seconds(86_400))
    }

    /// Of an important patch, tested and signed off.
    private func signedOff() throws -> PatchStory {
        var story = try PatchStory.tested()
        let evidence = try #require(story.patch.evidence)
        try story.tell(.signOff(evidence: evidence.digest), by: sam)
        return story
    }

    @Test(
        "One of a higher class blocks the approval until the risk owner accepts it",
        arguments: [
            (RiskClass.urgent, true), (.important, false), (.nonCritical, false),
        ])
    func blocks(_ riskClass: RiskClass, _ isBlocked: Bool) throws {
        var story = try signedOff()
        let known = try report(story, [flaw(riskClass)])
        try story.tell(.observeFlaws(known), by: monitor)
        #expect(
            story.refusal(of: submit(story), by: rita)?.code == (isBlocked ? "known-flaws" : nil))
        let accept = PatchCommand.acceptFlaws(report: known.digest, reason: "switched off here")
        guard isBlocked else {
            #expect(story.refusal(of: accept, by: rolf) == .noFlaws)
            return
        }
        try story.tell(accept, by: rolf)
        #expect(story.refusal(of: submit(story), by: rita) == nil)
    }

    @Test("What becomes known between the request and the approval blocks it as well")
    func late() throws {
        var story = try PatchStory.awaitingApproval()
        try story.tell(.observeFlaws(report(story, [flaw(.urgent)])), by: monitor)
        let approve = PatchCommand.approve(binding: story.binding)
        #expect(story.refusal(of: approve, by: paul)?.code == "known-flaws")
        // Mended elsewhere, or taken back by the feed.
        try story.tell(.observeFlaws(report(story, [])), by: monitor)
        #expect(story.refusal(of: approve, by: paul) == nil)
    }

    @Test("What was accepted stays so when others go, and not when one comes or becomes worse")
    func accepted() throws {
        var story = try signedOff()
        let both = try report(story, [flaw(.urgent), flaw(.urgent, "CVE-2026-0100")])
        try story.tell(.observeFlaws(both), by: monitor)
        let seen = try report(story, [flaw(.urgent)])
        #expect(
            story.refusal(of: .acceptFlaws(report: seen.digest, reason: "x"), by: rolf)
                == .staleFlaws(given: seen.digest, current: both.digest))
        try story.tell(.acceptFlaws(report: both.digest, reason: "switched off here"), by: rolf)
        try story.tell(.observeFlaws(seen), by: monitor)
        #expect(story.patch.blockingFlaws.isEmpty)
        try story.tell(
            .observeFlaws(report(story, [flaw(.urgent), flaw(.urgent, "CVE-2026-0101")])),
            by: monitor)
        #expect(story.patch.blockingFlaws.map(\.vulnerability.text) == ["CVE-2026-0101"])
    }

    @Test("A report on other files, or the same again, says nothing")
    func stale() throws {
        var story = try PatchStory.acquired()
        let other = FlawReport(artefact: Digest(of: "other files"), flaws: [try flaw(.urgent)])
        #expect(try story.tell(.observeFlaws(other), by: monitor).isEmpty)
        let known = try report(story, [flaw(.urgent)])
        #expect(try story.tell(.observeFlaws(known), by: monitor).count == 1)
        #expect(try story.tell(.observeFlaws(known), by: monitor).isEmpty)
    }

    @Test("A report has one form, however its flaws came, and is bounded")
    func form() throws {
        let artefact = Digest(of: "files")
        let flaws = try (1...60).map { try flaw($0 == 60 ? .urgent : .important, "CVE-2026-\($0)") }
        let one = FlawReport(artefact: artefact, flaws: flaws)
        #expect(one == FlawReport(artefact: artefact, flaws: flaws.reversed() + flaws))
        #expect(one.flaws.count == FlawReport.most && one.total == 60)
        #expect(one.flaws.first?.riskClass == .urgent)
    }

    @Test("A patch is not documented while somebody still finds what it is to have mended")
    func disputed() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        let finding = StreamID(prefix: "fi", uuid(9))
        #expect(
            story.refusal(
                of: .document(
                    items: EvidenceItem.allCases, pack: Digest(of: "pack"), disputed: [finding]),
                by: workflow) == .findingsDisputed([finding]))
    }
}
