package import EventSourcing

/// What windows and freezes mean for a rollout.
extension RolloutDeciding {
    /// By when the targets of a batch have to be done: only the time counts in which their windows are
    /// open and no freeze keeps them waiting. Of several calendars the last one counts.
    func deadline(ofBatch batch: Int, since moment: Timestamp) -> Timestamp {
        let left = Duration.seconds(plan.progressDeadlineSeconds)
        let frozen = state.frozenTimes
        let plain = CountedTime(without: frozen).moment(after: left, since: moment)
        return calendars(ofBatch: batch).map {
            CountedTime($0, without: frozen).moment(after: left, since: moment)
        }.reduce(plain, max)
    }

    /// Those that hold for targets of the batch.
    private func calendars(ofBatch batch: Int) -> [PlannedCalendar] {
        guard let calendars = plan.calendars, let ofBatches = plan.batchCalendars else { return [] }
        // That of the absent has targets of every batch.
        let numbers =
            ofBatches.indices.contains(batch) ? ofBatches[batch] : ofBatches.flatMap(\.self)
        return numbers.compactMap(\.self).filter(calendars.indices.contains).map { calendars[$0] }
    }

    /// Some of its assets wait for a freeze to end: that time doesn't count against them.
    func observeFreeze(_ frozen: FrozenTime) -> [RolloutEvent] {
        guard !state.frozenTimes.contains(where: { $0.isSame(as: frozen) }) else { return [] }
        return moveDeadline(frozen)
    }

    /// The freeze has ended for it, perhaps before its time.
    func observeThaw(_ freeze: String, _ moment: Timestamp) -> [RolloutEvent] {
        guard let frozen = state.frozenTimes.last(where: { $0.freeze == freeze }),
            moment < frozen.to
        else { return [] }
        return moveDeadline(
            FrozenTime(freeze: freeze, from: frozen.from, to: max(frozen.from, moment)))
    }

    /// What was left of the counted time before the deadline is left of it still.
    private func moveDeadline(_ frozen: FrozenTime) -> [RolloutEvent] {
        guard state.isUnderWay, state.batch >= 0, let deadline = state.deadline else { return [] }
        let before = state.frozenTimes
        let after = before.filter { $0.freeze != frozen.freeze } + [frozen]
        var moved = deadline
        if isCounting, at < deadline {
            let calendars = calendars(ofBatch: state.batch)
            let times: [PlannedCalendar?] = calendars.isEmpty ? [nil] : calendars
            moved =
                times.map { calendar in
                    let left = CountedTime(calendar, without: before).amount(from: at, to: deadline)
                    return CountedTime(calendar, without: after).moment(after: left, since: at)
                }.max() ?? deadline
        }
        return [
            .deadlineMoved(
                ProgressDeadlineMoved(
                    batch: state.batch, frozen: frozen, earlier: deadline, deadline: moved))
        ]
    }

    /// Targets of a batch are under way, and have a deadline; that of hosts that are asked for their
    /// health goes by the clock.
    private var isCounting: Bool {
        switch state.stage {
        case .running, .settling: true
        case .unplanned, .planned, .awaitingApproval, .approved, .measuring, .soaking,
            .rollingBack, .ended:
            false
        }
    }

    /// The freeze no longer stands in the way of this rollout.
    ///
    /// Whoever planned or started it has an interest in going on: another person overrides.
    func overrideFreeze(
        _ freeze: String, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        if state.hasEnded, !state.mayStillGoBack {
            throw wrongState("override a freeze", "it has ended")
        }
        if state.overriddenFreezes.contains(freeze) { return [] }
        let releasers = [
            plan.by, plan.schedule?.by, state.requestedBy, state.startedBy, state.resumedBy,
        ]
        guard !releasers.contains(by) else { throw .releaserMayNotOverride(by) }
        return [
            .freezeOverridden(
                FreezeOverridden(
                    freeze: freeze, by: by, reason: reason, planDigest: plan.planDigest))
        ]
    }

    /// The emergency that the rollout was planned in has two people's word that freezes may be
    /// overridden, and a third has approved the plan: what it meets on its way is overridden for it,
    /// one by one, while the emergency lasts.
    func overrideFreeze(
        _ freeze: String, in emergency: PatchEmergency
    ) throws(RolloutRejection) -> [RolloutEvent] {
        guard state.isUnderWay || state.isGoingBack else {
            throw wrongState("override a freeze", "it is not under way")
        }
        guard plan.emergency?.emergency == emergency.emergency, at < emergency.until,
            let reason = emergency.freezeOverride
        else { throw .emergencyOverridesNothing(emergency.emergency) }
        if state.overriddenFreezes.contains(freeze) { return [] }
        return [
            .freezeOverridden(
                FreezeOverridden(
                    freeze: freeze, by: by, reason: reason, planDigest: plan.planDigest,
                    emergency: emergency.emergency, until: emergency.until))
        ]
    }
}

extension RolloutState {
    var isGoingBack: Bool {
        if case .rollingBack = stage { return true }
        return false
    }

    /// It has ended, and an order to roll it back would be taken.
    var mayStillGoBack: Bool {
        switch stage {
        case .ended(.cancelled), .ended(.rejected), .ended(.expired): false
        case .ended: batch >= 0
        default: true
        }
    }
}

/// A person lets the rollout go on in spite of a freeze; others stay frozen.
package struct FreezeOverridden: EventPayload {
    package static let type = "FreezeOverridden"
    /// The id of the freeze, or that of a policy with the name of one of its freezes.
    package let freeze: String
    package let by: String
    package let reason: String
    package let planDigest: Digest
    /// The emergency in which it was; nil where a person overrode it.
    package var emergency: StreamID?
    /// From then on the freeze holds again; nil with `emergency`.
    package var until: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case freeze, by, reason, emergency, until
        case planDigest = "plan_digest"
    }
}

/// The progress deadline has moved: assets wait for a freeze to end, and that time doesn't count
/// against them; or it has ended before its time.
package struct ProgressDeadlineMoved: EventPayload {
    package static let type = "ProgressDeadlineMoved"
    package let batch: Int
    package let frozen: FrozenTime
    /// As it was before.
    package let earlier: Timestamp
    package let deadline: Timestamp
}
