import EventSourcing
import Foundation
import PatchManagement
import Testing

/// What becomes of an asset whose worker is lost, or can't say what it did.
@Suite struct LostWorkerTests {
    /// I4, I7, I18: an intent whose activity was given back (its result could not be recorded, say)
    /// and claimed again is neither begun a second time nor forgotten: the asset is probed.
    @Test(arguments: [DeploymentStep.install, .rollBack])
    func aStepGivenBackAfterItsIntentIsProbed(_ step: DeploymentStep) throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        if step == .rollBack { try story.untilRollingBack(fence: 5) }
        let fence = story.state.fence + 1

        #expect(throws: DeploymentRejection.stepNotDue(step, story.state.phase)) {
            try story.decide(.beginStep(step, worker: UUID(), fence: fence))
        }
        try story.tell(.loseLease(step, fence: fence))
        #expect(story.state.phase == (step == .install ? .installInDoubt : .rollbackInDoubt))
        #expect(story.kinds(of: story.last) == ["probe"])
    }

    /// I5: word of a claim from before the intent says nothing about it.
    @Test func aClaimFromBeforeTheIntentSaysNothing() throws {
        var story = try DeploymentStory()
        try story.untilInstalling(fence: 3)
        #expect(try story.decide(.loseLease(.install, fence: 2)) == [])
        #expect(story.state.phase == .installing)
    }
}

/// One deployment, told command by command.
private struct DeploymentStory {
    private(set) var state = DeploymentDecider.initialState
    private(set) var last: [DeploymentEvent] = []
    private let order: DeploymentOrder
    private let start = Timestamp(seconds: 1_767_225_600)

    private static let pin = PinnedPackage(
        name: "curl", architecture: "amd64", version: "7.88.1-2", sha256: Digest(of: "curl"),
        size: 4711)
    private static let before = PackageSelection(
        name: "curl", architecture: "amd64", version: "7.88.1-1")
    private static let executed = WorkResult.executed(
        ExecutionReport(
            exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
            seconds: 1, rebootRequired: false, bootID: "boot-1"))

    init() throws {
        let asset = StreamID(prefix: "as", UUID())
        let target = RolloutTarget(
            asset: asset,
            host: HostAddress(
                asset: asset, name: "web-1", address: "192.0.2.1", port: 22, user: "root"),
            site: "home", stratum: "debian 12 amd64", criticality: "low")
        let plan = try RolloutPlanner.plan(
            RolloutPlanner.Request(
                rollout: StreamID(prefix: "ro", UUID()), patch: StreamID(prefix: "pa", UUID()),
                artefactDigest: Digest(of: "artefact"), pins: [Self.pin],
                checks: VerificationChecks(packages: [], services: [], command: nil),
                targets: [target], riskClass: .important, policy: Policy(), startsAt: start))
        order = plan.order(for: target, batch: 0, planDigest: Digest(of: "plan"))
    }

    func decide(_ command: DeploymentCommand) throws -> [DeploymentEvent] {
        let context = CommandContext(
            actor: Actor(id: "worker", role: "worker"), at: start, commandID: UUID())
        return try DeploymentDecider.decide(command, context, state)
    }

    mutating func tell(_ command: DeploymentCommand) throws {
        last = try decide(command)
        for event in last { DeploymentDecider.evolve(&state, event) }
    }

    /// The kinds of the activities that follow from `events`.
    func kinds(of events: [DeploymentEvent]) -> [String] {
        events.flatMap { DeploymentDecider.effects(of: $0, state) }.compactMap {
            if case .schedule(let activity) = $0 { activity.kind } else { nil }
        }
    }

    private mutating func perform(
        _ step: DeploymentStep, fence: Int64, _ result: WorkResult
    ) throws {
        if step.needsPermit { try tell(.beginStep(step, worker: UUID(), fence: fence)) }
        try tell(.recordResult(step, result, fence: fence))
    }

    mutating func untilInstalling(fence: Int64) throws {
        try tell(.queue(order))
        let report = PrecheckReport(
            obstacles: [], installed: [Self.before], freeBytes: 1_000_000, bootID: "boot-1")
        try perform(.precheck, fence: fence - 2, .precheck(report))
        let prior = PriorPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-1",
            keptFile: Digest(of: "old"))
        try perform(.backUp, fence: fence - 1, .backUp([prior]))
        try tell(.beginStep(.install, worker: UUID(), fence: fence))
        try #require(state.phase == .installing)
    }

    mutating func untilRollingBack(fence: Int64) throws {
        try tell(.recordResult(.install, Self.executed, fence: state.fence))
        try tell(.orderRollback(reason: "bad news"))
        try tell(.beginStep(.rollBack, worker: UUID(), fence: fence))
        try #require(state.phase == .rollingBack)
    }
}
