package import EventSourcing
private import FoundationEssentials
private import PatchManagement

/// Somebody who was let in, with what is known of the token.
package struct SignedIn: Sendable, Equatable {
    package let caller: Caller
    /// The person's name, as the house chose it.
    let label: PersonalText
    /// Of the token: `to_` and a UUID.
    package let tokenID: StreamID
    package let expires: Timestamp

    package var roles: [String] { caller.roles.map(\.rawValue) }

    package init(caller: Caller, label: PersonalText, tokenID: StreamID, expires: Timestamp) {
        self.caller = caller
        self.label = label
        self.tokenID = tokenID
        self.expires = expires
    }
}

/// The token is none, or none any more (401).
package struct NotSignedIn: Error, Equatable {
    package enum Cause: Sendable, Equatable {
        case noToken, unknown, revoked, expired, withoutRoles
    }

    package let cause: Cause

    package init(_ cause: Cause) {
        self.cause = cause
    }
}

extension UseCases {
    /// Who bears `text`, with the roles that are held at this moment.
    ///
    /// Reads the person's stream each time: a token that was revoked is refused on the next
    /// request, by whichever process it comes to. Cost: one round trip.
    package func signIn(_ text: String) async throws -> SignedIn {
        guard let bearer = BearerToken(text) else { throw NotSignedIn(.unknown) }
        let person = try await bus.state(of: bearer.person, as: PersonDecider.self).state
        let digest = bearer.digest
        // Looks at every token and every byte, so that the time taken tells nothing.
        var found: Person.Token?
        for token in person.tokens where Self.isSame(token.sha256, digest) { found = token }
        guard let token = found else { throw NotSignedIn(.unknown) }
        guard !token.revoked else { throw NotSignedIn(.revoked) }
        let moment = now()
        guard moment < token.expires else { throw NotSignedIn(.expired) }
        let roles = person.roles(bearing: digest, at: moment)
        guard !roles.isEmpty else { throw NotSignedIn(.withoutRoles) }
        return SignedIn(
            caller: Caller(person: bearer.person, roles: roles), label: token.label,
            tokenID: StreamID(prefix: "to", token.id), expires: token.expires)
    }

    /// What the house calls somebody who was let in.
    package func name(of signedIn: SignedIn) async throws -> String {
        try await shown(
            signedIn.label, in: TokenIssued.label(of: signedIn.caller.person), isErased: false)
    }

    private static func isSame(_ one: Digest, _ other: Digest) -> Bool {
        zip(one.bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
