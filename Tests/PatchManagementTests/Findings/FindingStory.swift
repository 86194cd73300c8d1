import EventSourcing

@testable import PatchManagement

typealias FindingStory = StreamStory<FindingDecider>

let classifier = Actor.service(.classifier)
let monitor = Actor.service(.monitor)
let ines = Actor(id: "pe_ines", role: "incidentCommander")

extension Sample {
    static let vulnerability = VulnerabilityID("CVE-2026-0001")
    static let exception = StreamID(prefix: "ex", uuid(70))
    static let control = StreamID(prefix: "ct", uuid(71))
    static let deployment = StreamID(prefix: "de", uuid(72))

    /// Observed and in scope a day before the stories begin, and its fix is of that day.
    static func opening(
        match: String = "match", observed: Int = -1, fix: Int? = -1
    ) throws -> FindingOpening {
        FindingOpening(
            asset: production(1), vulnerability: try unwrapped(vulnerability), package: "curl",
            installedVersion: "7.88.1-1", match: Digest(of: match),
            observed: Moments.days(observed), inScope: Moments.days(-1),
            fixReleased: fix.map(Moments.days))
    }

    /// Important, by an active exploitation of something that isn't exposed.
    static let inputs: ClassificationInputs = {
        var inputs = ClassificationTests.Case.quiet
        inputs.criticality = .high
        inputs.ssvc = SSVCSignals(exploitation: .active)
        return inputs
    }()

    /// CISA's table asks for three days and forensics.
    static let urgentInputs: ClassificationInputs = {
        var inputs = Sample.inputs
        inputs.knownExploitedSince = Moments.days(-1)
        inputs.ratings = [Vectors.worm]
        return inputs
    }()

    static func patched(gathered: Timestamp, installed: Timestamp) -> Resolution {
        Resolution(
            means: .patched, evidence: Digest(of: "scan"), gathered: gathered,
            deployment: deployment, installed: installed)
    }
}

extension FindingStory {
    static func opened(fix: Int? = -1) throws -> FindingStory {
        var story = FindingStory()
        try story.tell(.open(Sample.opening(fix: fix)), by: monitor)
        return story
    }

    static func classified(
        _ inputs: ClassificationInputs = Sample.inputs, fix: Int? = -1
    ) throws -> FindingStory {
        var story = try opened(fix: fix)
        try story.tell(.classify(inputs, ClassificationPolicy()), by: classifier)
        return story
    }

    /// Installed and scanned an hour apart, a day later.
    static func resolved() throws -> FindingStory {
        var story = try classified()
        story.pass(days: 1)
        try story.tell(
            .resolve(
                Sample.patched(
                    gathered: story.now + .seconds(-60), installed: story.now + .seconds(-3600))),
            by: workflow)
        return story
    }
}
