import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Introduced flaws: this patch broke something, and that hotfix mends it")
struct IntroducedFlawTests {
    private let hotfix = StreamID(prefix: "pa", uuid(31))
    private let name = "curl fails over IPv6"

    private func link(_ riskClass: RiskClass? = nil, _ name: String? = nil) -> PatchCommand {
        .linkFlaw(name ?? self.name, riskClass: riskClass, reason: "seen in the field")
    }

    private func mend() -> PatchCommand {
        .mendFlaw(name, by: hotfix, reason: "the vendor says so")
    }

    @Test(
        "One of a higher class blocks approval and start until it is mended or accepted",
        arguments: [
            (nil, false), (RiskClass.nonCritical, false), (.important, false), (.urgent, true),
        ])
    func blocks(_ riskClass: RiskClass?, _ isBlocked: Bool) throws {
        var story = try PatchStory.awaitingApproval()
        let approve = PatchCommand.approve(binding: story.binding)
        try story.tell(link(riskClass), by: anna)
        #expect(
            story.refusal(of: approve, by: paul) == (isBlocked ? .introducedFlaws([name]) : nil))
        var mended = story
        try mended.tell(mend(), by: vera)
        #expect(mended.refusal(of: approve, by: paul) == nil)
        try story.tell(.acceptIntroducedFlaw(name, reason: "no IPv6 here"), by: rolf)
        #expect(story.refusal(of: approve, by: paul) == nil)
        // What becomes known later holds up what has not started yet.
        var approved = try PatchStory.approved()
        try approved.tell(link(riskClass), by: anna)
        #expect(approved.patch.mayStartRollout(at: approved.now) == !isBlocked)
    }

    @Test("An approval says which unmended flaws it was given with, and nothing where none are")
    func stated() throws {
        func approved(_ story: PatchStory) throws -> PatchApproved {
            var story = story
            let events = try story.tell(.approve(binding: story.binding), by: paul)
            guard case .approved(let approved) = try unwrapped(events.first) else {
                throw Missing()
            }
            return approved
        }
        var story = try PatchStory.awaitingApproval()
        #expect(try approved(story).introducedFlaws == nil)
        try story.tell(link(), by: anna)
        try story.tell(link(.nonCritical, "CVE-2026-0100"), by: anna)
        #expect(try approved(story).introducedFlaws == [name, "CVE-2026-0100"])
        try story.tell(mend(), by: vera)
        #expect(try approved(story).introducedFlaws == ["CVE-2026-0100"])
    }

    @Test("Saying it again changes nothing; a higher class does, and has to be accepted anew")
    func repeated() throws {
        var story = try PatchStory.assessed()
        #expect(try story.tell(link(.important, "CVE-2026-0100"), by: anna).count == 1)
        #expect(try story.tell(link(.important, "cve-2026-0100"), by: vera).isEmpty)
        let accept = PatchCommand.acceptIntroducedFlaw("CVE-2026-0100", reason: "off here")
        #expect(try story.tell(accept, by: rolf).count == 1)
        #expect(try story.tell(accept, by: rolf).isEmpty)
        try story.tell(link(.urgent, "cve-2026-0100"), by: anna)
        #expect(story.patch.introducedFlaws.map(\.flaw) == ["CVE-2026-0100"])
        #expect(story.patch.introducedFlaws.first?.acceptedBy == nil)
    }

    @Test("Whoever links a flaw can't unblock it: its class is raised, never lowered or taken away")
    func lowered() throws {
        var story = try PatchStory.approved()
        try story.tell(link(.urgent), by: anna)
        for riskClass in [RiskClass.important, .nonCritical] {
            #expect(story.refusal(of: link(riskClass), by: anna)?.code == "bad-risk-class")
        }
        #expect(try story.tell(link(nil), by: vera).isEmpty)
        #expect(!story.patch.mayStartRollout(at: story.now))
    }

    @Test("A hotfix that is withdrawn mends nothing, until it is reinstated")
    func withdrawnHotfix() throws {
        var story = try PatchStory.approved()
        try story.tell(link(.urgent), by: anna)
        try story.tell(mend(), by: vera)
        #expect(try story.tell(mend(), by: vera).isEmpty)
        #expect(story.patch.mayStartRollout(at: story.now))
        let lost = PatchCommand.observeMending(name, by: hotfix, stands: false)
        #expect(try story.tell(lost, by: workflow).count == 1)
        #expect(try story.tell(lost, by: workflow).isEmpty)
        #expect(!story.patch.mayStartRollout(at: story.now))
        let regained = PatchCommand.observeMending(name, by: hotfix, stands: true)
        #expect(try story.tell(regained, by: workflow).count == 1)
        #expect(story.patch.mayStartRollout(at: story.now))
        // Another one has taken its place: its fate says nothing any more.
        try story.tell(
            .mendFlaw(name, by: StreamID(prefix: "pa", uuid(32)), reason: "newer"), by: vera)
        #expect(try story.tell(lost, by: workflow).isEmpty)
    }

    @Test("The hotfix knows what it mends, and says so when it is withdrawn and reinstated")
    func hotfixSide() throws {
        var story = try PatchStory.assessed()
        let mended = MendedFlaw(patch: hotfix, flaw: name)
        #expect(try story.tell(.noteMending(mended), by: workflow).count == 1)
        #expect(try story.tell(.noteMending(mended), by: workflow).isEmpty)
        let withdrawn = try story.tell(.withdraw(reason: "recalled"), by: vera)
        guard case .withdrawn(let event) = try unwrapped(withdrawn.last) else { throw Missing() }
        #expect(event.mends == [mended])
        let reinstated = try story.tell(.reinstate(reason: "sound"), by: vera)
        guard case .reinstated(let event) = try unwrapped(reinstated.last) else {
            throw Missing()
        }
        #expect(event.mends == [mended])
    }

    @Test("A hotfix that is rejected mends nothing, until it is reopened")
    func rejectedHotfix() throws {
        var story = try PatchStory.awaitingApproval()
        let mended = MendedFlaw(patch: hotfix, flaw: name)
        try story.tell(.noteMending(mended), by: workflow)
        let rejected = try story.tell(.reject(reason: "breaks more"), by: paul)
        guard case .rejected(let event) = try unwrapped(rejected.first) else { throw Missing() }
        #expect(event.mends == [mended])
        // What is withdrawn meanwhile and reinstated is still rejected.
        try story.tell(.withdraw(reason: "recalled"), by: vera)
        let reinstated = try story.tell(.reinstate(reason: "sound"), by: vera)
        guard case .reinstated(let event) = try unwrapped(reinstated.last) else {
            throw Missing()
        }
        #expect(event.mends == nil)
        let other = MendedFlaw(patch: hotfix, flaw: "another")
        let told = try story.tell(.noteMending(other), by: workflow)
        guard case .mendedFlawLinked(let event) = try unwrapped(told.first) else {
            throw Missing()
        }
        #expect(event.stands == false)
        let reopened = try story.tell(.reopen(reason: "looked again"), by: anna)
        guard case .reopened(let event) = try unwrapped(reopened.first) else { throw Missing() }
        #expect(event.mends == [mended, other])
    }

    @Test("A hotfix that was withdrawn before it heard what it mends says that it mends nothing")
    func toldTooLate() throws {
        var story = try PatchStory.assessed()
        try story.tell(.withdraw(reason: "recalled"), by: vera)
        let mended = MendedFlaw(patch: hotfix, flaw: name)
        let events = try story.tell(.noteMending(mended), by: workflow)
        guard case .mendedFlawLinked(let event) = try unwrapped(events.first) else {
            throw Missing()
        }
        #expect(event.mended == mended && event.stands == false)
    }

    @Test("What names no flaw, the patch itself or nothing at all is refused with its words")
    func refusals() throws {
        var story = try PatchStory.assessed()
        #expect(story.refusal(of: link(nil, " "), by: anna)?.code == "bad-flaw")
        #expect(story.refusal(of: link(nil, "two\nlines"), by: anna)?.code == "bad-flaw")
        #expect(
            story.refusal(of: link(nil, String(repeating: "x", count: 201)), by: anna)?.code
                == "bad-flaw")
        #expect(
            story.refusal(of: .linkFlaw(name, riskClass: nil, reason: " "), by: anna)
                == .reasonMissing)
        #expect(story.refusal(of: mend(), by: vera) == .noSuchFlaw(name, known: []))
        try story.tell(link(), by: anna)
        #expect(
            story.refusal(of: .mendFlaw(name, by: PatchStory.id, reason: "x"), by: vera)
                == .mendsItself)
        #expect(PatchStory().refusal(of: link(), by: anna) == .unknown)
    }
}
