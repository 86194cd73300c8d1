package import EventSourcing
private import PatchManagement

/// A token as it is shown.
package struct IssuedToken: Sendable, Equatable {
    /// `to_` and a UUID.
    package let id: StreamID
    package let person: StreamID
    /// The person's name, as the house chose it.
    package let name: String
    package let roles: [String]
    package let prefix: String
    package let issued: Timestamp
    package let expires: Timestamp
    /// Only in the answer that made it.
    package let secret: String?
    package let version: Int
}

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
        if try await store.receipt(for: issuing.commandID, requestDigest: order.requestDigest)
            == nil
        {
            let token = TokenIssued(
                token: .version5(namespace: issuing.commandID, name: "token"),
                sha256: bearer.digest, prefix: bearer.prefix, label: name, roles: roles,
                expires: issuing.at + .seconds(seconds))
            try await issue(token, to: person, order)
        }
        return try await issuedToken(by: issuing, of: person, bearer)
    }

    private func issue(_ token: TokenIssued, to person: StreamID, _ order: Order) async throws {
        let before = try await bus.state(of: person, as: PersonDecider.self).state
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

    /// The token that `issuing` made, whichever try of it was the first.
    private func issuedToken(
        by issuing: CommandContext, of person: StreamID, _ bearer: BearerToken
    ) async throws -> IssuedToken {
        let id = AppendRequest.eventID(commandID: issuing.commandID, index: 0)
        var version = 0
        while true {
            let events = try await store.read(person, after: version, limit: 1000)
            for event in events where event.id == id {
                let token = try TokenIssued.decode(
                    schemaVersion: event.schemaVersion, data: event.data)
                return IssuedToken(
                    id: StreamID(prefix: "to", token.token), person: person, name: token.label,
                    roles: token.roles.map(\.rawValue), prefix: token.prefix,
                    issued: event.recordedAt, expires: token.expires,
                    secret: token.sha256 == bearer.digest ? bearer.text : nil,
                    version: event.version)
            }
            guard let last = events.last else {
                throw EventStoreError(.corrupted, "\(person) has no event \(id.text)")
            }
            version = last.version
        }
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
