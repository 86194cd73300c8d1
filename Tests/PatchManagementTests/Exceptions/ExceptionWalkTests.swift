import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// Random commands by random people, at random moments: whatever is accepted keeps the rules.
@Suite("Random lives of exceptions and controls")
struct ExceptionWalkTests {
    private let people = ["pe_anna", "pe_rolf", "pe_rita"]

    @Test("I14: two people, always an end, a timer for it, and a way out of what isn't over")
    func exceptions() throws {
        var random = SeededRandom.fresh("random lives of an exception")
        var exits: [ExceptionPhase: Set<ExceptionPhase>] = [:]
        for _ in 0..<400 {
            var story = ExceptionStory()
            for _ in 0..<25 {
                let (command, timer) = command(&random, &story)
                let role = random.pick(Authorisation.roles(for: command.action))
                let actor =
                    role.isService
                    ? Actor.service(role) : Actor(id: random.pick(people), role: role.rawValue)
                let before = story.state
                do {
                    try story.tell(command, by: actor, timer: timer)
                } catch {
                    #expect(error is ExceptionRejection)
                    #expect(story.state == before, "seed: \(random.seed)")
                    continue
                }
                let state = story.state
                if let from = before.phase, let to = state.phase, from != to {
                    exits[from, default: []].insert(to)
                }
                if let granter = state.grantedBy {
                    #expect(granter.id != state.requester?.id, "seed: \(random.seed)")
                    #expect(granter.role == "riskOwner")
                    #expect(try #require(state.until) <= #require(state.request?.until))
                }
                if state.phase?.isTerminal == true {
                    #expect(story.timers.isEmpty)
                } else {
                    #expect(story.timers["exception-end"] == state.until, "seed: \(random.seed)")
                }
                #expect((try? story.tell(command, by: actor))?.isEmpty ?? true, "I10")
                story.now = story.now + .seconds(random.pick([1, 3600, 5 * 86_400, 40 * 86_400]))
            }
            #expect(ExceptionDecider.state(after: story.events) == story.state)
        }
        for phase in ExceptionPhase.allCases {
            #expect((exits[phase] == nil) == phase.isTerminal, "\(phase)")
        }
    }

    private func command(
        _ random: inout SeededRandom, _ story: inout ExceptionStory
    ) -> (ExceptionCommand, String?) {
        if random.chance(30) {
            let timer = random.pick(ExceptionTimer.allCases)
            guard let due = story.timers[timer.rawValue] else { return (.timer(timer), nil) }
            if random.chance(60) { story.now = max(story.now, due) }
            return (.timer(timer), timer.rawValue)
        }
        let until = story.now + .seconds(random.pick([-1, 86_400, 90 * 86_400, 400 * 86_400]))
        let request = ExceptionRequest(
            kind: random.pick(ExceptionKind.allCases),
            scope: ExceptionScope(findings: [ExceptionTests.finding]), until: until,
            reason: "the vendor is slow", control: random.chance(60) ? Sample.control : nil)
        switch random.below(story.state.phase == nil ? 1 : 8) {
        case 0:
            return (
                .request(request, exception: Sample.exception, policy: ExceptionPolicy()), nil
            )
        case 1, 2, 3:
            return (
                .grant(
                    request: story.state.request?.digest ?? request.digest,
                    until: min(until, story.state.until ?? until),
                    restart: random.pick(ClockRestart.allCases),
                    control: ControlOnPath(
                        control: Sample.control, verifiedUntil: story.now + .seconds(60)),
                    reason: "worth it"), nil
            )
        case 4: return (.deny(reason: "no"), nil)
        case 5: return (.revoke(reason: random.chance(80) ? "exploited" : ""), nil)
        case 6: return (.loseControl(Sample.control), nil)
        default: return (.timer(.end), nil)
        }
    }

    @Test("A control holds only while a verification does, and every lapse is an event")
    func controls() throws {
        var random = SeededRandom.fresh("random lives of a control")
        var exits: [ControlPhase: Set<ControlPhase>] = [:]
        for _ in 0..<300 {
            var story = ControlStory()
            for _ in 0..<30 {
                let (command, timer) = control(&random, &story)
                let before = story.state
                do {
                    try story.tell(command, by: anna, timer: timer)
                } catch {
                    #expect(error is ControlRejection)
                    #expect(story.state == before, "seed: \(random.seed)")
                    continue
                }
                let state = story.state
                if let from = before.phase, let to = state.phase, from != to {
                    exits[from, default: []].insert(to)
                }
                if state.phase == .verified {
                    #expect(story.timers["control-lapse"] == state.verification?.until)
                } else {
                    #expect(!state.holds(at: story.now))
                    #expect(state.onPath?.verifiedUntil == nil)
                    #expect(story.timers.isEmpty)
                }
                #expect((try? story.tell(command, by: anna))?.isEmpty ?? true, "I10")
                story.now = story.now + .seconds(random.pick([1, 3600, 20 * 86_400]))
            }
            #expect(ControlDecider.state(after: story.events) == story.state)
        }
        for phase in ControlPhase.allCases { #expect(exits[phase]?.isEmpty == false, "\(phase)") }
    }

    private func control(
        _ random: inout SeededRandom, _ story: inout ControlStory
    ) -> (ControlCommand, String?) {
        switch random.below(story.state.phase == nil ? 1 : 6) {
        case 0:
            return (
                .register(
                    ControlTests.registration(random.pick(["rule 1", "rule 2"])),
                    control: Sample.control), nil
            )
        case 1, 2:
            let gathered = story.now + .seconds(random.pick([-86_400, 0, 1]))
            return (
                .verify(
                    evidence: Digest(of: "\(gathered)"), method: "tried it", gathered: gathered,
                    until: gathered + .seconds(random.pick([0, 86_400, 90 * 86_400, 401 * 86_400]))),
                nil
            )
        case 3: return (.withdraw(reason: "it is off"), nil)
        default:
            guard let due = story.timers["control-lapse"] else { return (.timer(.lapse), nil) }
            if random.chance(60) { story.now = max(story.now, due) }
            return (.timer(.lapse), "control-lapse")
        }
    }
}
