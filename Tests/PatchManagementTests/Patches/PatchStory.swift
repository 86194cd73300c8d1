import EventSourcing
import FoundationEssentials

@testable import PatchManagement

/// A patch's stream in the making: commands go in, events and effects come out, and every event
/// goes through its stored form on the way.
struct PatchStory {
    static let id = StreamID(prefix: "pa", uuid(1))
    static let origin = Timestamp(seconds: 1_767_225_600)

    private(set) var patch = PatchDecider.initialState
    private(set) var events: [PatchEvent] = []
    /// Who caused each event, in the order of `events`.
    private(set) var actors: [Actor] = []
    private(set) var moments: [Timestamp] = []
    /// Scheduled and not yet done, in order.
    var activities: [NewActivity] = []
    var timers: [String: Timestamp] = [:]
    private(set) var endedAttempts: [UUID] = []
    private(set) var controls: [ControlChange] = []
    var now = origin
    var fence: Int64 = 100
    private var commands: UInt64 = 1000

    var state: PatchState? { patch.state }
    var types: [String] { events.map { type(of: $0.payload).type } }

    @discardableResult
    mutating func tell(_ command: PatchCommand, by actor: Actor) throws -> [PatchEvent] {
        commands += 1
        let context = CommandContext(actor: actor, at: now, commandID: uuid(commands))
        let decided = try PatchDecider.decide(command, context, patch)
        for event in decided {
            let payload = event.payload
            let stored = try NewEvent(payload)
            let read = try PatchEvent(
                type: stored.type, schemaVersion: stored.schemaVersion, data: stored.data)
            precondition(read == event, "\(stored.type) is not read as it was written")
            PatchDecider.evolve(&patch, read)
            events.append(read)
            actors.append(actor)
            moments.append(now)
        }
        for event in decided {
            for effect in PatchDecider.effects(of: event, patch) { take(effect) }
        }
        return decided
    }

    /// The rejection that `command` meets; nil when it is accepted. Nothing changes.
    func refusal(of command: PatchCommand, by actor: Actor) -> PatchRejection? {
        do {
            _ = try PatchDecider.decide(
                command, CommandContext(actor: actor, at: now, commandID: uuid(7)), patch)
            return nil
        } catch {
            return error
        }
    }

    mutating func pass(_ duration: Duration) { now = now + duration }

    private mutating func take(_ effect: Effect) {
        switch effect {
        case .schedule(let activity): activities.append(activity)
        case .start(let timer): timers[timer.name] = timer.due
        case .cancelPending:
            activities = []
            timers = [:]
        case .control(let change): controls.append(change)
        case .calendar: break
        case .endAttempt(_, let attempt): endedAttempts.append(attempt)
        }
    }
}

// People of the stories. Each can do one thing, unless a test says otherwise.
let vera = Actor(id: "pe_vera", role: "vendorWatch")
let anna = Actor(id: "pe_anna", role: "analyst")
let tom = Actor(id: "pe_tom", role: "tester")
let sam = Actor(id: "pe_sam", role: "securityTester")
let rita = Actor(id: "pe_rita", role: "releaseManager")
let paul = Actor(id: "pe_paul", role: "approver")
let rolf = Actor(id: "pe_rolf", role: "riskOwner")
let worker = Actor(id: "pe_worker", role: "worker")
let workflow = Actor.service(.workflow)
let clock = Actor.service(.timer)

func uuid(_ number: UInt64) -> UUID {
    .version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number))
}

let debian12 = PlatformStratum(os: "debian", version: "12", architecture: "amd64")
let debian13 = PlatformStratum(os: "debian", version: "13", architecture: "amd64")

func lab(_ number: Int, _ stratum: PlatformStratum = debian12) -> QualificationSample {
    let registration = AssetRegistration(
        name: "lab-0\(number)", address: "10.0.0.\(number)", environment: .lab, group: "lab")
    return QualificationSample(host: registration.host, stratum: stratum, environment: .lab)
}

func production(_ number: Int) -> StreamID {
    AssetRegistration(name: "web-\(number)", address: "10.0.1.\(number)").asset
}

enum Sample {
    static let package = PackageSelection(name: "curl", architecture: "amd64", version: "7.88.1-2")
    static let pin = PinnedPackage(
        name: "curl", architecture: "amd64", version: "7.88.1-2", sha256: Digest(of: "curl"),
        size: 4711)
    static let identification = PatchIdentification(
        vendorID: "DSA-5587-1", title: "curl security update", kind: .update, purpose: .security,
        sourcePackage: "curl", packages: [package], origin: "Debian:12.10/stable-security")
    static let checks = VerificationChecks(
        packages: ["curl"], services: ["cron"], command: "curl --version")
    static let targets = ApplicableAssets((1...6).map { (production($0), debian12) })
    static let selector = TargetSelector(environments: [.production])

    static func assessment(
        _ riskClass: RiskClass = .important, downtime: Int = 5, targets: ApplicableAssets = targets,
        checks: VerificationChecks = checks
    ) -> Assessment {
        Assessment(
            riskClass: riskClass, reason: "remote, no authentication", applicable: targets,
            services: ["cron"], expectedDowntimeSeconds: downtime, reboot: .none, effortMinutes: 20,
            checks: checks)
    }

    static let prior = [
        PriorPackage(
            name: "curl", architecture: "amd64", version: "7.88.1-1", keptFile: Digest(of: "old"))
    ]

    static func executed(_ exitCode: Int = 0) -> WorkResult {
        .executed(
            ExecutionReport(
                exitCode: exitCode, outputDigest: Digest(of: "output"), outputBytes: 6,
                outputTail: "output", seconds: 3, rebootRequired: false, bootID: "boot-1"))
    }

    static func verification(
        _ version: String?, cron: VerificationReport.ServiceState = .running, exit: Int? = 0
    ) -> WorkResult {
        .verification(
            VerificationReport(
                installed: version.map {
                    [PackageSelection(name: "curl", architecture: "amd64", version: $0)]
                } ?? [],
                services: [VerificationReport.Service(name: "cron", state: cron)],
                commandExitCode: exit, commandOutput: "", rebootRequired: false, bootID: "boot-1"))
    }

    static func precheck(_ obstacles: [PrecheckReport.Obstacle] = []) -> WorkResult {
        .precheck(
            PrecheckReport(
                obstacles: obstacles,
                installed: [
                    PackageSelection(name: "curl", architecture: "amd64", version: "7.88.1-1")
                ],
                freeBytes: 1_000_000, bootID: "boot-1"))
    }

    static func failed(_ cause: WorkFailure.Cause) -> WorkResult {
        .failed(WorkFailure(cause, "in a test"))
    }

    /// What a healthy lab host answers to `work` at that step.
    static func healthy(_ step: QualificationStep, _ work: Work) -> WorkResult {
        if case .probe = work { return .probe(.neverStarted) }
        return switch step {
        case .precheck: precheck()
        case .backUp: .backUp(prior)
        case .install, .rollBack: executed()
        case .verify: verification("7.88.1-2")
        case .stress:
            .checked(
                CommandReport(
                    exitCode: 0, outputDigest: Digest(of: "output"), outputBytes: 6,
                    outputTail: "output", milliseconds: 60_000, bootID: "boot-1"))
        case .probe: asked(work, isRefusal: false)
        case .verifyRestored: verification("7.88.1-1")
        }
    }

    /// What each probe of `work` finds.
    static func asked(_ work: Work, isRefusal: Bool) -> WorkResult {
        guard case .ask(let probes) = work else { return failed(.invalidOrder) }
        return .asked(
            probes.map {
                HealthMeasurement(
                    .answer(value: 1, isRefusal: isRefusal, detail: "status"), of: $0,
                    on: lab(1).asset)
            })
    }

    static func overview(
        _ phase: RolloutPhase, verified: Int = 0, failed: Int = 0, skipped: Int = 0,
        rollout: UInt64 = 50
    ) -> RolloutOverview {
        RolloutOverview(
            rollout: StreamID(prefix: "ro", uuid(rollout)), phase: phase, targets: 6 - skipped,
            verified: verified, failed: failed, open: 6 - verified - failed - skipped,
            skipped: skipped)
    }
}
