import EventSourcing
import Foundation
import Testing

@testable import PatchManagement

/// One deployment, told command by command.
struct DeploymentStory {
    private(set) var state = DeploymentDecider.initialState
    private(set) var last: [DeploymentEvent] = []
    private let order: DeploymentOrder
    private static let start = Timestamp(seconds: 1_767_225_600)
    var now = Self.start

    static func pin(_ name: String, _ architecture: String = "amd64") -> PinnedPackage {
        PinnedPackage(
            name: name, architecture: architecture, version: "7.88.1-2", sha256: Digest(of: name),
            size: 4711)
    }

    static let before = PackageSelection(
        name: "curl", architecture: "amd64", version: "7.88.1-1")
    static let executed = WorkResult.executed(
        ExecutionReport(
            exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
            seconds: 1, rebootRequired: false, bootID: "boot-1"))

    init(
        pins: [PinnedPackage] = [pin("curl")], reboot: RebootPolicy = .never,
        services: [String] = [], criticality: String = "low", snapshot: SnapshotRules? = nil,
        items: [DeploymentItem]? = nil, ids: UUID = UUID()
    ) throws {
        let asset = StreamID(prefix: "as", ids)
        let target = RolloutTarget(
            asset: asset,
            host: HostAddress(
                asset: asset, name: "web-1", address: "192.0.2.1", port: 22, user: "root"),
            site: "home", stratum: "debian 12 amd64", criticality: criticality)
        var request = RolloutPlanner.Request(
            rollout: StreamID(prefix: "ro", ids), patch: StreamID(prefix: "pa", ids),
            artefactDigest: Digest(of: "artefact"), pins: pins,
            checks: VerificationChecks(packages: [], services: services, command: nil),
            targets: [target], riskClass: .important, policy: Policy(), startsAt: Self.start)
        request.rebootPolicy = reboot
        request.snapshot = snapshot
        var plan = try RolloutPlanner.plan(request)
        plan.items = items
        order = plan.order(for: target, batch: 0, planDigest: Digest(of: "plan"))
    }

    func decide(_ command: DeploymentCommand) throws -> [DeploymentEvent] {
        let context = CommandContext(
            actor: Actor(id: "worker", role: "worker"), at: now, commandID: UUID())
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

    mutating func perform(
        _ step: DeploymentStep, fence: Int64, _ result: WorkResult
    ) throws {
        if step.needsPermit { try tell(.beginStep(step, worker: UUID(), fence: fence)) }
        try tell(.recordResult(step, result, fence: fence))
    }

    /// The activities that follow from the last command, as workers get them.
    var works: [Work] {
        get throws {
            try last.flatMap { DeploymentDecider.effects(of: $0, state) }.compactMap { effect in
                guard case .schedule(let activity) = effect else { return nil }
                return try CanonicalJSON.decode(ScanTask.self, from: activity.data).work
            }
        }
    }

    mutating func precheck(
        fence: Int64 = 1, finding installed: [PackageSelection] = [before]
    ) throws {
        try queue()
        let report = PrecheckReport(
            obstacles: [], installed: installed, freeBytes: 1_000_000, bootID: "boot-1")
        try perform(.precheck, fence: fence, .precheck(report))
    }

    mutating func queue() throws {
        if state.order == nil { try tell(.queue(order)) }
    }

    /// How many attempts `events` give back.
    func ends(of events: [DeploymentEvent]) -> Int {
        events.flatMap { DeploymentDecider.effects(of: $0, state) }.count {
            if case .endAttempt = $0 { true } else { false }
        }
    }

    mutating func untilInstalling(fence: Int64) throws {
        try precheck(fence: fence - 2)
        let prior = PriorPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-1",
            keptFile: Digest(of: "old"))
        try perform(.backUp, fence: fence - 1, .backUp([prior]))
        try tell(.beginStep(.install, worker: UUID(), fence: fence))
        try #require(state.phase == .installing)
    }

    /// What a scan finds: everything in place, or a reboot due.
    static func scan(
        boot: Int = 1, rebootRequired: Bool = false,
        cron: VerificationReport.ServiceState = .running,
        outdated: [OutdatedProcess]? = []
    ) -> WorkResult {
        .verification(
            VerificationReport(
                installed: [
                    PackageSelection(name: "curl", architecture: "amd64", version: "7.88.1-2")
                ], services: [.init(name: "cron", state: cron)], commandExitCode: nil,
                commandOutput: "", rebootRequired: rebootRequired, bootID: "boot-\(boot)",
                outdated: outdated))
    }

    mutating func untilVerifying(fence: Int64 = 10) throws {
        try untilInstalling(fence: fence)
        try tell(.recordResult(.install, Self.executed, fence: fence))
        try #require(state.phase == .verifying)
    }

    mutating func untilRollingBack(fence: Int64) throws {
        try tell(.recordResult(.install, Self.executed, fence: state.fence))
        try tell(.orderRollback(reason: "bad news"))
        try tell(.beginStep(.rollBack, worker: UUID(), fence: fence))
        try #require(state.phase == .rollingBack)
    }
}
