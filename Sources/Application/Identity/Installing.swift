private import EventSourcing
private import FoundationEssentials
private import PatchManagement

extension UseCases {
    /// The account that an installation begins with.
    package static let firstAdministrator = "administrator"

    /// Makes the first administrator and a token for it, so that somebody can let others in.
    ///
    /// - Parameter again: Makes one more token when there is an administrator already: the file
    ///   that held the first was lost. Whoever may write that file may do this.
    /// - Returns: The token's secret, kept nowhere else; nil when nothing had to be made, or
    ///   another process was first.
    package func installAdministrator(
        named name: String = UseCases.firstAdministrator, again: Bool = false
    ) async throws -> String? {
        let person = try PersonName.stream(of: name)
        let state = try await bus.state(of: person, as: PersonDecider.self).state
        let isThere = state.roles.contains(.administrator) && !state.tokens.isEmpty
        guard !isThere || again else { return nil }
        let bearer = BearerToken(for: person)
        let moment = now()
        // The same for every process that tries, so that only one of them makes the first.
        let first = UUID.version5(namespace: person.uuid, name: "install")
        func context(_ command: UUID) -> CommandContext {
            CommandContext(actor: .service(.installer), at: moment, commandID: command)
        }
        let granting = UUID.version5(namespace: first, name: "grant")
        _ = try await bus.send(
            .grantRole(.administrator, person: person), to: person, as: PersonDecider.self,
            context(granting))
        let issuing = isThere ? newID() : first
        let label = try await encrypt(name, in: TokenIssued.label(of: person), of: state)
        let token = TokenIssued(
            token: .version5(namespace: issuing, name: "token"), sha256: bearer.digest,
            prefix: bearer.prefix, label: label, roles: [.administrator],
            expires: moment + PersonDecider.longestTokenLife)
        let outcome = try await bus.send(
            .issueToken(token), to: person, as: PersonDecider.self, context(issuing))
        return outcome.receipt.repeated ? nil : bearer.text
    }
}
