import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Bundles: non-critical patches that are tested and deployed as one")
struct BundleTests {
    private static let curl = StreamID(prefix: "pa", uuid(21))
    private static let wget = StreamID(prefix: "pa", uuid(22))
    private static let wgetPin = PinnedPackage(
        name: "wget", architecture: "amd64", version: "7.88.1-2", sha256: Digest(of: "wget"),
        size: 12)

    private static func identification() throws -> PatchIdentification {
        try PatchBundling.identification(
            title: "July, servers",
            of: [
                (curl, RelatedPatches.part("curl", ["curl"])),
                (wget, RelatedPatches.part("wget", ["wget"])),
            ])
    }

    /// Answers for both packages, where `Sample` has one.
    private static func healthy(_ step: QualificationStep, _ work: Work) -> WorkResult {
        func both(_ version: String) -> [PackageSelection] {
            ["curl", "wget"].map {
                PackageSelection(name: $0, architecture: "amd64", version: version)
            }
        }
        func scan(_ version: String) -> WorkResult {
            .verification(
                VerificationReport(
                    installed: both(version),
                    services: [VerificationReport.Service(name: "cron", state: .running)],
                    commandExitCode: 0, commandOutput: "", rebootRequired: false,
                    bootID: "boot-1"))
        }
        return switch step {
        case .precheck:
            .precheck(
                PrecheckReport(
                    obstacles: [], installed: both("7.88.1-1"), freeBytes: 1_000_000,
                    bootID: "boot-1"))
        case .backUp:
            .backUp(
                both("7.88.1-1").map {
                    PriorPackage(
                        name: $0.name, architecture: "amd64", version: $0.version,
                        keptFile: Digest(of: $0.name))
                })
        case .verify: scan("7.88.1-2")
        case .verifyRestored: scan("7.88.1-1")
        default: Sample.healthy(step, work)
        }
    }

    private static func acquired() throws -> PatchStory {
        var story = PatchStory()
        try story.tell(
            .identify(try identification(), patch: PatchStory.id, policy: PatchPolicy()),
            by: anna)
        try story.tell(.assess(Sample.assessment(.nonCritical)), by: anna)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        story.fence += 1
        try story.tell(
            .recordAcquisition(fence: story.fence, .acquired([Sample.pin, wgetPin])), by: worker)
        return story
    }

    private static func approved() throws -> PatchStory {
        var story = try acquired()
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        try story.work(healthy)
        try story.signOffAndSubmit()
        try story.tell(.approve(binding: story.binding), by: paul)
        return story
    }

    /// For the stored forms.
    static func story() throws -> [any DomainEvent] {
        var story = try approved()
        try story.tell(
            .leaveBundle(wget, reason: "it broke the test of another site"), by: rita)
        return story.events.filter {
            if case .memberLeft = $0 { true } else { false }
        }
    }

    @Test("It brings what its members bring, each package from one of them")
    func identified() throws {
        let bundle = try Self.identification()
        #expect(bundle.faults.isEmpty)
        #expect(bundle.packages.map(\.name) == ["curl", "wget"])
        #expect(bundle.inside == [Self.curl, Self.wget].sorted())
        #expect(bundle.items?.map(\.patch) == [Self.curl, Self.wget])
        #expect(bundle.source(of: "wget") == "wget")
        #expect(bundle.kind.mayWaitForOthers(bundle.purpose))
    }

    @Test("A security hotfix and firmware go alone, and two of one package don't go together")
    func refused() throws {
        func field(_ second: PatchIdentification) -> String? {
            do {
                _ = try PatchBundling.identification(
                    title: "July",
                    of: [(Self.curl, RelatedPatches.part("curl", ["curl"])), (Self.wget, second)])
                return nil
            } catch {
                return error.code
            }
        }
        #expect(field(RelatedPatches.part("wget", ["wget"])) == nil)
        #expect(
            field(RelatedPatches.part("wget", ["wget"], purpose: .security, kind: .hotfix))
                == "bad-patches")
        #expect(field(RelatedPatches.part("wget", ["wget"], kind: .hotfix)) == nil)
        #expect(field(RelatedPatches.part("bmc", ["bmc"], kind: .firmware)) == "bad-patches")
        #expect(field(RelatedPatches.part("curl", ["curl"], version: "8")) == "bad-patches")
        #expect(field(RelatedPatches.pack()) == "bad-patches")
        #expect(field(try Self.identification()) == "bad-patches")
        #expect(throws: PatchRejection.self) {
            try PatchBundling.identification(
                title: "July", of: [(Self.curl, RelatedPatches.part("curl", ["curl"]))])
        }
    }

    @Test("It is tested and approved as the combination that it is, under one digest (I14)")
    func combination() throws {
        let story = try Self.approved()
        #expect(story.state == .approved)
        #expect(story.patch.artefact?.pins.map(\.name) == ["curl", "wget"])
        #expect(story.patch.approval?.binding.artefact == story.patch.artefact?.digest)
    }

    @Test("A verified bundle tells its members, as a service pack does")
    func verified() throws {
        var story = try Self.approved()
        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        guard case .verified(let event) = try unwrapped(story.events.last) else {
            Issue.record("\(story.types)")
            return
        }
        #expect(event.pack?.holds == [Self.curl, Self.wget].sorted())
    }

    @Test(
        "Whoever leaves voids test, sign-off and approval; the other files stay as they were (I14)")
    func leaving() throws {
        var story = try Self.approved()
        try story.tell(
            .observeRollouts(Sample.overview(.running, verified: 1)), by: workflow)
        let before = try #require(story.patch.artefact)
        let events = try story.tell(.leaveBundle(Self.wget, reason: "it broke a test"), by: rita)
        guard case .memberLeft(let left) = try unwrapped(events.first) else {
            Issue.record("\(events)")
            return
        }
        #expect(left.rollouts == story.patch.rollouts.map(\.rollout), "they are paused")
        #expect(story.state == .acquired)
        #expect(story.patch.evidence == nil && story.patch.approval == nil)
        #expect(story.patch.signedOffBy == nil)
        #expect(!story.patch.mayStartRollout(at: story.now))
        let after = try #require(story.patch.artefact)
        #expect(after.pins == before.pins.filter { $0.name == "curl" })
        #expect(after.digest != before.digest)
        #expect(story.patch.identification?.packages.map(\.name) == ["curl"])
        #expect(story.patch.identification?.items?.map(\.patch) == [Self.curl])
        // Said again, or of somebody who was never in it.
        #expect(try story.tell(.leaveBundle(Self.wget, reason: "it broke a test"), by: rita) == [])
        // Whoever took it out may not approve what remains.
        #expect(story.patch.lastEditor == rita)
        // The last one takes the bundle with it.
        try story.tell(.leaveBundle(Self.curl, reason: "nothing remains"), by: rita)
        #expect(story.state == .withdrawn)
    }

    @Test("A test that is under way ends with it, inconclusive")
    func leavingInTest() throws {
        var story = try Self.acquired()
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        try story.tell(.leaveBundle(Self.curl, reason: "withdrawn"), by: workflow)
        #expect(story.types.contains("QualificationInconclusive"))
        #expect(story.state == .acquired)
        #expect(story.patch.artefact?.pins.map(\.name) == ["wget"])
    }

    @Test("A member that is withdrawn, or no longer non-critical, names the bundle that it leaves")
    func byItself() throws {
        var member = try PatchStory.identified()
        let bundle = StreamID(prefix: "pa", uuid(60))
        try member.tell(.assess(Sample.assessment(.nonCritical)), by: anna)
        try member.tell(.holdInPack(bundle), by: workflow)
        var urgent = member
        guard
            case .assessed(let event) = try unwrapped(
                try urgent.tell(.assess(Sample.assessment(.urgent)), by: anna).first)
        else { return }
        #expect(event.pack == bundle)
        guard
            case .withdrawn(let event) = try unwrapped(
                try member.tell(.withdraw(reason: "recalled"), by: vera).last)
        else { return }
        #expect(event.pack == bundle)
    }
}
