internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Plans, approvals, batches and gates (I1, I6, I8, I14, I15).
struct RolloutRules {
    /// What may be dispatched of a rollout now. It is looked at for most events of a log, so it lies
    /// together and holds nothing that is counted by reference.
    struct Release {
        var plan: TreeHash?
        var artefact: TreeHash?
        /// The plan that was approved.
        var approved: TreeHash?
        /// The batch that was started last; -1 before the first.
        var started = -1
        /// Nothing new may be dispatched.
        var isHalted = true
        var isRollingBack = false
        /// Nobody waits any longer for those that were absent.
        var areStragglersClosed = false
        /// Attempts under way, and how many may be.
        var inFlight = 0
        var capacity = Int.max
    }

    struct Staged {
        var release = Release()
        var planned: RolloutPlanned?
        /// Until when the plan is approved.
        var expires: Timestamp?
        /// Those who may not decide on it, and what they did.
        var makers: [String: String] = [:]
        /// Those who may not promote it.
        var releasers = Set<String>()
        var passed = Set<Int>()
        var health = RolloutHealthRules()
        /// Freezes that don't stand in its way.
        var overridden: [String] = []
        /// Until when an emergency overrides some of them.
        var overriddenUntil: [String: Timestamp] = [:]

        /// Those that don't stand in its way at `moment`.
        func overridden(at moment: Timestamp) -> [String] {
            overridden.filter { freeze in overriddenUntil[freeze].map { moment < $0 } ?? true }
        }
        /// A risk owner knows that it ends after the deadline.
        var isMissKnown = false
    }

    private var indices: [StreamKey: Int] = [:]
    /// By index.
    var all: [Staged] = []
    var freezes = FreezeRules()
    var caps = CapRules()
    var schedules = ScheduleRules()

    func index(of rollout: StreamKey) -> Int? { indices[rollout] }

    mutating func read(
        _ event: EntryView, _ patches: PatchRules, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(RolloutEvent.self, event) else { return }
        let index = indices[event.stream] ?? all.count
        if index == all.count {
            indices[event.stream] = index
            all.append(Staged())
        }
        switch read {
        case .planned(let planned):
            schedules.read(planned, event, &judgement)
            decided(&all[index], read, event, patches, people, &judgement)
        case .approvalRequested, .approved, .scheduled, .missAcknowledged:
            decided(&all[index], read, event, patches, people, &judgement)
        case .gateOverridden(let overridden):
            let by = overridden.by
            if all[index].releasers.contains(by) {
                judgement.violation("I8", event, "\(by) passes a gate of what they released")
            }
            checkRole(by, event, people, &judgement)
            all[index].passed.insert(overridden.batch)
            all[index].release.isHalted = false
        case .freezeOverridden(let overridden):
            check(overridden, &all[index], event, patches, people, &judgement)
        case .assetRollbackOrdered(let ordered):
            people.check(writerOf: event, mayDo: [.rollBackRollout], &judgement)
            if all[index].release.started < 0 {
                judgement.violation("I1", event, "nothing of it was begun that could go back")
            }
            _ = Self.author(ordered.by, event, &judgement)
        default: staged(&all[index], read, event, &judgement)
        }
    }

    /// Who wrote the event, who has to be whom it says; nil when that can't be read, which is then said.
    private static func author(
        _ by: String, _ event: EntryView, _ judgement: inout Judgement
    ) -> Actor? {
        do {
            let actor = try event.actor()
            if actor.id != by {
                judgement.violation(
                    "I14", event, "it is said to be by \(by), and is by \(actor.id)")
            }
            return actor
        } catch {
            judgement.unreadable(event)
            return nil
        }
    }

    // MARK: Freezes

    /// A person who didn't release the rollout overrides a freeze for it, or the emergency that it was
    /// planned in, while that is in force.
    private func check(
        _ overridden: FreezeOverridden, _ staged: inout Staged, _ event: EntryView,
        _ patches: PatchRules, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        staged.overridden.append(overridden.freeze)
        guard let named = overridden.emergency else {
            if staged.releasers.contains(overridden.by) {
                judgement.violation(
                    "I2", event, "\(overridden.by) overrides a freeze for what they released")
            }
            return people.check(writerOf: event, mayDo: [.overrideFreeze], &judgement)
        }
        staged.overriddenUntil[overridden.freeze] = overridden.until
        let moment = Timestamp(microseconds: event.occurredAt)
        let patch = staged.planned.flatMap { StreamKey($0.patch.text) }.flatMap(patches.patch)
        let emergency = patch?.liveEmergency(at: moment)
        if staged.planned?.emergency?.emergency != named || emergency?.emergency != named
            || emergency?.freezeOverride != overridden.reason
            || emergency?.until != overridden.until
        {
            judgement.violation("I2", event, "no emergency overrides freezes for this rollout")
        }
    }

    // MARK: Plan and approval

    private func decided(
        _ staged: inout Staged, _ read: RolloutEvent, _ event: EntryView, _ patches: PatchRules,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        switch read {
        case .planned(let planned):
            staged.planned = planned
            staged.release.capacity = planned.capacity
            staged.release.plan = TreeHash(bytes: planned.planDigest.bytes)
            staged.release.artefact = TreeHash(bytes: planned.artefactDigest.bytes)
            staged.release.approved = nil
            staged.makers = [planned.by: "planned it"]
            for tester in planned.testers { staged.makers[tester] = "tested the patch" }
            for declarer in planned.emergency?.declarers ?? [] {
                staged.makers[declarer] = "declared the emergency"
            }
            staged.releasers = [planned.by]
            staged.isMissKnown = false
            if let schedule = planned.schedule {
                staged.makers[schedule.by] = "made the schedule that planned it"
                staged.releasers.insert(schedule.by)
            }
        case .approvalRequested(let requested):
            staged.makers[requested.by] = "asked for it"
            staged.releasers.insert(requested.by)
            staged.expires = requested.expires
        case .approved(let approved):
            if let deed = staged.makers[approved.by] {
                judgement.violation("I14", event, "\(approved.by) approves and \(deed)")
            }
            checkRole(approved.by, event, people, &judgement)
            if TreeHash(bytes: approved.planDigest.bytes) != staged.release.plan {
                judgement.violation("I14", event, "the digest is not that of the plan")
            }
            // Under way an approval that has run out may be given anew.
            if staged.release.started < 0, let expires = staged.expires {
                Deadline.check(expires, event, &judgement)
            }
            staged.release.approved = TreeHash(bytes: approved.planDigest.bytes)
            staged.expires = approved.expires
        case .scheduled(let scheduled):
            staged.releasers.insert(scheduled.by)
            if let expires = staged.expires { Deadline.check(expires, event, &judgement) }
            checkPatch(scheduled.approval, staged, event, patches, &judgement)
            let moment = Timestamp(microseconds: event.occurredAt)
            if !staged.isMissKnown, let miss = staged.planned?.miss(at: moment) {
                judgement.violation(
                    "deadline", event, "it ends after \(miss.deadline), and no riskOwner knows")
            }
        case .missAcknowledged(let known):
            if staged.releasers.contains(known.by) {
                judgement.violation(
                    "deadline", event, "\(known.by) acknowledges the miss of what they released")
            }
            people.check(writerOf: event, mayDo: [.acknowledgeMiss], &judgement)
            if TreeHash(bytes: known.planDigest.bytes) != staged.release.plan {
                judgement.violation("deadline", event, "the digest is not that of the plan")
            }
            staged.isMissKnown = true
        default: break
        }
    }

    private func checkRole(
        _ by: String, _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        guard let actor = Self.author(by, event, &judgement) else { return }
        people.check(approver: by, role: actor.role, event, &judgement)
    }

    /// The patch was approved at that instant, and the plan is for what was approved.
    private func checkPatch(
        _ approval: PatchApproval, _ staged: Staged, _ event: EntryView, _ patches: PatchRules,
        _ judgement: inout Judgement
    ) {
        let plan = staged.planned
        if approval.patch != plan?.patch || approval.artefactDigest != plan?.artefactDigest {
            judgement.violation("I14", event, "the patch's approval is not for what is planned")
        }
        guard let key = StreamKey(approval.patch.text), let patch = patches.patch(key) else {
            return judgement.absent("I14", event, "there is no patch \(approval.patch)")
        }
        let isApproved =
            patch.mayStartRollout(at: Timestamp(microseconds: event.occurredAt))
            && patch.artefact?.digest == approval.artefactDigest
            && patch.approval?.expires == approval.expires
        if !isApproved {
            judgement.violation("I14", event, "the patch is not approved at that time")
        }
    }

    // MARK: Batches and gates

    private func staged(
        _ staged: inout Staged, _ read: RolloutEvent, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .batchStarted(let started):
            start(&staged, started.batch, started.planDigest, event, &judgement)
        case .stragglersStarted(let started):
            if let expires = staged.expires {
                Deadline.check(expires, event, &judgement)
                if started.until > expires {
                    judgement.violation("I14", event, "it waits beyond \(expires)")
                }
            }
            start(&staged, started.batch, started.planDigest, event, &judgement)
        case .stragglersClosed(let closed):
            staged.release.started = closed.batch - 1
            staged.release.areStragglersClosed = true
        case .batchSkipped(let skipped): staged.passed.insert(skipped.batch)
        case .gateEvaluated(let evaluated):
            if evaluated.verdict == .pass {
                staged.health.pass(evaluated, staged.planned, event, &judgement)
                staged.passed.insert(evaluated.batch)
            }
        case .paused(let paused):
            staged.release.isHalted = true
            for freeze in paused.restoredFreezes ?? [] {
                staged.overridden.removeAll { $0 == freeze }
                staged.overriddenUntil[freeze] = nil
            }
        case .resumed(let resumed):
            staged.health.soak()
            staged.releasers.insert(resumed.by)
            staged.release.isHalted = false
        case .rollbackOrdered:
            staged.release.isHalted = false
            staged.release.isRollingBack = true
        case .aborted, .cancelled, .rejected, .expired, .rolledBack, .completed:
            staged.release.isHalted = true
        case .baselineOrdered, .healthRecorded:
            staged.health.read(read, staged.planned, event, &judgement)
        case .soakStarted: staged.health.soak()
        case .planned, .approvalRequested, .approved, .scheduled, .gateOverridden,
            .freezeOverridden, .deadlineMoved, .postponed, .missAcknowledged,
            .assetRollbackOrdered:
            break
        }
    }

    private func start(
        _ staged: inout Staged, _ batch: Int, _ planDigest: Digest, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let digest = TreeHash(bytes: planDigest.bytes)
        if staged.release.approved != digest || staged.release.plan != digest {
            judgement.violation("I15", event, "the plan was not approved as it is")
        }
        let earlier = Set(0..<max(0, batch))
        if let open = earlier.subtracting(staged.passed).min() {
            judgement.violation("I1", event, "the gate after batch \(open) has not passed")
        }
        if batch > 0, staged.release.isHalted {
            judgement.violation("I8", event, "the rollout was halted")
        }
        if let planned = staged.planned { staged.health.start(batch, planned, event, &judgement) }
        staged.release.started = batch
        staged.release.isHalted = false
    }
}

extension RolloutRules.Release {
    /// Why nothing of `batch` may be dispatched now; nil when it may.
    func refusal(of batch: Int32, isRollback: Bool) -> (rule: String, words: String)? {
        if approved == nil || approved != plan { return ("I15", "the plan was not approved") }
        // One that had returned may go back after that.
        let mayGoBack = isRollback && areStragglersClosed
        if Int(batch) > started, !mayGoBack { return ("I1", "batch \(batch) has not started") }
        if isHalted, !isRollback { return ("I6", "the rollout is halted") }
        if isRollingBack, !isRollback { return ("I6", "the rollout goes back") }
        if inFlight > capacity {
            return ("I1", "\(inFlight) attempts are under way, \(capacity) may be")
        }
        return nil
    }
}
