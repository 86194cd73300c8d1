import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// Random commands by random people, at random moments: whatever is accepted keeps the rules.
@Suite("Random lives of a finding")
struct FindingWalkTests {
    @Test("Deadlines, evidence and timers keep their rules; every phase has a way out")
    func walks() throws {
        var seeds = SeededRandom.fresh("random lives of a finding")
        var exits: [FindingPhase: Set<FindingPhase>] = [:]
        var types: Set<String> = []
        for _ in 0..<250 {
            var walk = FindingWalk(seed: seeds.next())
            try walk.walk(steps: 120)
            #expect(
                walk.violations.isEmpty,
                "seed: \(walk.seed)\n\(walk.violations.prefix(5).joined(separator: "\n"))")
            for (from, to) in walk.exits { exits[from, default: []].formUnion(to) }
            types.formUnion(walk.story.types)
        }
        for phase in FindingPhase.allCases {
            #expect(exits[phase]?.isEmpty == false, "no role or timer led out of \(phase)")
        }
        #expect(types.count == 18, "the walks met only \(types.sorted())")
    }
}

struct FindingWalk {
    let seed: UInt64
    private var random: SeededRandom
    private(set) var story = FindingStory()
    private(set) var violations: [String] = []
    private(set) var exits: [FindingPhase: Set<FindingPhase>] = [:]
    private let policy = ClassificationPolicy()

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    mutating func walk(steps: Int) throws {
        for _ in 0..<steps {
            let (command, timer) = try next()
            let actor = somebody(for: command.action)
            let before = story.state
            let events: [FindingEvent]
            do {
                events = try story.tell(command, by: actor, timer: timer)
            } catch is FindingRejection {
                if story.state != before { violations.append("a refusal changed the finding") }
                continue
            }
            inspect(events, actor, before)
            inspectTimers()
            if let again = try? story.tell(command, by: actor), !again.isEmpty {
                violations.append("I10: \(command) counted twice")
            }
            if random.chance(30) {
                story.now = story.now + .seconds(random.pick([1, 3600, 86_400, 8 * 86_400]))
            }
        }
        if FindingDecider.state(after: story.events) != story.state {
            violations.append("the fold of the events is another finding")
        }
    }

    private mutating func somebody(for action: Action) -> Actor {
        let role = random.pick(Authorisation.roles(for: action))
        if role.isService { return .service(role) }
        return Actor(id: "pe_\(random.pick(["anna", "rolf", "ines"]))", role: role.rawValue)
    }

    private mutating func next() throws -> (FindingCommand, String?) {
        if random.chance(15) {
            let timer = random.pick(FindingTimer.allCases)
            guard let due = story.timers[timer.rawValue] else { return (.timer(timer), nil) }
            if random.chance(70) { story.now = max(story.now, due) }
            return (.timer(timer), timer.rawValue)
        }
        if story.state.phase == nil || random.chance(15) { return (.open(try opening()), nil) }
        if random.chance(35) { return (.classify(inputs(), policy), nil) }
        return (aside(), nil)
    }

    private mutating func opening() throws -> FindingOpening {
        FindingOpening(
            asset: production(1), vulnerability: try unwrapped(Sample.vulnerability),
            package: "curl", installedVersion: "7.88.1-1",
            match: Digest(of: random.pick(["a", "b"])),
            observed: story.now + .seconds(random.pick([-86_400, 0])),
            inScope: Moments.days(random.pick([-300, -1])),
            fixReleased: random.chance(50) ? Moments.days(-1) : nil)
    }

    private mutating func inputs() -> ClassificationInputs {
        var inputs = random.pick(
            [Sample.inputs, Sample.urgentInputs, ClassificationTests.Case.quiet])
        if random.chance(20) {
            inputs.controls = [
                ControlOnPath(
                    control: Sample.control, verifiedUntil: story.now + .seconds(86_400))
            ]
        }
        return inputs
    }

    private mutating func aside() -> FindingCommand {
        let later = story.now + .seconds(random.pick([0, 86_400, 20 * 86_400]))
        let reason = random.chance(95) ? "a reason" : " "
        switch random.below(16) {
        case 0:
            return .observeFix(
                released: story.now + .seconds(random.pick([-40 * 86_400, -3600, 0])))
        case 1:
            return .moveDeadline(
                exception: Sample.exception, until: later,
                restart: random.pick(ClockRestart.allCases), reason: reason)
        case 2: return .requestCorrection(inputs(), reason: reason)
        case 3, 4:
            let digest = story.state.requestedCorrection?.digest ?? Digest(of: "none")
            return .confirmCorrection(digest, policy, reason: reason)
        case 5: return .mitigate(control: Sample.control, until: later)
        case 6:
            return .accept(
                exception: Sample.exception, until: later,
                restart: random.pick(ClockRestart.allCases))
        case 7:
            return .endTreatment(
                by: random.pick([Sample.control, Sample.exception]), reason: reason)
        case 8:
            return .dispute(
                random.pick(DisputedClaim.allCases), source: "trivy", evidence: Digest(of: "x"),
                gathered: story.now + .seconds(random.pick([-7200, 0])), reason: reason)
        case 9, 10: return .resolve(resolution())
        case 11: return .dismiss(random.pick(FindingDismissal.allCases), reason: reason)
        case 12: return .reopen(reason: reason)
        case 13: return .placeHold(reason: reason, policy: policy)
        case 14: return .collectEvidence(Digest(of: "memory"), reason: reason)
        default:
            return .decideHold(
                random.pick(ForensicHoldDecided.Outcome.allCases), reason: reason, policy: policy)
        }
    }

    private mutating func resolution() -> Resolution {
        let means = random.pick(Resolution.Means.allCases)
        let gathered = story.now + .seconds(random.pick([-7200, 0, 1, 61]))
        let isPatched = random.chance(10) ? means != .patched : means == .patched
        return Resolution(
            means: means, evidence: Digest(of: "scan"), gathered: gathered,
            deployment: isPatched ? Sample.deployment : nil,
            installed: isPatched ? story.now + .seconds(-3600) : nil)
    }

    // MARK: What must hold

    private mutating func inspect(_ events: [FindingEvent], _ actor: Actor, _ before: Finding) {
        if let from = before.phase, let to = story.state.phase, from != to {
            exits[from, default: []].insert(to)
        }
        for event in events {
            switch event {
            case .classified(let classified):
                if let old = classified.before, classified.deadline > old {
                    violations.append("a classification gave time")
                }
            case .deadlineMoved(let moved):
                if moved.cause == .exceptionGranted, moved.deadline <= moved.before {
                    violations.append("an exception took time")
                }
                if moved.cause == .fixReleased, moved.deadline <= story.now {
                    violations.append("a fix came with a deadline that had passed")
                }
            case .corrected(let corrected):
                if corrected.requester.people.contains(where: actor.people.contains) {
                    violations.append("I14: \(actor.id) confirmed an own correction")
                }
                if corrected.clock != before.clock { violations.append("another start") }
            case .breached(let breached):
                if story.now < breached.deadline || before.isBreached || !before.clockRuns {
                    violations.append("a deadline was missed that wasn't")
                }
            case .warned: if before.isWarned { violations.append("warned of twice") }
            case .resolved(let resolved): inspect(resolved, before)
            case .matchChanged(let changed):
                if before.clock != story.state.clock || before.deadline != story.state.deadline
                    || before.opening?.inScope != story.state.opening?.inScope
                    || changed.opening.observed < before.opening?.observed ?? story.now
                {
                    violations.append("another match moved the clock, or was an older one")
                }
            case .opened, .fixObserved, .correctionRequested, .mitigated, .accepted, .disputed,
                .reopened, .dismissed, .holdPlaced, .evidenceCollected, .holdDecided:
                break
            }
        }
        if before.isHeld, !story.state.isHeld {
            let isAnswered = events.contains {
                switch $0 {
                case .evidenceCollected: true
                case .holdDecided(let decided): decided.by.role == "incidentCommander"
                default: false
                }
            }
            if !isAnswered { violations.append("a hold went away by itself") }
        }
    }

    private mutating func inspect(_ resolved: FindingResolved, _ before: Finding) {
        let resolution = resolved.resolution
        let limits = [
            before.opening?.observed, resolution.installed, before.dispute?.gathered,
            before.evidenceAfter,
        ].compactMap { $0 }
        if resolution.gathered > story.now + .seconds(60)
            || limits.contains(where: { resolution.gathered <= $0 })
        {
            violations.append("I13: closed by evidence of another time")
        }
        if resolved.isGoverned == (resolution.means == .outOfBand) {
            violations.append("out of band is governed")
        }
    }

    /// Whatever is to come at a moment has a timer that brings it.
    private mutating func inspectTimers() {
        let state = story.state
        if state.clockRuns, let deadline = state.deadline, !state.isBreached,
            story.timers["sla-breach"] != deadline
        {
            violations.append("no timer for the deadline, \(state.phase.map(\.rawValue) ?? "")")
        }
        if let treatment = state.treatment, story.timers["treatment-end"] != treatment.until {
            violations.append("no timer for the treatment's end")
        }
        if state.phase?.isClosed == true, !story.timers.isEmpty {
            violations.append("timers for what is closed")
        }
    }
}
