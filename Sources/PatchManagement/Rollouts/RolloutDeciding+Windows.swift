package import EventSourcing

/// What windows and freezes mean for a rollout.
extension RolloutDeciding {
    /// By when the targets of a batch have to be done: only the time counts in which their windows are
    /// open. Of several calendars the last one counts.
    func deadline(ofBatch batch: Int, since moment: Timestamp) -> Timestamp {
        let seconds = plan.progressDeadlineSeconds
        let plain = moment + .seconds(seconds)
        guard let calendars = plan.calendars, let ofBatches = plan.batchCalendars else {
            return plain
        }
        // That of the absent has targets of every batch.
        let numbers =
            ofBatches.indices.contains(batch) ? ofBatches[batch] : ofBatches.flatMap(\.self)
        let known = numbers.compactMap(\.self).filter(calendars.indices.contains)
        return known.map { calendars[$0].deadline(afterOpenSeconds: seconds, since: moment) }
            .reduce(plain, max)
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
}

extension RolloutState {
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

    private enum CodingKeys: String, CodingKey {
        case freeze, by, reason
        case planDigest = "plan_digest"
    }
}
