import EventSourcing

/// What emergencies and standing approvals mean for their patches.
enum EmergencyCoordination {
    static func react(to event: RecordedEvent) throws -> [RoutedCommand] {
        switch event.type {
        case EmergencyDeclared.type:
            let declared = try EmergencyDeclared.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            let emergency = PatchEmergency(
                emergency: event.stream, selector: declared.terms.selector,
                declarers: [declared.proposer, declared.by], until: declared.until,
                freezeOverride: declared.terms.freezeOverride)
            return [RoutedCommand(declared.terms.patch, .patch(.beginEmergency(emergency)))]
        case EmergencyEnded.type:
            let ended = try EmergencyEnded.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            return [RoutedCommand(ended.patch, .patch(.endEmergency(event.stream)))]
        case StandingApprovalRevoked.type:
            let revoked = try StandingApprovalRevoked.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            return revoked.patches.map {
                RoutedCommand($0, .patch(.loseStanding(event.stream, reason: revoked.reason)))
            }
        default: return []
        }
    }

    /// What an emergency has overridden is for its review.
    static func note(
        _ overridden: FreezeOverridden, _ event: RecordedEvent
    ) -> [RoutedCommand] {
        guard let emergency = overridden.emergency else { return [] }
        let override = EmergencyFreezeOverride(
            rollout: event.stream, freeze: overridden.freeze, at: event.recordedAt)
        return [RoutedCommand(emergency, .emergency(.noteFreezeOverride(override)))]
    }
}
