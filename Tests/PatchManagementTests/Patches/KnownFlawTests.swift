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

    /// Of a patch whose policy asks for a look at the advisories.
    private func unmatched() throws -> PatchStory {
        var policy = PatchPolicy()
        policy.needsMatch = true
        var story = PatchStory()
        let known = try PatchStory.identified().patch.identification
        try story.tell(
            .identify(try #require(known), patch: PatchStory.id, policy: policy), by: vera)
        try story.tell(.assess(Sample.assessment()), by: anna)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        story.fence += 1
        try story.tell(
            .recordAcquisition(fence: story.fence, .acquired([Sample.pin])), by: worker)
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        try story.work(Sample.healthy)
        let evidence = try #require(story.patch.evidence)
        try story.tell(.signOff(evidence: evidence.digest), by: sam)
        return story
    }

    @Test("Before the advisories were matched nothing is submitted; that none is known is enough")
    func closed() throws {
        let story = try unmatched()
        let artefact = try #require(story.patch.artefact).digest
        #expect(story.refusal(of: submit(story), by: rita) == .notMatched(artefact))
        #expect(story.refusal(of: submit(story), by: rita)?.kind == .wrongState)
        for covered in [false, true] {
            var told = story
            try told.tell(
                .observeFlaws(FlawReport(artefact: artefact, flaws: [], isCovered: covered)),
                by: monitor)
            try told.tell(submit(told), by: rita)
            #expect(told.refusal(of: .approve(binding: told.binding), by: paul) == nil)
        }
    }

    @Test("The risk owner alone takes it without that look, and what is found later blocks it")
    func waived() throws {
        var story = try unmatched()
        let artefact = try #require(story.patch.artefact).digest
        let other = Digest(of: "other files")
        #expect(
            story.refusal(of: .acceptFlaws(report: other, reason: "x"), by: rolf)
                == .staleFlaws(given: other, current: artefact))
        #expect(PatchCommand.acceptFlaws(report: artefact, reason: "x").action == .acceptFlaws)
        #expect(Authorisation.roles(for: .acceptFlaws) == [.riskOwner])
        try story.tell(
            .acceptFlaws(report: artefact, reason: "the monitor stands still"), by: rolf)
        try story.tell(submit(story), by: rita)
        try story.tell(.observeFlaws(report(story, [flaw(.urgent)])), by: monitor)
        #expect(
            story.refusal(of: .approve(binding: story.binding), by: paul)?.code == "known-flaws")
    }

    @Test("A patch from before that was asked for goes on as it did")
    func older() throws {
        let story = try signedOff()
        #expect(story.patch.policy.needsMatch == nil && story.patch.flaws == nil)
        #expect(story.refusal(of: submit(story), by: rita) == nil)
        let policy = String(
            decoding: try CanonicalJSON.encode(PatchPolicy()), as: UTF8.self)
        #expect(!policy.contains("needs_match") && !policy.contains("approvers"))
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
