import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Findings: treatment, disputes, ends and holds")
struct FindingEndTests {
    private let policy = ClassificationPolicy()

    // MARK: Treatment

    @Test("An accepted risk stops the clock; its end brings the old deadline back, or a new one")
    func accepted() throws {
        for restart in ClockRestart.allCases {
            var story = try FindingStory.classified()
            try story.tell(
                .accept(exception: Sample.exception, until: Moments.days(30), restart: restart),
                by: workflow)
            #expect(story.timers["treatment-end"] == Moments.days(30))
            story.now = Moments.days(13)
            #expect(try story.tell(.timer(.breach), by: clock, timer: "sla-breach").isEmpty)
            #expect(
                story.refusal(of: .timer(.treatmentEnd), by: clock)
                    == .notDueYet(.treatmentEnd, Moments.days(30)))
            story.now = Moments.days(30)
            try story.tell(.timer(.treatmentEnd), by: clock, timer: "treatment-end")
            #expect(story.state.phase == .open)
            let deadline = restart == .restarts ? Moments.days(30 + 14) : Moments.days(13)
            #expect(story.state.deadline == deadline)
            #expect(story.timers["sla-breach"] == deadline)
        }
    }

    @Test("A control that stands in for the fix that isn't there stops the clock until it lapses")
    func mitigated() throws {
        var story = try FindingStory.classified(fix: nil)
        try story.tell(
            .mitigate(control: Sample.control, until: Moments.days(40)), by: workflow)
        #expect(!story.state.clockRuns)
        #expect(
            try story.tell(.endTreatment(by: Sample.exception, reason: "x"), by: workflow) == [])
        try story.tell(
            .endTreatment(by: Sample.control, reason: "the rule was removed"), by: workflow)
        #expect(story.state.phase == .open)
        #expect(story.state.clockRuns)
        #expect(story.state.treatment == nil)
        // Where there is a fix, a control gives no time to wait for it.
        var fixed = try FindingStory.classified()
        try fixed.tell(
            .mitigate(control: Sample.control, until: Moments.days(40)), by: workflow)
        #expect(fixed.state.clockRuns)
        fixed.now = Moments.days(13)
        try fixed.tell(.timer(.breach), by: clock, timer: "sla-breach")
        #expect(fixed.state.isBreached)
    }

    @Test("Nothing stands in for a patch that has ended already")
    func ended() throws {
        let story = try FindingStory.classified()
        for command in [
            FindingCommand.mitigate(control: Sample.control, until: story.now),
            .accept(exception: Sample.exception, until: story.now, restart: .keeps),
        ] {
            #expect(
                story.refusal(of: command, by: workflow)
                    == .endInPast(story.now, now: story.now))
        }
    }

    // MARK: Disputes

    @Test(
        "Whoever disputes it may not end it; another analyst may, and the scanner by a later look")
    func endOfDispute() throws {
        var story = try FindingStory.resolved()
        story.pass(days: 1)
        let dispute = FindingCommand.dispute(
            .stillThere, source: "by hand", evidence: Digest(of: "x"), gathered: story.now,
            reason: "it answers as before")
        try story.tell(dispute, by: anna)
        let end = FindingCommand.rejectDispute(
            source: nil, gathered: story.now, reason: "the banner only")
        #expect(story.refusal(of: end, by: anna)?.code == "disputer-may-not-end")
        #expect(
            try story.tell(
                .rejectDispute(source: "trivy", gathered: story.now, reason: "gone"), by: monitor
            ).isEmpty, "another source has no say")
        try story.tell(end, by: Actor(id: "pe_other", role: "analyst"))
        #expect(story.state.phase == .resolved)
    }

    @Test("A scanner that finds what is verified as gone makes it disputed, not to be documented")
    func stillThere() throws {
        var story = try FindingStory.resolved()
        let before = FindingCommand.dispute(
            .stillThere, source: "trivy", evidence: Digest(of: "old report"),
            gathered: story.now + .seconds(-60), reason: "found")
        #expect(story.refusal(of: before, by: monitor)?.code == "evidence-too-old")
        try story.tell(
            .dispute(
                .stillThere, source: "trivy", evidence: Digest(of: "report"), gathered: story.now,
                reason: "found"),
            by: monitor)
        #expect(story.state.blocksDocumentation)
        #expect(!story.state.clockRuns)
        // What was gathered before the doubt doesn't end it.
        let old = Sample.patched(
            gathered: story.now, installed: story.now + .seconds(-3600))
        #expect(story.refusal(of: .resolve(old), by: workflow)?.code == "evidence-too-old")
        story.pass(days: 1)
        var settled = story
        try settled.tell(
            .resolve(Sample.patched(gathered: settled.now, installed: Moments.days(1))),
            by: workflow)
        #expect(settled.state.phase == .resolved)
        // The scanner was right.
        try story.tell(.open(Sample.opening(match: "new", observed: 2)), by: monitor)
        #expect(story.state.phase == .open)
        #expect(story.state.episode == 2)
    }

    @Test("An owner's doubt leaves the clock running, and is dismissed with it or rejected")
    func notAffected() throws {
        var story = try FindingStory.classified()
        let dispute = FindingCommand.dispute(
            .notAffected, source: "owner", evidence: Digest(of: "mail"), gathered: story.now,
            reason: "not compiled in")
        try story.tell(dispute, by: anna)
        #expect(try story.tell(dispute, by: anna).isEmpty)
        #expect(story.state.clockRuns)
        var dismissed = story
        try dismissed.tell(.dismiss(.falsePositive, reason: "they are right"), by: anna)
        #expect(dismissed.state.phase == .dismissed)
        #expect(dismissed.timers.isEmpty)
        try story.tell(.reopen(reason: "it is compiled in"), by: anna)
        #expect(story.state.phase == .open)
        #expect(story.state.episode == 1)
        #expect(story.state.deadline == Moments.days(13))
    }

    @Test("A treatment that ends during a dispute doesn't come back with the dispute's end")
    func disputedTreatment() throws {
        var story = try FindingStory.classified()
        try story.tell(
            .accept(exception: Sample.exception, until: Moments.days(30), restart: .keeps),
            by: workflow)
        try story.tell(
            .dispute(
                .notAffected, source: "owner", evidence: Digest(of: "mail"), gathered: story.now,
                reason: "not ours"),
            by: anna)
        try story.tell(
            .endTreatment(by: Sample.exception, reason: "it was revoked"), by: workflow)
        #expect(story.state.phase == .disputed)
        #expect(story.state.clockRuns)
        try story.tell(.reopen(reason: "it is ours"), by: anna)
        #expect(story.state.phase == .open)
    }

    // MARK: Ends

    @Test("I13: only evidence from after the installation closes it, and says whether in time")
    func resolved() throws {
        let story = try FindingStory.resolved()
        guard case .resolved(let event) = story.events.last else {
            Issue.record("not resolved")
            return
        }
        #expect(event.isInTime == true)
        #expect(event.isGoverned)
        #expect(story.timers.isEmpty)
        var open = try FindingStory.classified()
        open.pass(days: 1)
        let installed = open.now + .seconds(-3600)
        for (resolution, code) in [
            (Sample.patched(gathered: installed, installed: installed), "evidence-too-old"),
            (
                Sample.patched(gathered: open.now + .seconds(61), installed: installed),
                "in-the-future"
            ),
            (
                Resolution(means: .patched, evidence: Digest(of: "x"), gathered: open.now),
                "deployment-missing"
            ),
            (
                Resolution(
                    means: .removed, evidence: Digest(of: "x"), gathered: open.now,
                    installed: installed), "deployment-not-expected"
            ),
            (
                Resolution(
                    means: .outOfBand, evidence: Digest(of: "x"), gathered: Moments.days(-1)),
                "evidence-too-old"
            ),
        ] {
            #expect(open.refusal(of: .resolve(resolution), by: workflow)?.code == code)
        }
    }

    @Test("What was installed out of band is ungoverned; evidence after the deadline is late")
    func outOfBand() throws {
        var story = try FindingStory.classified()
        story.now = Moments.days(13) + .seconds(1)
        try story.tell(
            .resolve(
                Resolution(means: .outOfBand, evidence: Digest(of: "scan"), gathered: story.now)),
            by: monitor)
        guard case .resolved(let event) = story.events.last else {
            Issue.record("not resolved")
            return
        }
        #expect(!event.isGoverned)
        #expect(event.isInTime == false)
        #expect(event.deadline == Moments.days(13))
    }

    @Test("A newer match reopens it anew, with the old life linked; an older one says nothing")
    func reopened() throws {
        var story = try FindingStory.resolved()
        #expect(try story.tell(.open(Sample.opening(match: "old")), by: monitor).isEmpty)
        story.pass(days: 100)
        try story.tell(.open(Sample.opening(match: "new", observed: 100)), by: monitor)
        guard case .reopened(let event) = story.events.last, let anew = event.anew else {
            Issue.record("not reopened")
            return
        }
        #expect(anew.number == 2)
        #expect(anew.previousDeadline == Moments.days(13))
        #expect(anew.previousResolution?.means == .patched)
        #expect(story.state.deadline == nil)
        #expect(story.state.classification == nil)
        try story.tell(.classify(Sample.inputs, policy), by: classifier)
        #expect(story.state.clock?.start == story.now)
        #expect(story.state.deadline == story.now + .seconds(14 * 86_400))
    }

    @Test("The scan that closed it opens it again when the fix turns out not to be one")
    func incompleteFix() throws {
        var story = try FindingStory.resolved()
        let resolution = try #require(story.state.resolution)
        func seen(_ match: String) throws -> FindingOpening {
            FindingOpening(
                asset: production(1), vulnerability: try #require(Sample.vulnerability),
                package: "curl", installedVersion: "7.88.1-2", match: Digest(of: match),
                observed: resolution.gathered, inScope: Moments.days(-1), fixReleased: nil)
        }
        story.pass(days: 5)
        #expect(try story.tell(.open(seen("match")), by: monitor).isEmpty)
        try story.tell(.open(seen("7.88.1-2 is affected, too")), by: monitor)
        #expect(story.state.phase == .open)
        #expect(story.state.fixReleased == nil)
    }

    @Test("A resolution that an analyst took back isn't brought back by the same evidence")
    func takenBack() throws {
        var story = try FindingStory.resolved()
        let resolution = try #require(story.state.resolution)
        story.pass(days: 1)
        try story.tell(.reopen(reason: "the scan was of another host"), by: anna)
        #expect(story.state.episode == 2)
        #expect(
            story.refusal(of: .resolve(resolution), by: workflow)?.code == "evidence-too-old")
        story.pass(days: 1)
        try story.tell(
            .resolve(Sample.patched(gathered: story.now, installed: Moments.days(1))), by: workflow)
        #expect(story.state.phase == .resolved)
    }

    @Test("What was dismissed is reopened by another match, not by the same one found again")
    func dismissed() throws {
        var story = try FindingStory.classified()
        try story.tell(.dismiss(.notAffected, reason: "VEX of the vendor"), by: anna)
        story.pass(days: 3)
        #expect(try story.tell(.open(Sample.opening(observed: 3)), by: monitor).isEmpty)
        try story.tell(.open(Sample.opening(match: "other version", observed: 3)), by: monitor)
        #expect(story.state.phase == .open)
        #expect(story.state.episode == 2)
    }

    // MARK: Forensic holds

    @Test("CISA's row places a hold once; evidence releases it; the asset waits until then")
    func hold() throws {
        var story = try FindingStory.classified(Sample.urgentInputs)
        #expect(story.types.suffix(2) == ["FindingClassified", "ForensicHoldPlaced"])
        #expect(story.state.isHeld)
        try story.tell(.classify(Sample.inputs, policy), by: classifier)
        try story.tell(.classify(Sample.urgentInputs, policy), by: classifier)
        #expect(story.types.filter { $0 == "ForensicHoldPlaced" }.count == 1)
        try story.tell(.collectEvidence(Digest(of: "memory"), reason: "dumped"), by: ines)
        #expect(!story.state.isHeld)
        #expect(
            try story.tell(.collectEvidence(Digest(of: "memory"), reason: "again"), by: ines) == [])
        #expect(
            story.refusal(of: .collectEvidence(Digest(of: "disk"), reason: "more"), by: ines)
                == .noHold)
    }

    @Test("After a day the incident commander decides, nobody else, and with a reason")
    func decided() throws {
        var story = try FindingStory.classified(Sample.urgentInputs)
        let release = FindingCommand.decideHold(.released, reason: "no signs", policy: policy)
        #expect(story.refusal(of: release, by: ines) == .holdNotDue(Moments.days(1)))
        story.pass(days: 1)
        #expect(story.state.hold?.needsDecision(at: story.now) == true)
        #expect(story.refusal(of: release, by: anna) == .commanderNeeded("analyst"))
        #expect(
            story.refusal(
                of: .decideHold(.released, reason: " ", policy: policy), by: ines)
                == .reasonMissing)
        try story.tell(.decideHold(.kept, reason: "the image is late", policy: policy), by: ines)
        #expect(story.state.isHeld)
        #expect(story.refusal(of: release, by: ines) == .holdNotDue(Moments.days(2)))
        story.pass(days: 1)
        try story.tell(release, by: ines)
        #expect(!story.state.isHeld)
    }

    @Test("A hold that is open outlasts the finding's end and its new life")
    func outlasting() throws {
        var story = try FindingStory.classified(Sample.urgentInputs)
        story.pass(days: 1)
        try story.tell(
            .resolve(
                Resolution(means: .outOfBand, evidence: Digest(of: "scan"), gathered: story.now)),
            by: monitor)
        #expect(story.state.isHeld)
        story.pass(days: 1)
        try story.tell(.open(Sample.opening(match: "new", observed: 2)), by: monitor)
        #expect(story.state.isHeld)
        var person = try FindingStory.classified()
        try person.tell(.placeHold(reason: "odd log lines", policy: policy), by: ines)
        #expect(try person.tell(.placeHold(reason: "again", policy: policy), by: ines).isEmpty)
        #expect(person.state.isHeld)
    }
}
