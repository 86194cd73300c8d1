package import EventSourcing

package enum StandingApprovalEvent: DomainEvent {
    case proposed(StandingApprovalProposed)
    case granted(StandingApprovalGranted)
    case denied(StandingApprovalDenied)
    case used(StandingApprovalUsed)
    case expired(StandingApprovalExpired)
    case revoked(StandingApprovalRevoked)

    package var payload: any EventPayload {
        switch self {
        case .proposed(let payload): payload
        case .granted(let payload): payload
        case .denied(let payload): payload
        case .used(let payload): payload
        case .expired(let payload): payload
        case .revoked(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case StandingApprovalProposed.type:
            self = .proposed(try .decode(schemaVersion: version, data: data))
        case StandingApprovalGranted.type:
            self = .granted(try .decode(schemaVersion: version, data: data))
        case StandingApprovalDenied.type:
            self = .denied(try .decode(schemaVersion: version, data: data))
        case StandingApprovalUsed.type:
            self = .used(try .decode(schemaVersion: version, data: data))
        case StandingApprovalExpired.type:
            self = .expired(try .decode(schemaVersion: version, data: data))
        case StandingApprovalRevoked.type:
            self = .revoked(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// The first of two approvers asks for it.
package struct StandingApprovalProposed: EventPayload {
    package static let type = "StandingApprovalProposed"
    package let standing: StreamID
    package let terms: StandingTerms
    /// Of the terms: what the grant names.
    package let digest: Digest
    package let policy: StandingPolicy
    package let proposed: Timestamp
    package let by: Actor
}

package struct StandingApprovalGranted: EventPayload {
    package static let type = "StandingApprovalGranted"
    /// Of the terms that were granted.
    package let digest: Digest
    package let until: Timestamp
    package let reason: String
    /// With the role held at that time.
    package let by: Actor
}

package struct StandingApprovalDenied: EventPayload {
    package static let type = "StandingApprovalDenied"
    package let reason: String
    package let by: Actor
}

/// A patch is to be approved by it: recorded first, so that a revocation reaches that patch whatever
/// happens in between.
package struct StandingApprovalUsed: EventPayload {
    package static let type = "StandingApprovalUsed"
    package let patch: StreamID
    /// Digest of what is to be approved.
    package let binding: Digest
    package let by: Actor
}

package struct StandingApprovalExpired: EventPayload {
    package static let type = "StandingApprovalExpired"
    package let until: Timestamp
    /// Its time was over before a second approver decided.
    package let wasGranted: Bool

    private enum CodingKeys: String, CodingKey {
        case until
        case wasGranted = "was_granted"
    }
}

package struct StandingApprovalRevoked: EventPayload {
    package static let type = "StandingApprovalRevoked"
    package let reason: String
    /// Those that it was used for: the coordinator tells them.
    package let patches: [StreamID]
    package let by: Actor
}
