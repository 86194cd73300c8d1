package import EventSourcing
package import FoundationEssentials

/// A person's roles and tokens, as the events leave them.
package struct Person: Sendable, Equatable {
    package struct Token: Sendable, Equatable {
        package let id: UUID
        package let sha256: Digest
        package let prefix: String
        package let label: PersonalText
        package let roles: [Role]
        package let expires: Timestamp
        package var revoked: Bool
    }

    /// Sorted.
    package var roles: [Role] = []
    /// In the order of their issue.
    package var tokens: [Token] = []
    /// The id of the key by which texts about the person are encrypted; nil as long as none is.
    package var key: Digest?
    /// How many texts about the person stand in the clear, from before they were encrypted.
    package var clearTexts = 0
    /// What was asked for last; it may have expired.
    package var requestedErasure: ErasureRequested?
    package var isErased = false

    package init() {}

    /// What the bearer of the token with that digest may do at `moment`: the token's roles as far
    /// as the person still holds them. Empty when the token is unknown, revoked or expired.
    package func roles(bearing sha256: Digest, at moment: Timestamp) -> [Role] {
        guard let token = tokens.first(where: { $0.sha256 == sha256 }), !token.revoked,
            moment < token.expires
        else { return [] }
        return token.roles.filter(roles.contains)
    }
}

package enum PersonCommand: Sendable, Equatable {
    case grantRole(Role, person: StreamID)
    case revokeRole(Role, reason: PersonalText)
    case issueToken(TokenIssued)
    /// Without a reason only where the person's key is not at hand.
    case revokeToken(UUID, reason: PersonalText?)
    case requestErasure(reason: String)
    /// By another one than who requested it, and not by `person`.
    case confirmErasure(reason: String, person: StreamID, keyMissing: Bool = false)
}

package enum PersonRejection: DomainRejection {
    case serviceRole(Role)
    case mayNotGrantToSelf(Role)
    case roleNotHeld(Role)
    case tokenWithoutRoles
    case tokenExpiryInPast(Timestamp, now: Timestamp)
    case tokenExpiryTooFar(Timestamp, latest: Timestamp)
    case tokenReused(UUID)
    case badTokenPrefix(String)
    case noSuchToken(UUID)
    case reasonMissing
    /// A text about the person came in the clear.
    case notEncrypted
    /// The person's key isn't the one, or not where this process looks.
    case keyNotHere(Digest)
    case isErased
    case nothingToErase
    case erasureRequested
    case erasureNotRequested
    case mayNotConfirmOwnRequest
    case mayNotConfirmForSelf

    package var code: String {
        switch self {
        case .serviceRole: "service-role"
        case .mayNotGrantToSelf: "may-not-grant-to-self"
        case .roleNotHeld: "role-not-held"
        case .tokenWithoutRoles: "token-without-roles"
        case .tokenExpiryInPast: "token-expiry-in-past"
        case .tokenExpiryTooFar: "token-expiry-too-far"
        case .tokenReused: "token-reused"
        case .badTokenPrefix: "bad-token-prefix"
        case .noSuchToken: "no-such-token"
        case .reasonMissing: "reason-missing"
        case .notEncrypted: "not-encrypted"
        case .keyNotHere: "subject-key-not-here"
        case .isErased: "subject-erased"
        case .nothingToErase: "nothing-to-erase"
        case .erasureRequested: "erasure-requested"
        case .erasureNotRequested: "erasure-not-requested"
        case .mayNotConfirmOwnRequest: "requester-may-not-confirm"
        case .mayNotConfirmForSelf: "subject-may-not-confirm"
        }
    }

    package var message: String {
        switch self {
        case .serviceRole(let role):
            "role '\(role.rawValue)' belongs to patchflow itself: choose one of "
                + Role.grantable.map(\.rawValue).joined(separator: ", ")
        case .mayNotGrantToSelf(let role):
            "role '\(role.rawValue)' can't be granted to oneself: ask another administrator"
        case .roleNotHeld(let role):
            "role '\(role.rawValue)' is not held by this person: grant it first"
        case .tokenWithoutRoles: "roles is empty: name at least one role for the token"
        case .tokenExpiryInPast(let expiry, let now):
            "expires '\(expiry)' is not after now, \(now): choose a later time"
        case .tokenExpiryTooFar(let expiry, let latest):
            "expires '\(expiry)' is too far away: choose \(latest) or earlier"
        case .tokenReused(let id):
            "token '\(id.text)' or its digest was used before: make a new token"
        case .badTokenPrefix(let prefix):
            "prefix '\(prefix)' is not 4 to 16 letters, digits or '_': use the token's beginning"
        case .noSuchToken(let id):
            "token '\(id.text)' is not one of this person's: list the tokens to see their ids"
        case .reasonMissing: "reason is empty: say why in a few words"
        case .notEncrypted:
            "a text about the person is not encrypted: report it as a bug"
        case .keyNotHere(let key):
            "what the log holds of this person is encrypted by the key \(key), which is not in the "
                + "directory of subject keys of this server: give all servers the same one, or bring "
                + "the key back from its backup; where it is lost for good, 'audit redact --key-lost' "
                + "erases the person all the same"
        case .isErased:
            "this person was erased, for good: choose another name for somebody who is new"
        case .nothingToErase: "the log holds nothing of this person: look at the name again"
        case .erasureRequested:
            "somebody else has asked for it already: confirm it, or wait until that has expired"
        case .erasureNotRequested:
            "nobody has asked to erase this person in the last "
                + "\(PersonDecider.erasureRequestLife.wholeSeconds / 86_400) days: ask for it first"
        case .mayNotConfirmOwnRequest:
            "whoever asked for the erasure can't confirm it: it needs another person"
        case .mayNotConfirmForSelf: "nobody confirms the erasure of oneself: ask somebody else"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .mayNotGrantToSelf, .mayNotConfirmOwnRequest, .mayNotConfirmForSelf: .notAllowed
        case .noSuchToken, .nothingToErase: .notFound
        case .roleNotHeld, .keyNotHere, .isErased, .erasureRequested, .erasureNotRequested:
            .wrongState
        case .serviceRole, .tokenWithoutRoles, .tokenExpiryInPast, .tokenExpiryTooFar,
            .tokenReused, .badTokenPrefix, .reasonMissing, .notEncrypted:
            .invalid
        }
    }
}
