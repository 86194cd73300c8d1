package import EventSourcing
private import FoundationEssentials

/// Grants and tokens of one person.
package enum PersonDecider: Decider {
    package static let prefix = "pe"
    package static var initialState: Person { Person() }
    /// No token lives longer.
    package static let longestTokenLife = Duration.seconds(400 * 86_400)

    package static func decide(
        _ command: PersonCommand, _ context: CommandContext, _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        switch command {
        case .grantRole(let role, let person):
            guard !role.isService else { throw .serviceRole(role) }
            guard !context.actor.people.contains(person.text) else {
                throw .mayNotGrantToSelf(role)
            }
            return state.roles.contains(role) ? [] : [.roleGranted(RoleGranted(role: role))]
        case .revokeRole(let role, let reason):
            guard !isBlank(reason) else { throw .reasonMissing }
            guard state.roles.contains(role) else { return [] }
            return [.roleRevoked(RoleRevoked(role: role, reason: reason))]
        case .issueToken(let token):
            return try issue(token, at: context.at, state)
        case .revokeToken(let id, let reason):
            guard !isBlank(reason) else { throw .reasonMissing }
            guard let token = state.tokens.first(where: { $0.id == id }) else {
                throw .noSuchToken(id)
            }
            return token.revoked ? [] : [.tokenRevoked(TokenRevoked(token: id, reason: reason))]
        }
    }

    package static func evolve(_ state: inout Person, _ event: PersonEvent) {
        switch event {
        case .roleGranted(let granted):
            state.roles = (state.roles.filter { $0 != granted.role } + [granted.role]).sorted()
        case .roleRevoked(let revoked):
            state.roles.removeAll { $0 == revoked.role }
        case .tokenIssued(let issued):
            state.tokens.append(
                Person.Token(
                    id: issued.token, sha256: issued.sha256, prefix: issued.prefix,
                    label: issued.label, roles: issued.roles, expires: issued.expires,
                    revoked: false))
        case .tokenRevoked(let revoked):
            for index in state.tokens.indices where state.tokens[index].id == revoked.token {
                state.tokens[index].revoked = true
            }
        }
    }

    private static func issue(
        _ token: TokenIssued, at now: Timestamp, _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        let roles = Set(token.roles).sorted()
        guard !roles.isEmpty else { throw .tokenWithoutRoles }
        for role in roles {
            guard !role.isService else { throw .serviceRole(role) }
            guard state.roles.contains(role) else { throw .roleNotHeld(role) }
        }
        guard token.expires > now else { throw .tokenExpiryInPast(token.expires, now: now) }
        guard token.expires <= now + longestTokenLife else {
            throw .tokenExpiryTooFar(token.expires, latest: now + longestTokenLife)
        }
        guard (4...16).contains(token.prefix.utf8.count),
            token.prefix.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "_") })
        else { throw .badTokenPrefix(token.prefix) }
        guard !state.tokens.contains(where: { $0.id == token.token || $0.sha256 == token.sha256 })
        else { throw .tokenReused(token.token) }
        let issued = TokenIssued(
            token: token.token, sha256: token.sha256, prefix: token.prefix, label: token.label,
            roles: roles, expires: token.expires)
        return [.tokenIssued(issued)]
    }
}

/// True for a text in which nobody said anything.
func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
