package import EventSourcing

/// An emergency that a patch is under. What it loosens asks `Patch.liveEmergency(at:)`.
package struct PatchEmergency: Codable, Hashable, Sendable {
    package let emergency: StreamID
    /// The assets that it is for.
    package let selector: TargetSelector
    /// The two people: neither may approve the patch or a plan of it.
    package let declarers: [Actor]
    package let until: Timestamp
    /// Why a freeze may be overridden; nil where freezes hold.
    package let freezeOverride: String?

    package init(
        emergency: StreamID, selector: TargetSelector, declarers: [Actor], until: Timestamp,
        freezeOverride: String? = nil
    ) {
        self.emergency = emergency
        self.selector = selector
        self.declarers = declarers
        self.until = until
        self.freezeOverride = freezeOverride
    }

    private enum CodingKeys: String, CodingKey {
        case emergency, selector, declarers, until
        case freezeOverride = "freeze_override"
    }
}

/// Two people have declared an emergency for the patch.
package struct PatchEmergencyBegun: EventPayload {
    package static let type = "PatchEmergencyBegun"
    package let emergency: PatchEmergency
}

/// It is over: what was approved by it can start nothing new.
package struct PatchEmergencyEnded: EventPayload {
    package static let type = "PatchEmergencyEnded"
    package let emergency: StreamID
}

extension Patch {
    /// The emergency that is in force at `moment`; nil where there is none.
    package func liveEmergency(at moment: Timestamp) -> PatchEmergency? {
        guard let emergency, moment < emergency.until else { return nil }
        return emergency
    }

    /// The one that is in force at `moment` for all of `selector`.
    package func liveEmergency(
        covering selector: TargetSelector, at moment: Timestamp
    ) -> PatchEmergency? {
        liveEmergency(at: moment).flatMap { $0.selector.covers(selector) ? $0 : nil }
    }

    /// The one that is in force at `moment` for all of these assets.
    package func liveEmergency(
        for assets: [AssetRegistration], at moment: Timestamp
    ) -> PatchEmergency? {
        liveEmergency(at: moment).flatMap { emergency in
            assets.allSatisfy { emergency.selector.matches($0) } ? emergency : nil
        }
    }

    /// Until when an approval for `selector` that is asked for now is good: never beyond the emergency
    /// that it is asked for in.
    package func approvalEnd(
        for selector: TargetSelector, _ seconds: Int, from moment: Timestamp
    ) -> Timestamp {
        let end = moment + .seconds(seconds)
        return liveEmergency(covering: selector, at: moment).map { min($0.until, end) } ?? end
    }
}

extension PatchDecider {
    /// A deferral ends with it. Where one of the two has approved the patch meanwhile there would be
    /// only two people: it is refused then, and loosens nothing.
    static func beginEmergency(
        _ emergency: PatchEmergency, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        if patch.emergency?.emergency == emergency.emergency { return [] }
        if let other = patch.liveEmergency(at: context.at) {
            throw .alreadyInEmergency(other.emergency)
        }
        guard current.isBeforeDeployed, context.at < emergency.until else {
            throw .wrongState(current, needed: PatchState.allCases.filter(\.isBeforeDeployed))
        }
        let approvers = patch.emergencyGround(at: context.at)?.approvers ?? []
        for approver in approvers {
            for person in emergency.declarers.flatMap(\.people)
            where approver.people.contains(person) {
                throw .mayNotApprove(person, .declarer)
            }
        }
        let resumed =
            current == .deferred ? [afterDeferral(patch, "an emergency was declared")] : []
        return resumed + [.emergencyBegun(PatchEmergencyBegun(emergency: emergency))]
    }

    static func endEmergency(
        _ emergency: StreamID, _ context: CommandContext, _ patch: Patch
    ) -> [PatchEvent] {
        guard patch.emergency?.emergency == emergency else { return [] }
        let ended = PatchEvent.emergencyEnded(PatchEmergencyEnded(emergency: emergency))
        guard patch.approval?.emergency == emergency, approvalIsLive(patch) else { return [ended] }
        return [
            ended,
            .approvalExpired(
                ApprovalExpired(expired: context.at, rollouts: patch.openRollouts)),
        ]
    }
}
