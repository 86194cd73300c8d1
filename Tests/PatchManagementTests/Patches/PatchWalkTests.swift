import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

/// Random commands by random people, at random moments: whatever is accepted keeps the invariants.
@Suite("Random lives of a patch")
struct PatchWalkTests {
    @Test("I4, I10, I14: nothing that is accepted breaks them; I18: every state has a way out")
    func walks() throws {
        var seeds = SeededRandom.fresh("random lives of a patch")
        var exits: [PatchState: Set<PatchState>] = [:]
        for _ in 0..<250 {
            var walk = PatchWalk(seed: seeds.next())
            try walk.walk(steps: 120)
            #expect(
                walk.violations.isEmpty,
                "seed: \(walk.seed)\n\(walk.violations.joined(separator: "\n"))")
            for (from, to) in walk.exits { exits[from, default: []].formUnion(to) }
        }
        for state in PatchState.allCases where !state.isTerminal {
            #expect(exits[state]?.isEmpty == false, "no role or timer led out of \(state)")
        }
        #expect(exits[.superseded] == nil, "what has ended stays ended")
    }
}

struct PatchWalk {
    let seed: UInt64
    private var random: SeededRandom
    private var story = PatchStory()
    private(set) var violations: [String] = []
    private(set) var exits: [PatchState: Set<PatchState>] = [:]
    private var begun: [String] = []
    /// The activity that the next command would end.
    private var taken: NewActivity?

    private static let people = ["vera", "anna", "tom", "sam", "rita", "paul", "pia", "rolf"]

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        story.now = PatchStory.origin
    }

    mutating func walk(steps: Int) throws {
        for _ in 0..<steps {
            taken = nil
            let (command, actor) = next()
            if let taken { story.activities.removeAll { $0 == taken } }
            let before = story.patch
            let events: [PatchEvent]
            do {
                events = try story.tell(command, by: actor)
            } catch is PatchRejection {
                if story.patch != before { violations.append("a refusal changed the patch") }
                if let taken { story.activities.append(taken) }
                continue
            }
            if events.isEmpty, let taken { story.activities.append(taken) }
            inspect(events, command, actor, before)
            if random.chance(20) {
                let leap = random.chance(10) ? 12 * 86_400 : 1
                story.pass(.seconds(random.pick([1, 60, 600, 3600, leap])))
            }
        }
        if PatchDecider.state(after: story.events) != story.patch {
            violations.append("the fold of the events is another patch")
        }
    }

    /// Somebody who may ask for `action`; service actors for what only they may.
    private mutating func somebody(for action: Action) -> Actor {
        let role = random.pick(Authorisation.roles(for: action))
        if role.isService { return .service(role) }
        if role == .worker { return worker }
        return Actor(id: "pe_\(random.pick(Self.people))", role: role.rawValue)
    }

    private mutating func next() -> (PatchCommand, Actor) {
        let isBusy = story.state == .testing || story.patch.acquisition != nil
        let command = random.chance(isBusy ? 92 : 20) ? workOrTimer() : nil
        let chosen = command ?? (random.chance(50) ? forward() : aside())
        return (chosen, somebody(for: chosen.action))
    }

    /// What leads towards the end, as far as the patch has come.
    private mutating func forward() -> PatchCommand {
        let patch = story.patch
        let evidence = patch.evidence?.digest ?? Digest(of: "none")
        switch patch.state {
        case nil:
            return .identify(Sample.identification, patch: PatchStory.id, policy: PatchPolicy())
        case .identified: return .assess(Sample.assessment(random.pick([.important, .urgent])))
        case .assessed, .acquisitionFailed: return .acquire(from: lab(1).host)
        case .acquired, .testFailed, .testInconclusive:
            return .startQualification(sample: [lab(1)], targetStrata: [])
        case .tested: return .signOff(evidence: random.chance(90) ? evidence : Digest(of: "old"))
        case .signedOff:
            return .submit(
                Sample.selector, targets: Sample.targets,
                expires: story.now + .seconds(random.pick([60, 86_400, 20 * 86_400])))
        case .awaitingApproval:
            return .approve(binding: random.chance(90) ? story.binding : Digest(of: "seen"))
        case .verified: return .document(items: EvidenceItem.allCases, pack: Digest(of: "pack"))
        case .rollbackFailed: return .handToOwner(reason: "by hand")
        case .excepted: return .observeExceptions([])
        case .notApplicable, .rejected, .approvalExpired, .approvalRevoked, .rolledBack,
            .handedToOwner, .resolvedElsewhere:
            return .reopen(reason: "again")
        case .deferred: return .resume(reason: "earlier")
        case .withdrawn: return .reinstate(reason: "it was good")
        case .testing, .approved, .scheduled, .deploying, .paused, .rollingBack, .documented,
            .superseded:
            return .observeRollouts(overview())
        }
    }

    private mutating func aside() -> PatchCommand {
        switch random.below(17) {
        case 12: return .observeExceptions(random.chance(40) ? [Sample.exception] : [])
        case 13:
            let pack = StreamID(prefix: "pa", uuid(3))
            return random.chance(60)
                ? .holdInPack(pack)
                : .resolveInPack(pack, remaining: random.chance(10) ? 0 : 1)
        case 14: return flaw()
        case 0: return .assess(Sample.assessment(downtime: random.below(3)))
        case 1: return .dismiss(random.pick(Dismissal.allCases), reason: "not ours")
        case 2: return .startQualification(sample: [lab(1), lab(2)], targetStrata: [])
        case 3: return .cancelQualification(reason: "no time")
        case 4: return .reject(reason: "no")
        case 5: return .revokeApproval(reason: "a report")
        case 6:
            return .defer(
                until: story.now + .seconds(random.pick([1, 86_400])), reason: "the season")
        case 7: return .withdraw(reason: "recalled")
        case 8 where random.chance(10): return .supersede(by: StreamID(prefix: "pa", uuid(2)))
        case 9: return .reopen(reason: "again")
        case 10: return .reinstate(reason: "it was good")
        case 11: return .approve(binding: story.binding)
        default: return .observeRollouts(overview())
        }
    }

    private mutating func flaw() -> PatchCommand {
        let name = random.pick(["CVE-2026-0100", "cve-2026-0100", "it forgets its settings"])
        let hotfix = StreamID(prefix: "pa", uuid(4))
        switch random.below(5) {
        case 0:
            return .linkFlaw(
                name, riskClass: random.pick([nil, .nonCritical, .urgent]), reason: "seen")
        case 1: return .mendFlaw(name, by: hotfix, reason: "the vendor says so")
        case 2: return .acceptIntroducedFlaw(name, reason: "off here")
        case 3: return .observeMending(name, by: hotfix, stands: random.chance(50))
        default: return .noteMending(MendedFlaw(patch: hotfix, flaw: name))
        }
    }

    private mutating func overview() -> RolloutOverview {
        let phase = random.pick(RolloutPhase.allCases)
        return Sample.overview(
            phase, verified: phase == .completed ? random.pick([3, 6]) : 0,
            rollout: UInt64(50 + random.below(2)))
    }

    /// What a worker or a timer brings; nil when neither has anything.
    private mutating func workOrTimer() -> PatchCommand? {
        if random.chance(5), let timer = PatchTimer.allCases.randomElement(using: &random) {
            if let due = story.timers[timer.rawValue], random.chance(70) {
                story.now = max(story.now, due)
            }
            return .timer(timer)
        }
        guard let activity = story.activities.randomElement(using: &random),
            activity.asset != nil
        else { return nil }
        // Mostly a new claim, now and then one from before.
        let fence = random.chance(85) ? story.fence + 1 : story.fence - 1
        story.fence = max(story.fence, fence)
        return work(activity, fence)
    }

    private mutating func work(_ activity: NewActivity, _ fence: Int64) -> PatchCommand? {
        if activity.kind == "acquire" {
            taken = activity
            return .recordAcquisition(
                fence: fence,
                random.chance(60)
                    ? .acquired([Sample.pin])
                    : Sample.failed(random.pick(WorkFailure.Cause.allCases)))
        }
        guard let task = try? CanonicalJSON.decode(QualificationTask.self, from: activity.data),
            let asset = activity.asset
        else { return nil }
        switch random.below(5) {
        case 0, 1: return .beginStep(task.step, asset: asset, worker: uuid(9), fence: fence)
        case 2 where random.chance(20):
            taken = activity
            return .loseLease(task.step, asset: asset, fence: fence)
        default:
            taken = activity
            let held = story.patch.qualification?.host(asset)?.lease?.fence ?? fence
            return .recordResult(
                task.step, asset: asset, fence: held, result(task.step, task.work))
        }
    }

    private mutating func result(_ step: QualificationStep, _ work: Work) -> WorkResult {
        if random.chance(95) { return Sample.healthy(step, work) }
        return switch random.below(4) {
        case 0: Sample.failed(random.pick(WorkFailure.Cause.allCases))
        case 1: Sample.executed(1)
        case 2: Sample.verification(nil)
        default: .probe(random.pick([.running, .interrupted, .neverStarted]))
        }
    }

    // MARK: What must hold

    private mutating func inspect(
        _ events: [PatchEvent], _ command: PatchCommand, _ actor: Actor, _ before: Patch
    ) {
        if let from = before.state, let to = story.state, from != to {
            exits[from, default: []].insert(to)
        }
        for event in events {
            switch event {
            case .approved(let approved): inspect(approved, actor, before)
            case .stepBegun(let stepBegun) where stepBegun.step.attemptStep != nil:
                let key = "\(stepBegun.asset) \(stepBegun.attempt.text) \(stepBegun.step)"
                if begun.contains(key) { violations.append("I4: \(key) was begun twice") }
                begun.append(key)
            case .stepRepeated(let repeated): begun.removeAll { $0.hasPrefix(repeated.asset.text) }
            default: break
            }
        }
        if case .recordResult = command, !events.isEmpty,
            (try? story.tell(command, by: actor))?.isEmpty == false
        {
            violations.append("I10: a result counted twice")
        }
        if story.patch.mayStartRollout(at: story.now) {
            let expires = story.patch.approval?.expires ?? PatchStory.origin
            if story.now >= expires { violations.append("I14: it may start after its approval") }
            if !story.patch.exceptions.isEmpty { violations.append("an excepted patch may start") }
            if !story.patch.blockingIntroducedFlaws.isEmpty {
                violations.append("it may start with a flaw that blocks it")
            }
        }
    }

    private mutating func inspect(_ approved: PatchApproved, _ actor: Actor, _ before: Patch) {
        let makers = [
            before.approval?.requester, before.evidence?.tester, before.signedOffBy,
            before.lastEditor,
        ].compactMap { $0?.id }
        if makers.contains(actor.id) { violations.append("I14: \(actor.id) approved") }
        if actor.role != "approver" { violations.append("I14: \(actor.role) approved") }
        if approved.artefact != before.artefact?.digest
            || approved.evidence != before.evidence?.digest
            || approved.digest != before.approval?.binding.digest
        {
            violations.append("I14: something else was approved than what is there")
        }
        if story.now >= approved.expires { violations.append("I14: approved too late") }
    }
}
