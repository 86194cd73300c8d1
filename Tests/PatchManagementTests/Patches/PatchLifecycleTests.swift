import EventSourcing
import Testing

@testable import PatchManagement

@Suite("The life of a patch")
struct PatchLifecycleTests {
    @Test("From the announcement to the documentation")
    func wholeLife() throws {
        var story = try PatchStory.approved()
        #expect(story.state == .approved)
        #expect(story.patch.mayStartRollout(at: story.now))

        let phases: [(RolloutOverview, PatchState)] = [
            (Sample.overview(.planned), .approved),
            (Sample.overview(.awaitingApproval), .approved),
            (Sample.overview(.scheduled), .scheduled),
            (Sample.overview(.running), .deploying),
            (Sample.overview(.paused, verified: 1, failed: 1), .paused),
            (Sample.overview(.running, verified: 3), .deploying),
            (Sample.overview(.completed, verified: 6), .verified),
        ]
        for (overview, state) in phases {
            try story.tell(.observeRollouts(overview), by: workflow)
            #expect(story.state == state)
        }
        #expect(story.types.suffix(2) == ["PatchStateChanged", "PatchVerified"])
        #expect(story.activities.map(\.kind) == ["document"])

        let pack = Digest(of: "pack")
        let partial: [EvidenceItem] = EvidenceItem.allCases.filter { $0 != .signOff }
        #expect(
            story.refusal(of: .document(items: partial, pack: pack), by: workflow)
                == .evidenceMissing([.signOff]))
        try story.tell(.document(items: EvidenceItem.allCases, pack: pack), by: workflow)
        #expect(story.state == .documented)
        #expect(try story.tell(.document(items: [], pack: pack), by: workflow).isEmpty)
    }

    @Test("What earlier rollouts did elsewhere says nothing about the assets of a new approval")
    func narrowerApproval() throws {
        var story = try PatchStory.approved()
        let ended = Sample.overview(.completed, verified: 5, failed: 1)
        try story.tell(.observeRollouts(ended), by: workflow)
        #expect(story.state == .approved && story.patch.outstanding == 1)
        try story.tell(.revokeApproval(reason: "the last one needs care"), by: paul)
        try story.tell(.reopen(reason: "again"), by: anna)
        try story.signOffAndSubmit(for: ApplicableAssets([(production(6), debian12)]))
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .approved && story.patch.outstanding == 1)

        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 1, rollout: 51)), by: workflow)
        #expect(story.state == .verified)
    }

    @Test("Targets that earlier rollouts have done count, when they are counted by name")
    func sameApprovalAgain() throws {
        var story = try PatchStory.approved()
        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 5, failed: 1)), by: workflow)
        try story.tell(.revokeApproval(reason: "renewed"), by: paul)
        try story.tell(.reopen(reason: "again"), by: anna)
        try story.signOffAndSubmit(covered: 5)
        try story.tell(.approve(binding: story.binding), by: paul)
        #expect(story.state == .approved && story.patch.outstanding == 1)
        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 1, rollout: 51)), by: workflow)
        #expect(story.state == .verified)
    }

    @Test("An asset that had the patch already, or not its packages, is not outstanding")
    func skippedAssets() throws {
        var story = try PatchStory.approved()
        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 4, skipped: 2)), by: workflow)
        #expect(story.state == .verified && story.patch.outstanding == 0)

        story = try PatchStory.approved()
        try story.tell(
            .observeRollouts(Sample.overview(.completed, skipped: 6)), by: workflow)
        #expect(story.state == .approved, "nothing proves it anywhere")
    }

    @Test("A test opens its own scope of dispatch, one slot a host, and closes it at its end")
    func control() throws {
        let story = try PatchStory.tested([lab(1), lab(2)])
        let scope = ControlChange.rolloutScope(PatchStory.id)
        #expect(
            story.controls == [
                ControlChange(scope: scope, halted: false, releasedBatch: 0, capacity: 2),
                ControlChange(scope: scope, halted: true),
            ])
        #expect(story.endedAttempts.count == 2)
        #expect(story.timers.isEmpty)
    }

    @Test("What a lab host refuses is told by its own reason, also after a probe")
    func refusedStep() throws {
        var story = try PatchStory.testing()
        let report = ExecutionReport(
            exitCode: 90, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "", seconds: 1,
            rebootRequired: false, bootID: "boot-1",
            refusal: WorkFailure(.diskFull, "4096 bytes are free"))
        try story.work { step, work in
            if case .probe = work { return .probe(.finished(report)) }
            return step == .install ? Sample.failed(.lost) : Sample.healthy(step, work)
        }
        #expect(story.state == .testInconclusive)
        let check = story.patch.qualification?.evidence.first { $0.step == .install }
        #expect(check?.outcome == .inconclusive)
        #expect(check?.detail == "disk-full: 4096 bytes are free")
    }

    @Test("A vendor's id, a package or a version outside the rules names field and value")
    func badIdentification() throws {
        let bad: [(PatchIdentification, String)] = [
            (identification(name: "-o", version: "1"), "bad-package"),
            (identification(name: "curl;id", version: "1"), "bad-package"),
            (identification(name: "curl", version: "a b"), "bad-version"),
            (identification(name: "curl", version: "$(id)"), "bad-version"),
            (identification(name: "curl", version: "1", vendorID: " "), "bad-vendor-id"),
            (identification(name: "curl", version: "1", vendorID: "\u{1b}[2J"), "bad-vendor-id"),
        ]
        for (identification, code) in bad {
            let refusal = PatchStory().refusal(
                of: .identify(identification, patch: PatchStory.id, policy: PatchPolicy()), by: vera
            )
            #expect(refusal?.code == code)
            #expect(refusal?.kind == .invalid)
            #expect(refusal?.message.contains("\u{1b}") == false)
        }
    }

    private func identification(
        name: String, version: String, vendorID: String = "DSA-1"
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: vendorID, title: "t", kind: .update, purpose: .security,
            sourcePackage: "curl",
            packages: [PackageSelection(name: name, architecture: "amd64", version: version)],
            origin: "Debian")
    }

    @Test("Nothing can be asked of a patch that nobody has identified")
    func unknown() {
        #expect(PatchStory().refusal(of: .acquire(from: lab(1).host), by: anna) == .unknown)
        #expect(PatchStory().refusal(of: .withdraw(reason: "x"), by: vera) == .unknown)
    }

    @Test("Identifying twice the same has no effect, and something else is refused")
    func identifiedTwice() throws {
        var story = try PatchStory.identified()
        let again = PatchCommand.identify(
            Sample.identification, patch: PatchStory.id, policy: PatchPolicy())
        #expect(try story.tell(again, by: vera).isEmpty)
        let other = identification(name: "wget", version: "1")
        #expect(
            story.refusal(
                of: .identify(other, patch: PatchStory.id, policy: PatchPolicy()), by: vera)
                == .alreadyIdentified(PatchStory.id))
    }

    @Test("A patch that no asset offers is dismissed, and comes back with a new match")
    func dismissal() throws {
        var story = try PatchStory.identified()
        let nobody = Sample.assessment(targets: ApplicableAssets([]))
        #expect(story.refusal(of: .assess(nobody), by: anna)?.code == "bad-applicable")
        try story.tell(.dismiss(.noApplicableAsset, reason: "not installed"), by: anna)
        #expect(story.state == .notApplicable)
        try story.tell(.assess(Sample.assessment()), by: anna)
        #expect(story.state == .assessed)
        #expect(
            story.refusal(of: .dismiss(.noApplicableAsset, reason: "x"), by: anna)
                == .assetsApply(6))
        try story.tell(.dismiss(.notAffected, reason: "VEX: not affected"), by: anna)
        #expect(story.state == .notApplicable)
    }

    @Test("Files other than the announced ones are not acquired")
    func wrongFiles() throws {
        let other = PinnedPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-3", sha256: Digest(of: "x"),
            size: 1)
        let answers: [([PinnedPackage], WorkFailure.Cause)] = [
            ([], .notAvailable), ([other], .notAvailable), ([Sample.pin, other], .badAnswer),
            ([Sample.pin, Sample.pin], .badAnswer),
        ]
        for (pins, cause) in answers {
            var story = try PatchStory.assessed()
            try story.tell(.acquire(from: lab(1).host), by: anna)
            let events = try story.tell(
                .recordAcquisition(fence: 5, .acquired(pins)), by: worker)
            guard case .acquisitionFailed(let failed) = events.first else {
                Issue.record("\(pins) was taken")
                continue
            }
            #expect(failed.cause == cause)
            #expect(story.state == .acquisitionFailed)
        }
    }

    @Test("A wrong digest or signature puts the files into quarantine until somebody looks")
    func quarantine() throws {
        for cause in [WorkFailure.Cause.digestMismatch, .badSignature] {
            var story = try PatchStory.assessed()
            try story.tell(.acquire(from: lab(1).host), by: anna)
            try story.tell(.recordAcquisition(fence: 5, Sample.failed(cause)), by: worker)
            #expect(story.state == .acquisitionFailed)
            #expect(story.refusal(of: .acquire(from: lab(1).host), by: anna) == .quarantined)
            try story.tell(.reopen(reason: "the mirror was broken"), by: anna)
            #expect(story.state == .assessed)
            #expect(story.refusal(of: .acquire(from: lab(1).host), by: anna) == nil)
        }
    }

    @Test("I10: a passing fault is tried again within its budget, and each result counts once")
    func acquisitionRetries() throws {
        var story = try PatchStory.assessed()
        try story.tell(.acquire(from: lab(1).host), by: anna)
        #expect(
            story.refusal(of: .acquire(from: lab(1).host), by: anna) == .acquisitionUnderWay)
        for fence in Int64(1)...4 {
            let result = PatchCommand.recordAcquisition(fence: fence, Sample.failed(.unreachable))
            #expect(try story.tell(result, by: worker).count == 1)
            #expect(try story.tell(result, by: worker).isEmpty, "heard twice")
            #expect(story.state == .assessed)
        }
        try story.tell(.recordAcquisition(fence: 5, Sample.failed(.lost)), by: worker)
        #expect(story.state == .acquisitionFailed)
        #expect(
            try story.tell(.recordAcquisition(fence: 6, .acquired([Sample.pin])), by: worker)
                .isEmpty, "nobody waits for it any more")
    }

    @Test("A deferral ends by its timer or by a person, and the patch is where it was")
    func deferral() throws {
        var story = try PatchStory.tested()
        let until = story.now + .seconds(3 * 86_400)
        try story.tell(.defer(until: until, reason: "year's end"), by: rolf)
        #expect(story.state == .deferred)
        #expect(story.timers["deferral-end"] == until)
        #expect(
            story.refusal(of: .timer(.deferralEnd), by: clock) == .notDueYet(.deferralEnd, until))
        story.now = until
        try story.tell(.timer(.deferralEnd), by: clock)
        #expect(story.state == .tested)
        #expect(try story.tell(.timer(.deferralEnd), by: clock).isEmpty)

        try story.tell(.defer(until: until + .seconds(60), reason: "again"), by: rolf)
        try story.tell(.resume(reason: "ready"), by: rolf)
        #expect(story.state == .tested)
    }

    @Test("An urgent patch can't be deferred, nor one whose rollout is open, nor for ever")
    func noDeferral() throws {
        var urgent = try PatchStory.assessed(Sample.assessment(.urgent))
        let soon = urgent.now + .seconds(60)
        #expect(
            urgent.refusal(of: .defer(until: soon, reason: "x"), by: rolf) == .urgentNeedsException)
        urgent = try PatchStory.assessed()
        let never = urgent.now + .seconds(181 * 86_400)
        #expect(
            urgent.refusal(of: .defer(until: never, reason: "x"), by: rolf)?.code
                == "expiry-out-of-range")
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.planned)), by: workflow)
        #expect(story.refusal(of: .defer(until: soon, reason: "x"), by: rolf) == .rolloutsOpen(1))
    }

    @Test("A withdrawn patch starts nothing, ends its test, and is reinstated where it was")
    func withdrawal() throws {
        var story = try PatchStory.approved()
        try story.tell(.withdraw(reason: "the vendor called it back"), by: vera)
        #expect(story.state == .withdrawn)
        #expect(!story.patch.mayStartRollout(at: story.now))
        try story.tell(.reinstate(reason: "a false alarm"), by: vera)
        #expect(story.state == .approved)
        #expect(story.patch.mayStartRollout(at: story.now))

        var test = try PatchStory.testing()
        try test.tell(.withdraw(reason: "called back"), by: vera)
        try test.tell(.reinstate(reason: "a false alarm"), by: vera)
        #expect(test.state == .testInconclusive)
        #expect(test.controls.last?.halted == true)
        #expect(test.activities.isEmpty)
    }

    @Test("A successor ends what was not tested, and only marks what was")
    func succession() throws {
        let successor = StreamID(prefix: "pa", uuid(2))
        var early = try PatchStory.acquired()
        try early.tell(.supersede(by: successor), by: vera)
        #expect(early.state == .superseded)
        var late = try PatchStory.tested()
        try late.tell(.supersede(by: successor), by: vera)
        #expect(late.state == .tested)
        #expect(late.patch.successor == successor)
        #expect(
            late.refusal(of: .supersede(by: PatchStory.id), by: vera) == .supersedesItself)
    }

    @Test("After a rollback the version is unwelcome until it was tested and approved again")
    func rolledBack() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.running)), by: workflow)
        try story.tell(.observeRollouts(Sample.overview(.rollingBack, failed: 1)), by: workflow)
        #expect(story.state == .rollingBack)
        try story.tell(.observeRollouts(Sample.overview(.rollbackFailed, failed: 1)), by: workflow)
        #expect(story.state == .rollbackFailed)
        #expect(!story.patch.mayStartRollout(at: story.now))
        try story.tell(.handToOwner(reason: "the disk is broken"), by: anna)
        #expect(story.state == .handedToOwner)
        try story.tell(.reopen(reason: "a new disk"), by: anna)
        #expect(story.state == .acquired)
        #expect(story.patch.evidence == nil)
        let late = PatchCommand.observeRollouts(Sample.overview(.rolledBack, failed: 1))
        #expect(try story.tell(late, by: workflow).isEmpty, "that rollout no longer speaks for it")
        #expect(story.state == .acquired)
    }

    @Test("Several rollouts: the most pressing one shows, and their counts add up")
    func severalRollouts() throws {
        var story = try PatchStory.approved()
        func observe(_ phase: RolloutPhase, _ verified: Int, _ rollout: UInt64) throws {
            let overview = Sample.overview(phase, verified: verified, rollout: rollout)
            try story.tell(.observeRollouts(overview), by: workflow)
        }
        try observe(.running, 0, 51)
        try observe(.running, 0, 52)
        try observe(.completed, 2, 51)
        #expect(story.state == .deploying)
        try observe(.aborted, 1, 52)
        #expect(story.state == .approved)
        #expect(story.patch.outstanding == 3)
        let ended = story.events.count
        try observe(.running, 1, 52)
        #expect(story.events.count == ended, "what has ended doesn't run again")
        try observe(.running, 0, 53)
        try observe(.completed, 3, 53)
        #expect(story.state == .verified)
    }

    @Test("I16: a running rollout's counts cost the patch no event")
    func quietCounts() throws {
        var story = try PatchStory.approved()
        try story.tell(.observeRollouts(Sample.overview(.running)), by: workflow)
        for verified in 1...5 {
            let overview = Sample.overview(.running, verified: verified)
            #expect(try story.tell(.observeRollouts(overview), by: workflow).isEmpty)
        }
    }
}
