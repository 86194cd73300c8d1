import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Support
import Testing

@testable import Projections

/// Assets and their findings in the log, by real commands: for lists of work and reports.
struct Estate {
    let books: Books
    var random: SeededRandom
    var now = Timestamp(seconds: 1_767_225_600)
    private(set) var assets: [AssetRegistration] = []
    private(set) var findings: [StreamID] = []
    private var commands: UInt64 = 0

    init(_ purpose: String, _ books: Books) {
        self.books = books
        random = .fresh(purpose)
    }

    /// - Returns: The state after it; nil when it was refused.
    @discardableResult
    mutating func send<D: Decider>(
        _ command: D.Command, to stream: StreamID, as decider: D.Type, by role: Role = .analyst,
        documents: [Document] = []
    ) async throws -> D.State? {
        commands += 1
        now = now + .seconds(60)
        var options = CommandBus.Options()
        options.documents = documents
        do {
            return try await books.bus.send(
                command, to: stream, as: decider,
                CommandContext(
                    actor: Actor(id: "pe_1", role: role.rawValue), at: now,
                    commandID: .version7(at: now, random: (commands, random.seed))), options
            ).state
        } catch is any DomainRejection {
            return nil
        }
    }

    @discardableResult
    mutating func register(
        _ name: String, site: String = "north", owner: String = "shop"
    ) async throws -> StreamID {
        let registration = AssetRegistration(
            name: name, address: "10.0.0.1", site: site, owner: owner)
        try await send(.register(registration), to: registration.asset, as: AssetDecider.self)
        assets.removeAll { $0.name == name }
        assets.append(registration)
        return registration.asset
    }

    /// Opens it, or shows it again; classifies it unless it is to wait.
    @discardableResult
    mutating func find(
        _ vulnerability: String, in package: String = "curl", on asset: StreamID,
        isUrgent: Bool = false, isClassified: Bool = true
    ) async throws -> StreamID {
        let opening = FindingOpening(
            asset: asset, vulnerability: try #require(VulnerabilityID(vulnerability)),
            package: package, installedVersion: "1", match: Digest(of: "\(package) 1"),
            observed: now, inScope: now + .seconds(-3600), fixReleased: now + .seconds(-3600))
        let id = opening.finding
        try await send(.open(opening), to: id, as: FindingDecider.self, by: .monitor)
        if !findings.contains(id) { findings.append(id) }
        if isClassified { try await classify(id, isUrgent: isUrgent) }
        return id
    }

    mutating func classify(_ finding: StreamID, isUrgent: Bool) async throws {
        var inputs = ClassificationInputs()
        inputs.exposure = isUrgent ? .open : .internal
        inputs.criticality = isUrgent ? .veryHigh : .low
        inputs.site = "north"
        inputs.snapshots = [FeedPin(feed: "kev", digest: Digest(of: "kev"))]
        if isUrgent {
            inputs.ssvc = SSVCSignals(
                exploitation: .active, automatable: .yes, technicalImpact: .total)
        }
        try await send(
            .classify(inputs, ClassificationPolicy()), to: finding, as: FindingDecider.self,
            by: .classifier)
    }

    mutating func resolve(_ finding: StreamID, _ means: Resolution.Means) async throws {
        let isPatched = means == .patched
        let deployment = StreamID(
            prefix: DeploymentDecider.prefix, .version7(at: now, random: (1, commands)))
        try await send(
            .resolve(
                Resolution(
                    means: means, evidence: Digest(of: "scan \(commands)"), gathered: now,
                    deployment: isPatched ? deployment : nil,
                    installed: isPatched ? now + .seconds(-30) : nil)),
            to: finding, as: FindingDecider.self, by: .monitor)
    }

    /// Anything that can happen to the findings and their assets.
    mutating func live(steps: Int) async throws {
        for _ in 0..<steps {
            now = now + .seconds(random.below(40_000))
            if assets.count < 3 || random.chance(15) {
                try await register(
                    "web-\(random.below(8))", site: random.pick(["north", "south"]),
                    owner: random.pick(["shop", "bank", ""]))
                continue
            }
            if findings.isEmpty || random.chance(40) {
                try await find(
                    "CVE-2026-\(1000 + random.below(12))",
                    in: random.pick(["curl", "openssl"]), on: random.pick(assets).asset,
                    isUrgent: random.chance(40), isClassified: random.chance(85))
                continue
            }
            try await liveFinding(random.pick(findings))
        }
    }

    private mutating func liveFinding(_ finding: StreamID) async throws {
        let exception = StreamID(prefix: "ex", .version7(at: now, random: (2, commands)))
        let control = StreamID(prefix: "ct", .version7(at: now, random: (3, commands)))
        let until = now + .seconds(86_400)
        let command: FindingCommand
        switch random.below(11) {
        case 0: command = .accept(exception: exception, until: until, restart: .keeps)
        case 1: command = .mitigate(control: control, until: until)
        case 2:
            command = .dismiss(
                random.pick(FindingDismissal.allCases), reason: "looked at", observed: nil)
        case 3:
            command = .dispute(
                random.pick([.stillThere, .notAffected]), source: "scanner",
                evidence: Digest(of: "report"), gathered: now, reason: "it says so")
        case 4: command = .reopen(reason: "it was wrong")
        case 5, 6:
            command = .moveDeadline(
                exception: exception, until: now + .seconds(90 * 86_400),
                restart: random.pick(ClockRestart.allCases), reason: "later")
        default: return try await resolve(finding, random.pick(Resolution.Means.allCases))
        }
        try await send(command, to: finding, as: FindingDecider.self)
    }

    /// What reports get to see.
    func facts(
        asOf position: Int64? = nil, _ scope: ReportScope = ReportScope()
    ) async throws -> [ReportFact] {
        var facts: [ReportFact] = []
        _ = try await books.reads.facts(
            FactWish(scope, asOf: position, isFindingsOnly: false)
        ) { facts.append($0) }
        return facts
    }
}
