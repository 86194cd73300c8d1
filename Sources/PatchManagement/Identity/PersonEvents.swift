package import EventSourcing
package import FoundationEssentials

/// What happened to one person, or to a worker's account: roles, tokens, and the end of what is known.
///
/// What these events say about a person in words (the name, and why roles and tokens were taken back)
/// is encrypted by a key of the person's own (`PersonalText`), before it is hashed. Other streams hold
/// nothing of people but the ids of these streams. An id is a pseudonym that follows from the name
/// (`PersonName`): it stays after an erasure, and whoever guesses the name can tell whose it was. So do
/// stay the reasons that people give for what they decide, which are about patches, and the `owner` and
/// the login of an asset.
package enum PersonEvent: DomainEvent {
    case roleGranted(RoleGranted)
    case roleRevoked(RoleRevoked)
    case tokenIssued(TokenIssued)
    case tokenRevoked(TokenRevoked)
    case erasureRequested(ErasureRequested)
    case subjectErased(SubjectErased)

    package var payload: any EventPayload {
        switch self {
        case .roleGranted(let payload): payload
        case .roleRevoked(let payload): payload
        case .tokenIssued(let payload): payload
        case .tokenRevoked(let payload): payload
        case .erasureRequested(let payload): payload
        case .subjectErased(let payload): payload
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
        case ErasureRequested.type:
            self = .erasureRequested(try .decode(schemaVersion: schemaVersion, data: data))
        case SubjectErased.type:
            self = .subjectErased(try .decode(schemaVersion: schemaVersion, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct RoleGranted: EventPayload {
    package static let type = "RoleGranted"
    package let role: Role

    package init(role: Role) { self.role = role }
}

package struct RoleRevoked: PersonalPayload {
    package static let type = "RoleRevoked"
    package let role: Role
    package let reason: PersonalText

    package init(role: Role, reason: PersonalText) {
        self.role = role
        self.reason = reason
    }

    package var personalTexts: [PersonalText] { [reason] }
    package static func reason(of person: StreamID) -> PersonalField {
        PersonalField(person, "RoleRevoked.reason")
    }
}

/// A token was made. The token itself is shown once and stored nowhere: only its SHA-256 is.
package struct TokenIssued: PersonalPayload {
    package static let type = "TokenIssued"
    package let token: UUID
    package let sha256: Digest
    /// The first characters, by which people tell tokens apart.
    package let prefix: String
    /// The name that the house calls the person by.
    package let label: PersonalText
    /// Sorted.
    package let roles: [Role]
    package let expires: Timestamp

    package init(
        token: UUID, sha256: Digest, prefix: String, label: PersonalText, roles: [Role],
        expires: Timestamp
    ) {
        self.token = token
        self.sha256 = sha256
        self.prefix = prefix
        self.label = label
        self.roles = roles
        self.expires = expires
    }

    package var personalTexts: [PersonalText] { [label] }
    package static func label(of person: StreamID) -> PersonalField {
        PersonalField(person, "TokenIssued.label")
    }
}

package struct TokenRevoked: PersonalPayload {
    package static let type = "TokenRevoked"
    package let token: UUID
    /// nil when the person's key was not at hand: to end a token can't wait for that.
    package let reason: PersonalText?

    package init(token: UUID, reason: PersonalText?) {
        self.token = token
        self.reason = reason
    }

    package var personalTexts: [PersonalText] { [reason].compactMap(\.self) }
    package static func reason(of person: StreamID) -> PersonalField {
        PersonalField(person, "TokenRevoked.reason")
    }
}
