private import EventSourcing
private import FoundationEssentials
private import PatchManagement

extension UseCases {
    /// Makes a token for somebody, who gets those of its roles that aren't held yet. All of it is
    /// decided before anything is written.
    ///
    /// Asked again with the same key, it answers the same token without its secret, which is kept
    /// nowhere.
    package func issueToken(
        person name: String, roles names: [String], expiresInSeconds seconds: Int, _ order: Order
    ) async throws -> IssuedToken {
        let person = try PersonName.stream(of: name)
        let roles = try names.map(Self.role)
        guard (1...PersonDecider.longestTokenLife.wholeSeconds).contains(Int64(seconds)) else {
            throw InvalidInput(
                field: "expires_in_seconds",
                message: "'\(seconds)' is not between 1 and "
                    + "\(PersonDecider.longestTokenLife.wholeSeconds)")
        }
        _ = try context(order, .grantRole)
        let issuing = try context(order, .issueToken, part: "issue")
        let bearer = BearerToken(for: person)
        let id = UUID.version5(namespace: issuing.commandID, name: "token")
        if try await store.receipt(for: issuing.commandID, requestDigest: order.requestDigest)
            == nil
        {
            let before = try await bus.state(of: person, as: PersonDecider.self).state
            let label = try await encrypt(name, in: TokenIssued.label(of: person), of: before)
            let token = TokenIssued(
                token: id, sha256: bearer.digest, prefix: bearer.prefix, label: label,
                roles: roles, expires: issuing.at + .seconds(seconds))
            try await issue(token, to: person, before, order)
        }
        let tokens = try await tokens(of: person)
        guard var token = tokens.first(where: { $0.id.uuid == id }) else {
            throw EventStoreError(.corrupted, "\(person) has no token \(id.text)")
        }
        // Of several tries, the one that was first has made it.
        if token.sha256 == bearer.digest { token.secret = bearer.text }
        return token
    }

    private func issue(
        _ token: TokenIssued, to person: StreamID, _ before: Person, _ order: Order
    ) async throws {
        let missing = Set(token.roles).subtracting(before.roles).sorted()
        var rehearsed = before
        for command in missing.map({ PersonCommand.grantRole($0, person: person) })
            + [.issueToken(token)]
        {
            let context = try context(order, .issueToken)
            for event in try PersonDecider.decide(command, context, rehearsed) {
                PersonDecider.evolve(&rehearsed, event)
            }
        }
        let options = partOptions(order)
        for role in missing {
            _ = try await write(
                .grantRole(role, person: person), to: person, as: PersonDecider.self, order,
                .grantRole, part: "grant/\(role.rawValue)", options: options, state: { _ in nil })
        }
        _ = try await write(
            .issueToken(token), to: person, as: PersonDecider.self, order, .issueToken,
            part: "issue", options: options, state: { _ in nil })
    }

    private static func role(_ name: String) throws(InvalidInput) -> Role {
        guard let role = Role(rawValue: name), !role.isService else {
            throw InvalidInput(
                field: "roles",
                message: "'\(name)' is not a role that can be given: choose from "
                    + Role.grantable.map(\.rawValue).joined(separator: ", "))
        }
        return role
    }
}
