package import EventSourcing

package enum RolloutCommand: Sendable, Equatable {
    /// Pins the plan; again while it is only planned. `digest` is that of the plan's document.
    case plan(RolloutPlan, digest: Digest)
    case requestApproval(expires: Timestamp)
    /// `planDigest` is what the approver has seen.
    case approve(planDigest: Digest, expires: Timestamp, reason: String = "")
    case reject(reason: String)
    /// Before the start.
    case cancel(reason: String)
    case start(PatchApproval, reason: String = "")
    /// The coordinator has counted the outcomes.
    case observe(RolloutTally)
    /// A worker has asked the hosts.
    case recordHealth(HealthReport)
    case pause(RolloutPaused.Reason, detail: String)
    /// Names the failures that no longer count against the batch; `acceptAbsent` accepts those
    /// that are absent now. A rollout under way needs the patch's approval again.
    case resume(
        reason: String, acknowledged: [StreamID], acceptAbsent: Bool, approval: PatchApproval?)
    /// Passes the current batch by hand.
    case promote(reason: String, maxTotalFailures: Int?, approval: PatchApproval)
    case abort(reason: String)
    case rollBack(RollbackScope, reason: String)
    /// Single assets; the rollout goes on.
    case rollBackAssets([StreamID], reason: String)
    /// `freeze` is the id of one, or that of a policy with the name of one of its freezes.
    case overrideFreeze(String, reason: String)
    /// A worker has met a freeze that the emergency of the plan overrides.
    case overrideFreezeInEmergency(String, PatchEmergency)
    /// The owner of an asset moves it to a later time. `latest` is by when it has to be patched; nil for
    /// no deadline of its own.
    case postpone(StreamID, until: Timestamp, latest: Timestamp?, reason: String)
    /// Some of its assets wait for a freeze to end, as the coordinator has heard.
    case observeFreeze(FrozenTime)
    /// The first of them goes on.
    case observeThaw(freeze: String, at: Timestamp)
    /// A risk owner knows that it ends after the deadline; `planDigest` is what was seen.
    case acknowledgeMiss(planDigest: Digest, reason: String)
    // Timers
    case soakElapsed(batch: Int, until: Timestamp)
    case progressDeadlinePassed(batch: Int, deadline: Timestamp)
    case approvalExpired(expires: Timestamp)
    case stragglersDue(until: Timestamp)
}

/// The timers of a rollout, by their stored names.
package enum RolloutTimer: String, Sendable, CaseIterable {
    case soak
    case progressDeadline = "progress-deadline"
    case approvalExpiry = "approval-expiry"
    case stragglers

    struct Data: Codable {
        let batch: Int
        let due: Timestamp
    }

    func timer(batch: Int, due: Timestamp) -> NewTimer {
        NewTimer(name: rawValue, due: due, data: storedForm(Data(batch: batch, due: due)))
    }

    /// The command that `timer` means; nil for a name that isn't a rollout's.
    package static func command(for timer: DueTimer) throws -> RolloutCommand? {
        guard let name = RolloutTimer(rawValue: timer.name) else { return nil }
        let data = try CanonicalJSON.decode(Data.self, from: timer.data)
        return switch name {
        case .soak: .soakElapsed(batch: data.batch, until: data.due)
        case .progressDeadline: .progressDeadlinePassed(batch: data.batch, deadline: data.due)
        case .approvalExpiry: .approvalExpired(expires: data.due)
        case .stragglers: .stragglersDue(until: data.due)
        }
    }
}
