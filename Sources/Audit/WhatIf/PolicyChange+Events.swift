internal import EventSourcing
internal import JSON
internal import PatchManagement

/// The events as they would have been written by the changed policy: only their numbers are others.
extension PolicyChange {
    /// - Parameters:
    ///   - recorded: The patch before the event, as it was.
    ///   - changed: The patch before the event, as it would have been.
    func altered(_ event: RecordedEvent, _ recorded: Patch, _ changed: Patch) throws -> PatchEvent {
        var data = try Self.data(of: event)
        switch event.type {
        case PatchIdentified.type:
            data["policy"] = Self.merged(data["policy"] ?? .object([:]), patch)
        case QualificationStarted.type:
            if let time = seconds("qualification_seconds", of: patch) {
                data["deadline"] = Self.text(event.occurredAt + time)
            }
        case ApprovalRequested.type:
            if let time = seconds("approval_seconds", of: patch),
                Self.isByPolicy(data["expires"], event, recorded.policy)
            {
                data["expires"] = Self.text(event.occurredAt + time)
            }
        case PatchApproved.type:
            if let expires = changed.approval?.expires { data["expires"] = Self.text(expires) }
        default: break
        }
        return try PatchEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: Self.stored(data))
    }

    /// - Parameters:
    ///   - recorded: The rollout before the event, as it was.
    ///   - approval: When the patch's approval would have ended.
    func altered(
        _ event: RecordedEvent, _ recorded: RolloutState, approval: Timestamp?
    ) throws -> RolloutEvent {
        var data = try Self.data(of: event)
        switch event.type {
        case RolloutPlanned.type:
            data["gate"] = Self.merged(data["gate"] ?? .object([:]), decidableGate)
            if let field = rollout["progress_deadline_seconds"] {
                data["progress_deadline_seconds"] = field
            }
        case RolloutApprovalRequested.type, RolloutApproved.type:
            if let time = seconds("approval_expiry_seconds", of: rollout) {
                data["expires"] = Self.text(event.occurredAt + time)
            }
        case BatchStarted.type, StragglerBatchStarted.type, RolloutResumed.type,
            GateOverridden.type:
            if let time = seconds("progress_deadline_seconds", of: rollout),
                let before = recorded.plan?.progressDeadlineSeconds,
                let deadline = data["deadline"]?.string.flatMap({ Timestamp($0) })
            {
                data["deadline"] = Self.text(deadline + time + .seconds(-before))
            }
        default: break
        }
        if let approval, case .object(var known) = data["approval"] {
            known["expires"] = Self.text(approval)
            data["approval"] = .object(known)
        }
        return try RolloutEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: Self.stored(data))
    }

    /// Nobody had chosen another end than the policy's. Between the choice and its record lie
    /// moments.
    private static func isByPolicy(
        _ expires: JSONValue?, _ event: RecordedEvent, _ policy: PatchPolicy
    ) -> Bool {
        guard let expires = expires?.string.flatMap({ Timestamp($0) }) else { return false }
        return expires - event.occurredAt > .seconds(policy.approvalSeconds - 60)
    }

    private static func data(of event: RecordedEvent) throws -> [String: JSONValue] {
        guard case .object(let members) = try CanonicalJSON.decode(JSONValue.self, from: event.data)
        else { return [:] }
        return members
    }

    private static func stored(_ members: [String: JSONValue]) throws -> [UInt8] {
        try CanonicalJSON.encode(JSONValue.object(members))
    }

    private static func text(_ moment: Timestamp) -> JSONValue { .string(moment.description) }
}
