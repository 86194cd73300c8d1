package import EventSourcing

/// A plan that ends after the deadline of what it mends.
extension RolloutDeciding {
    /// Nothing starts that ends after the deadline, unless an emergency is why, or a risk owner knows.
    func needInTime() throws(RolloutRejection) {
        guard state.missAcknowledgedBy == nil, let (end, deadline) = plan.miss(at: at) else {
            return
        }
        throw .endsTooLate(at: end, deadline: deadline)
    }

    /// Whoever planned or asked for it has an interest in going on: another person bears the risk.
    func acknowledgeMiss(
        _ digest: Digest, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        switch state.stage {
        case .planned, .awaitingApproval, .approved: break
        case .unplanned, .measuring, .running, .soaking, .settling, .rollingBack, .ended:
            throw wrongState("acknowledge the miss", "it has started, or has ended")
        }
        guard digest == plan.planDigest else {
            throw .stalePlan(given: digest, current: plan.planDigest)
        }
        if state.missAcknowledgedBy != nil { return [] }
        guard let (end, deadline) = plan.miss(at: at) else { throw .endsInTime }
        let releasers = [plan.by, state.requestedBy, plan.schedule?.by]
        guard !releasers.contains(by) else { throw .releaserMayNotAcknowledge(by) }
        return [
            .missAcknowledged(
                RolloutMissAcknowledged(
                    by: by, planDigest: digest, end: end, deadline: deadline, reason: reason))
        ]
    }
}

extension RolloutPlanned {
    /// When it would end, started at `moment`, and the deadline that it misses by that; nil when it is
    /// in time, has no deadline, or is planned in an emergency.
    package func miss(at moment: Timestamp) -> (end: Timestamp, deadline: Timestamp)? {
        guard emergency == nil, let slaDeadline else { return nil }
        let end = max(predictedEnd, moment)
        return end > slaDeadline ? (end, slaDeadline) : nil
    }
}

/// A risk owner knows that the rollout ends after the deadline, and bears it.
package struct RolloutMissAcknowledged: EventPayload {
    package static let type = "RolloutMissAcknowledged"
    package let by: String
    package let planDigest: Digest
    /// When it is expected to end.
    package let end: Timestamp
    package let deadline: Timestamp
    package let reason: String

    private enum CodingKeys: String, CodingKey {
        case by, end, deadline, reason
        case planDigest = "plan_digest"
    }
}
