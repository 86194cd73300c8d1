package import EventSourcing
private import FoundationEssentials

/// Grants and tokens of one person, and the erasure of what is known of it.
///
/// Texts about the person come encrypted: whoever sends the command has done that, and has seen to it
/// that they say something.
package enum PersonDecider: Decider {
    package static let prefix = "pe"
    package static var initialState: Person { Person() }
    /// No token lives longer.
    package static let longestTokenLife = Duration.seconds(400 * 86_400)
    /// So long can a request to erase somebody be confirmed.
    package static let erasureRequestLife = Duration.seconds(7 * 86_400)

    package static func decide(
        _ command: PersonCommand, _ context: CommandContext, _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        switch command {
        case .grantRole(let role, let person):
            guard !state.isErased else { throw .isErased }
            guard !role.isService else { throw .serviceRole(role) }
            guard !context.actor.people.contains(person.text) else {
                throw .mayNotGrantToSelf(role)
            }
            return state.roles.contains(role) ? [] : [.roleGranted(RoleGranted(role: role))]
        case .revokeRole(let role, let reason):
            guard state.roles.contains(role) else { return [] }
            try expect(reason, state)
            return [.roleRevoked(RoleRevoked(role: role, reason: reason))]
        case .issueToken(let token):
            return try issue(token, at: context.at, state)
        case .revokeToken(let id, let reason):
            guard let token = state.tokens.first(where: { $0.id == id }) else {
                throw .noSuchToken(id)
            }
            guard !token.revoked else { return [] }
            if let reason { try expect(reason, state) }
            return [.tokenRevoked(TokenRevoked(token: id, reason: reason))]
        case .requestErasure(let reason):
            return try requestErasure(reason, context, state)
        case .confirmErasure(let reason, let person, let keyMissing):
            return try confirmErasure(of: person, reason, keyMissing, context, state)
        }
    }

    package static func evolve(_ state: inout Person, _ event: PersonEvent) {
        switch event {
        case .roleGranted(let granted):
            state.roles = (state.roles.filter { $0 != granted.role } + [granted.role]).sorted()
        case .roleRevoked(let revoked):
            state.roles.removeAll { $0 == revoked.role }
            note([revoked.reason], in: &state)
        case .tokenIssued(let issued):
            note([issued.label], in: &state)
            state.tokens.append(
                Person.Token(
                    id: issued.token, sha256: issued.sha256, prefix: issued.prefix,
                    label: issued.label, roles: issued.roles, expires: issued.expires,
                    revoked: false))
        case .tokenRevoked(let revoked):
            note(revoked.personalTexts, in: &state)
            for index in state.tokens.indices where state.tokens[index].id == revoked.token {
                state.tokens[index].revoked = true
            }
        case .erasureRequested(let requested):
            state.requestedErasure = requested
        case .subjectErased:
            state.isErased = true
            state.requestedErasure = nil
            state.roles = []
            for index in state.tokens.indices { state.tokens[index].revoked = true }
        }
    }

    private static func note(_ texts: [PersonalText], in state: inout Person) {
        for text in texts {
            state.key = state.key ?? text.key
            if text.key == nil { state.clearTexts += 1 }
        }
    }

    /// All texts about a person are under one key, so that destroying that one erases them all.
    private static func expect(_ text: PersonalText, _ state: Person) throws(PersonRejection) {
        guard let key = text.key else { throw .notEncrypted }
        if let known = state.key, known != key { throw .keyNotHere(known) }
    }

    private static func issue(
        _ token: TokenIssued, at now: Timestamp, _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        guard !state.isErased else { throw .isErased }
        try expect(token.label, state)
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

// MARK: Erasure

extension PersonDecider {
    private static func requestErasure(
        _ reason: String, _ context: CommandContext, _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        guard !isBlank(reason) else { throw .reasonMissing }
        guard !state.isErased else { throw .isErased }
        guard state.key != nil || state.clearTexts > 0 else { throw .nothingToErase }
        if let open = state.requestedErasure, context.at < open.expires {
            guard open.by.people == context.actor.people else { throw .erasureRequested }
            return []
        }
        return [
            .erasureRequested(
                ErasureRequested(
                    by: context.actor, reason: reason, expires: context.at + erasureRequestLife))
        ]
    }

    private static func confirmErasure(
        of person: StreamID, _ reason: String, _ keyMissing: Bool, _ context: CommandContext,
        _ state: Person
    ) throws(PersonRejection) -> [PersonEvent] {
        guard !isBlank(reason) else { throw .reasonMissing }
        guard !state.isErased else { throw .isErased }
        guard let open = state.requestedErasure, context.at < open.expires else {
            throw .erasureNotRequested
        }
        let people = context.actor.people
        guard !people.contains(where: open.by.people.contains) else {
            throw .mayNotConfirmOwnRequest
        }
        guard !people.contains(person.text) else { throw .mayNotConfirmForSelf }
        return [
            .subjectErased(
                SubjectErased(
                    by: context.actor, requester: open.by, reason: reason, key: state.key,
                    clearTexts: state.clearTexts, keyMissing: keyMissing && state.key != nil))
        ]
    }
}

/// True for a text in which nobody said anything.
func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
