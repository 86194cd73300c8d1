import EventSourcing
import FoundationEssentials

@testable import PatchManagement

/// The stretches of a patch's life that many tests begin with.
extension PatchStory {
    typealias Answer = (QualificationStep, Work) -> WorkResult

    static func identified(packages: [String] = ["curl"]) throws -> PatchStory {
        var story = PatchStory()
        let identification = PatchIdentification(
            vendorID: Sample.identification.vendorID, title: Sample.identification.title,
            kind: .update, purpose: .security, sourcePackage: "curl",
            packages: packages.map {
                PackageSelection(name: $0, architecture: "amd64", version: "7.88.1-2")
            },
            origin: Sample.identification.origin)
        try story.tell(.identify(identification, patch: id, policy: PatchPolicy()), by: vera)
        return story
    }

    static func assessed(_ assessment: Assessment = Sample.assessment()) throws -> PatchStory {
        var story = try identified()
        try story.tell(.assess(assessment), by: anna)
        return story
    }

    static func acquired() throws -> PatchStory {
        var story = try assessed()
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        story.fence += 1
        try story.tell(
            .recordAcquisition(fence: story.fence, .acquired([Sample.pin])), by: worker)
        return story
    }

    static func testing(_ sample: [QualificationSample] = [lab(1)]) throws -> PatchStory {
        var story = try acquired()
        try story.tell(.startQualification(sample: sample, targetStrata: []), by: tom)
        return story
    }

    static func tested(_ sample: [QualificationSample] = [lab(1)]) throws -> PatchStory {
        var story = try testing(sample)
        try story.work(Sample.healthy)
        return story
    }

    static func awaitingApproval() throws -> PatchStory {
        var story = try tested()
        try story.signOffAndSubmit()
        return story
    }

    static func approved() throws -> PatchStory {
        var story = try awaitingApproval()
        try story.tell(.approve(binding: story.binding), by: paul)
        return story
    }

    mutating func signOffAndSubmit(
        for targets: ApplicableAssets = Sample.targets, covered: Int = 0,
        expires: Duration = .seconds(10 * 86_400)
    ) throws {
        try tell(.signOff(evidence: patch.evidence?.digest ?? Digest(of: "none")), by: sam)
        try tell(
            .submit(Sample.selector, targets: targets, expires: now + expires, covered: covered),
            by: rita)
    }

    /// The digest that waits for an approval.
    var binding: Digest { patch.approval?.binding.digest ?? Digest(of: "none") }

    /// Works off the activities of a test as a worker does: the intent first, then the step, then
    /// its result under the same fence.
    mutating func work(_ answer: Answer) throws {
        while let activity = activities.first {
            try workOnce(activity, answer)
        }
    }

    /// Works off the first activity only.
    mutating func workOnce(_ answer: Answer) throws {
        guard let activity = activities.first else { return }
        try workOnce(activity, answer)
    }

    private mutating func workOnce(_ activity: NewActivity, _ answer: Answer) throws {
        activities.removeFirst()
        let task = try CanonicalJSON.decode(QualificationTask.self, from: activity.data)
        fence += 1
        let held = fence
        let asset = task.host.asset
        var isProbe = false
        if case .probe = task.work { isProbe = true }
        if task.step.needsIntent, !isProbe {
            try tell(
                .beginStep(task.step, asset: asset, worker: uuid(9), fence: held), by: worker)
        }
        try tell(
            .recordResult(task.step, asset: asset, fence: held, answer(task.step, task.work)),
            by: worker)
    }
}
