import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

/// Hosts, findings and exceptions that people and time change at random, and the keeper that follows
/// their log, late, and now and then again from where it noted that it was.
private struct KeptWorld {
    private enum Entry {
        case asset(AssetRegistered)
        case finding(StreamID, FindingEvent)
        case exception(StreamID, ExceptionEvent)
        case lapsed(ControlLapsed)
    }

    private(set) var findings: [StreamID: FindingStory] = [:]
    private(set) var exceptions: [StreamID: ExceptionStory] = [:]
    private var registrations: [StreamID: AssetRegistration] = [:]
    private var log: [Entry] = []
    private var keeper = ExceptionKeeper()
    private var notes: [String: [UInt8]] = [:]
    private var position = 0
    private var done: Set<String> = []
    private var now = PatchStory.origin
    private var number: UInt64 = 100

    private static let hosts = ["a", "b", "c"]
    private static let names = ["CVE-2026-0001", "CVE-2026-0002"]

    init() {
        for name in Self.hosts { register(name, "web") }
    }

    mutating func step(_ random: inout SeededRandom) throws {
        switch random.below(12) {
        case 0: register(random.pick(Self.hosts), random.pick(["web", "db"]))
        case 1, 2: try find(&random)
        case 3, 4: try treat(&random)
        case 5, 6: request(&random)
        case 7, 8: decide(&random)
        case 9 where random.chance(30):
            log.append(
                .lapsed(
                    ControlLapsed(cause: .withdrawn, until: now, reason: "gone", by: anna)))
        case 10: pass(.seconds(random.pick([60, 3600, 86_400])))
        default: try follow(random.below(6), isDying: random.chance(30))
        }
    }

    private mutating func register(_ name: String, _ group: String) {
        let registration = AssetRegistration(name: name, address: "192.0.2.1", group: group)
        guard registrations[registration.asset] != registration else { return }
        registrations[registration.asset] = registration
        log.append(
            .asset(AssetRegistered(asset: registration.asset, registration: registration)))
    }

    private mutating func find(_ random: inout SeededRandom) throws {
        guard let asset = registrations.keys.sorted().first(where: { _ in random.chance(50) })
        else { return }
        let opening = FindingOpening(
            asset: asset, vulnerability: try unwrapped(VulnerabilityID(random.pick(Self.names))),
            package: "curl", installedVersion: "1", match: Digest(of: "\(random.below(3))"),
            observed: now, inScope: PatchStory.origin, fixReleased: nil)
        tell(.open(opening), opening.finding, monitor)
        if random.chance(70) {
            tell(.classify(Sample.inputs, ClassificationPolicy()), opening.finding, classifier)
        }
    }

    private mutating func treat(_ random: inout SeededRandom) throws {
        guard !findings.isEmpty else { return }
        let finding = random.pick(findings.keys.sorted())
        let commands: [FindingCommand] = [
            .resolve(Resolution(means: .removed, evidence: Digest(of: "e"), gathered: now)),
            .dismiss(.falsePositive, reason: "none"), .reopen(reason: "it is"),
            .dispute(
                .notAffected, source: "owner", evidence: Digest(of: "e"), gathered: now,
                reason: "no"),
            .classify(Sample.inputs, ClassificationPolicy()),
        ]
        tell(random.pick(commands), finding, anna)
    }

    private mutating func request(_ random: inout SeededRandom) {
        guard exceptions.count < 6, let asset = registrations.keys.min() else { return }
        number += 1
        let id = StreamID(prefix: "ex", uuid(number))
        let scope: ExceptionScope
        switch random.below(3) {
        case 0: scope = ExceptionScope(findings: Array(findings.keys.sorted().prefix(2)))
        case 1: scope = ExceptionScope(assets: [asset])
        default:
            scope = ExceptionScope(
                group: TargetSelector(environments: [.production], groups: ["web"]))
        }
        let request = ExceptionRequest(
            kind: random.pick(ExceptionKind.allCases), scope: scope,
            until: now + .seconds(random.pick([3600, 86_400, 30 * 86_400])),
            reason: "the vendor is slow", control: random.chance(40) ? Sample.control : nil)
        tell(.request(request, exception: id, policy: ExceptionPolicy()), id, anna)
    }

    private mutating func decide(_ random: inout SeededRandom) {
        guard !exceptions.isEmpty else { return }
        let id = random.pick(exceptions.keys.sorted())
        guard let request = exceptions[id]?.state.request else { return }
        let grant = ExceptionCommand.grant(
            request: request.digest, until: request.until,
            restart: random.pick(ClockRestart.allCases),
            control: ControlOnPath(control: Sample.control, verifiedUntil: now + .seconds(60)),
            reason: "worth it")
        tell(random.chance(75) ? grant : .revoke(reason: "exploited"), id, rolf)
    }

    private mutating func pass(_ duration: Duration) {
        now = now + duration
        for (id, story) in findings.sorted(by: { $0.key < $1.key }) {
            for (name, due) in story.timers.sorted(by: { $0.key < $1.key }) where due <= now {
                guard let timer = FindingTimer(rawValue: name) else { continue }
                tell(.timer(timer), id, Actor.service(.timer), timer: name)
            }
        }
        for (id, story) in exceptions.sorted(by: { $0.key < $1.key }) {
            for (name, due) in story.timers.sorted(by: { $0.key < $1.key }) where due <= now {
                guard let timer = ExceptionTimer(rawValue: name) else { continue }
                tell(.timer(timer), id, Actor.service(.timer), timer: name)
            }
        }
    }

    /// What is refused says nothing.
    private mutating func tell(
        _ command: FindingCommand, _ id: StreamID, _ actor: Actor, timer: String? = nil
    ) {
        var story = findings[id] ?? FindingStory()
        story.now = now
        guard let events = try? story.tell(command, by: actor, timer: timer) else { return }
        findings[id] = story
        log += events.map { .finding(id, $0) }
    }

    private mutating func tell(
        _ command: ExceptionCommand, _ id: StreamID, _ actor: Actor, timer: String? = nil
    ) {
        var story = exceptions[id] ?? ExceptionStory()
        story.now = now
        guard let events = try? story.tell(command, by: actor, timer: timer) else { return }
        exceptions[id] = story
        log += events.map { .exception(id, $0) }
    }

    // MARK: The keeper

    /// - Parameter isDying: It ends when it has said everything, before it has noted so.
    mutating func follow(_ count: Int, isDying: Bool = false) throws {
        let end = min(position + count, log.count)
        var said: [(order: ExceptionKeeper.Order, id: String)] = []
        for place in position..<end {
            for (number, order) in see(log[place]).enumerated() {
                said.append((order, "\(place)/\(number)"))
            }
        }
        for (order, id) in said where keeper.holds(order) {
            guard done.insert(id).inserted else { continue }
            switch order {
            case .finding(let finding, let command): tell(command, finding, workflow)
            case .exception(let exception, let command): tell(command, exception, workflow)
            // No patch is assessed here.
            case .patch: break
            }
        }
        if isDying { return try restart() }
        for (key, note) in try keeper.takeNotes() { notes[key] = note }
        position = end
    }

    private mutating func see(_ entry: Entry) -> [ExceptionKeeper.Order] {
        switch entry {
        case .asset(let registered): keeper.see(registered, of: registered.asset)
        case .finding(let id, let event): keeper.see(event, of: id)
        case .exception(let id, let event): keeper.see(event, of: id)
        case .lapsed(let lapsed): keeper.see(lapsed, of: Sample.control)
        }
    }

    private mutating func restart() throws {
        keeper = ExceptionKeeper()
        for (key, note) in notes {
            let id = try unwrapped(StreamID(key))
            if key.hasPrefix("as_") {
                keeper.restore(id, try CanonicalJSON.decode(KeptAsset.self, from: note))
            } else {
                keeper.restore(id, try CanonicalJSON.decode(KeptException.self, from: note))
            }
        }
    }

    /// Until nothing follows any more.
    mutating func settle() throws {
        pass(.zero)
        while position < log.count { try follow(3) }
    }

    /// The live exceptions that stop a finding's clock.
    func stopping(_ finding: Finding) -> Set<StreamID> {
        guard let id = finding.id, let asset = finding.opening?.asset,
            let registration = registrations[asset]
        else { return [] }
        let live = exceptions.filter { _, story in
            guard let request = story.state.request, story.state.isLive(at: now) else {
                return false
            }
            return request.kind != .defer
                && request.scope.covers(finding: id, on: asset, registration, mendedBy: [])
        }
        return Set(live.keys)
    }
}

@Suite("Random lives of findings under exceptions")
struct ExceptionKeeperWalkTests {
    @Test(
        "I11: whatever happens and wherever it dies, in the end a finding is accepted where it is excepted"
    )
    func walk() throws {
        var random = SeededRandom.fresh("random lives under exceptions")
        var accepted = 0
        for _ in 0..<80 {
            var world = KeptWorld()
            for _ in 0..<80 { try world.step(&random) }
            try world.settle()
            for story in world.findings.values {
                let finding = story.state
                let stopping = world.stopping(finding)
                switch finding.phase {
                case .accepted:
                    accepted += 1
                    let by = try #require(finding.treatment?.by)
                    #expect(stopping.contains(by), "seed: \(random.seed)")
                case .open:
                    #expect(stopping.isEmpty, "seed: \(random.seed)")
                    #expect(finding.treatment == nil)
                case .disputed, .resolved, .dismissed, .mitigated, nil: break
                }
            }
        }
        #expect(accepted > 20, "too few to mean anything: \(accepted)")
    }
}
