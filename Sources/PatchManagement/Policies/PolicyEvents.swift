package import EventSourcing

package enum PolicyEvent: DomainEvent {
    case proposed(PolicyProposed)
    case examined(PolicyExamined)
    case published(PolicyPublished)
    case rejected(PolicyRejected)
    case withdrawn(PolicyWithdrawn)
    case reviewDue(PolicyReviewDue)
    case reviewed(PolicyReviewed)
    case builtIn(PolicyBuiltIn)

    package var payload: any EventPayload {
        switch self {
        case .proposed(let payload): payload
        case .examined(let payload): payload
        case .published(let payload): payload
        case .rejected(let payload): payload
        case .withdrawn(let payload): payload
        case .reviewDue(let payload): payload
        case .reviewed(let payload): payload
        case .builtIn(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case PolicyProposed.type: self = .proposed(try .decode(schemaVersion: version, data: data))
        case PolicyExamined.type: self = .examined(try .decode(schemaVersion: version, data: data))
        case PolicyPublished.type:
            self = .published(try .decode(schemaVersion: version, data: data))
        case PolicyRejected.type: self = .rejected(try .decode(schemaVersion: version, data: data))
        case PolicyWithdrawn.type:
            self = .withdrawn(try .decode(schemaVersion: version, data: data))
        case PolicyReviewDue.type:
            self = .reviewDue(try .decode(schemaVersion: version, data: data))
        case PolicyReviewed.type: self = .reviewed(try .decode(schemaVersion: version, data: data))
        case PolicyBuiltIn.type: self = .builtIn(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct PolicyProposed: EventPayload {
    package static let type = "PolicyProposed"
    package let scope: PolicyScope
    package let version: Int
    package let document: PolicyDocument
    /// Of scope, version and document: what the publication confirms.
    package let digest: Digest
    package let reason: String
    package let proposed: Timestamp
    package let by: Actor
}

/// Somebody has looked at what the proposal would change.
package struct PolicyExamined: EventPayload {
    package static let type = "PolicyExamined"
    package let version: Int
    package let proposal: Digest
    package let summary: PolicyWhatIfSummary
    /// Of the `PolicyWhatIf`.
    package let report: Digest
    package let examined: Timestamp
    package let by: Actor
}

/// From here on the scope has this policy.
package struct PolicyPublished: EventPayload {
    package static let type = "PolicyPublished"
    package let policy: PublishedPolicy
    /// Of the proposal that was published.
    package let proposal: Digest
    /// Of the what-if that came before.
    package let report: Digest
    package let reviewSeconds: Int
    /// nil where nothing is set any more.
    package let reviewDue: Timestamp?
    package let published: Timestamp
    package let proposer: Actor
    package let reason: String
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case policy, proposal, report
        case reviewSeconds = "review_seconds"
        case reviewDue = "review_due"
        case published, proposer, reason, by
    }
}

package struct PolicyRejected: EventPayload {
    package static let type = "PolicyRejected"
    package let version: Int
    package let proposal: Digest
    package let reason: String
    package let by: Actor
}

package struct PolicyWithdrawn: EventPayload {
    package static let type = "PolicyWithdrawn"
    package let version: Int
    package let proposal: Digest
    package let reason: String
    package let by: Actor
}

/// A year has passed in which nobody looked at it.
package struct PolicyReviewDue: EventPayload {
    package static let type = "PolicyReviewDue"
    package let version: Int
    package let due: Timestamp
}

/// Somebody has looked at it, and it stays.
package struct PolicyReviewed: EventPayload {
    package static let type = "PolicyReviewed"
    package let version: Int
    /// When it is to be looked at again.
    package let due: Timestamp
    package let reason: String
    package let by: Actor
}
