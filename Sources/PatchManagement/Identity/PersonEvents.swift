package import EventSourcing
package import FoundationEssentials

/// What happened to one person, or to a worker's account: roles and tokens. Names of people live
/// outside the log; the stream's id is all that other events hold.
package enum PersonEvent: DomainEvent {
    case roleGranted(RoleGranted)
    case roleRevoked(RoleRevoked)
    case tokenIssued(TokenIssued)
    case tokenRevoked(TokenRevoked)

    package var payload: any EventPayload {
        switch self {
        case .roleGranted(let payload): payload
        case .roleRevoked(let payload): payload
        case .tokenIssued(let payload): payload
        case .tokenRevoked(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        switch type {
        case RoleGranted.type:
            self = .roleGranted(try .decode(schemaVersion: schemaVersion, data: data))
        case RoleRevoked.type:
            self = .roleRevoked(try .decode(schemaVersion: schemaVersion, data: data))
        case TokenIssued.type:
            self = .tokenIssued(try .decode(schemaVersion: schemaVersion, data: data))
        case TokenRevoked.type:
            self = .tokenRevoked(try .decode(schemaVersion: schemaVersion, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct RoleGranted: EventPayload {
    package static let type = "RoleGranted"
    package let role: Role

    package init(role: Role) { self.role = role }
}

package struct RoleRevoked: EventPayload {
    package static let type = "RoleRevoked"
    package let role: Role
    package let reason: String

    package init(role: Role, reason: String) {
        self.role = role
        self.reason = reason
    }
}

/// A token was made. The token itself is shown once and stored nowhere: only its SHA-256 is.
package struct TokenIssued: EventPayload {
    package static let type = "TokenIssued"
    package let token: UUID
    package let sha256: Digest
    /// The first characters, by which people tell tokens apart.
    package let prefix: String
    /// What it is for.
    package let label: String
    /// Sorted.
    package let roles: [Role]
    package let expires: Timestamp

    package init(
        token: UUID, sha256: Digest, prefix: String, label: String, roles: [Role],
        expires: Timestamp
    ) {
        self.token = token
        self.sha256 = sha256
        self.prefix = prefix
        self.label = label
        self.roles = roles
        self.expires = expires
    }
}

package struct TokenRevoked: EventPayload {
    package static let type = "TokenRevoked"
    package let token: UUID
    package let reason: String

    package init(token: UUID, reason: String) {
        self.token = token
        self.reason = reason
    }
}
