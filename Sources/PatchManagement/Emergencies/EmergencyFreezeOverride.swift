package import EventSourcing

/// A freeze that stood in the way of a rollout in an emergency, and was overridden for it.
package struct EmergencyFreezeOverride: Codable, Hashable, Sendable {
    package let rollout: StreamID
    /// Its id, or that of a policy with the name of one of its freezes.
    package let freeze: String
    package let at: Timestamp

    package init(rollout: StreamID, freeze: String, at: Timestamp) {
        self.rollout = rollout
        self.freeze = freeze
        self.at = at
    }
}

/// The emergency has overridden a freeze for one rollout, which its review has to look at.
package struct EmergencyFreezeOverridden: EventPayload {
    package static let type = "EmergencyFreezeOverridden"
    package let override: EmergencyFreezeOverride
    /// As the two who declared it gave it.
    package let reason: String
}

extension EmergencyDecider {
    static func noteFreezeOverride(
        _ override: EmergencyFreezeOverride, _ state: Emergency
    ) -> [EmergencyEvent] {
        let isKnown = state.freezeOverrides.contains {
            $0.rollout == override.rollout && $0.freeze == override.freeze
        }
        guard !isKnown, state.confirmer != nil, let reason = state.terms?.freezeOverride else {
            return []
        }
        return [
            .freezeOverridden(EmergencyFreezeOverridden(override: override, reason: reason))
        ]
    }
}
