package import EventSourcing

package enum EmergencyEvent: DomainEvent {
    case proposed(EmergencyProposed)
    case lapsed(EmergencyLapsed)
    case declared(EmergencyDeclared)
    case ended(EmergencyEnded)
    case reviewReminded(EmergencyReviewReminded)
    case reviewed(EmergencyReviewed)
    case freezeOverridden(EmergencyFreezeOverridden)

    package var payload: any EventPayload {
        switch self {
        case .proposed(let payload): payload
        case .lapsed(let payload): payload
        case .declared(let payload): payload
        case .ended(let payload): payload
        case .reviewReminded(let payload): payload
        case .reviewed(let payload): payload
        case .freezeOverridden(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case EmergencyProposed.type:
            self = .proposed(try .decode(schemaVersion: version, data: data))
        case EmergencyLapsed.type:
            self = .lapsed(try .decode(schemaVersion: version, data: data))
        case EmergencyDeclared.type:
            self = .declared(try .decode(schemaVersion: version, data: data))
        case EmergencyEnded.type:
            self = .ended(try .decode(schemaVersion: version, data: data))
        case EmergencyReviewReminded.type:
            self = .reviewReminded(try .decode(schemaVersion: version, data: data))
        case EmergencyReviewed.type:
            self = .reviewed(try .decode(schemaVersion: version, data: data))
        case EmergencyFreezeOverridden.type:
            self = .freezeOverridden(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// The first of two people asks for it.
package struct EmergencyProposed: EventPayload {
    package static let type = "EmergencyProposed"
    package let emergency: StreamID
    package let terms: EmergencyTerms
    /// Of the terms: what the confirmation names.
    package let digest: Digest
    package let policy: EmergencyPolicy
    /// When the proposal lapses.
    package let expires: Timestamp
    package let by: Actor
}

package struct EmergencyLapsed: EventPayload {
    package static let type = "EmergencyLapsed"
    package let expires: Timestamp
}

/// The second one has confirmed it: it is in force.
package struct EmergencyDeclared: EventPayload {
    package static let type = "EmergencyDeclared"
    package let terms: EmergencyTerms
    package let digest: Digest
    package let declared: Timestamp
    package let until: Timestamp
    package let reviewBy: Timestamp
    /// Who proposed it, with the role held then.
    package let proposer: Actor
    /// Reviews that the team or one of the two owed when it was declared, which a risk owner among
    /// them passed over; empty mostly.
    package let overdue: [StreamID]
    package let reason: String
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case terms, digest, declared, until
        case reviewBy = "review_by"
        case proposer, overdue, reason, by
    }
}

package struct EmergencyEnded: EventPayload {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case timeOver
        case byPerson
    }

    package static let type = "EmergencyEnded"
    package let cause: Cause
    package let patch: StreamID
    package let ended: Timestamp
    /// Of a person's end; empty otherwise.
    package let reason: String
    package let by: Actor
}

/// The review is still owed.
package struct EmergencyReviewReminded: EventPayload {
    package static let type = "EmergencyReviewReminded"
    /// 1 for the first.
    package let number: Int
    package let reviewBy: Timestamp
    package let isOverdue: Bool
    /// Whom it is for: it climbs with each of the first three.
    package let to: [Role]

    private enum CodingKeys: String, CodingKey {
        case number
        case reviewBy = "review_by"
        case isOverdue = "is_overdue"
        case to
    }
}

package struct EmergencyReviewed: EventPayload {
    package static let type = "EmergencyReviewed"
    /// What was learnt.
    package let outcome: String
    package let reviewBy: Timestamp
    package let wasOverdue: Bool
    package let by: Actor
    /// What the review is on beside the patch: the freezes that it overrode; nil for none.
    package var freezeOverrides: [EmergencyFreezeOverride]?

    private enum CodingKeys: String, CodingKey {
        case outcome
        case reviewBy = "review_by"
        case wasOverdue = "was_overdue"
        case by
        case freezeOverrides = "freeze_overrides"
    }
}
