private import EventSourcing
private import PatchManagement

/// Tokens as a list shows them.
package struct TokenPage: Sendable {
    package let tokens: [IssuedToken]
    package let next: String?
    package let position: Int64
}

extension UseCases {
    /// Lists the tokens of everybody, a page of people at a time.
    package func tokens(_ caller: Caller, _ wish: ListWish) async throws -> TokenPage {
        _ = try authorise(caller, .readPeople)
        var request = ListRequest(.person)
        request.limit = wish.limit
        request.cursor = wish.cursor
        request.asOf = try await position(wish.moment)
        let page = try await reads.list(request)
        var tokens: [IssuedToken] = []
        for view in page.views {
            let person = try stream(view.id, .person, prefix: PersonDecider.prefix)
            tokens += try await self.tokens(of: person, upTo: page.position)
        }
        // Read models don't know names, so pages come in the order of ids, and each by names.
        tokens = tokens.enumerated()
            .sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
            .map(\.element)
        return TokenPage(tokens: tokens, next: page.next, position: page.position)
    }

    /// Makes a token worthless at once.
    package func revokeToken(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .revokeToken)
        guard let token = StreamID(id), token.prefix == "to" else { throw NotFound("token", id) }
        guard !reason.allSatisfy(\.isWhitespace) else { throw PersonRejection.reasonMissing }
        let (person, state) = try await bearer(of: token)
        let text = await encryptedReason(reason, person, state)
        return try await write(
            .revokeToken(token.uuid, reason: text), to: person, as: PersonDecider.self, order,
            .revokeToken, state: { _ in "revoked" })
    }

    /// nil where the key can't be had: a token that leaked is ended all the same.
    private func encryptedReason(
        _ reason: String, _ person: StreamID, _ state: Person
    ) async -> PersonalText? {
        try? await encrypt(reason, in: TokenRevoked.reason(of: person), of: state)
    }

    /// Whose token it is. A house has few people, and revoking is rare: all of them are looked at.
    ///
    /// The read models name the people; only for somebody who isn't among them yet they are waited for.
    private func bearer(of token: StreamID) async throws -> (StreamID, Person) {
        if let found = try await knownBearer(of: token) { return found }
        try await wait(until: try await store.head())
        guard let found = try await knownBearer(of: token) else {
            throw NotFound("token", token.text)
        }
        return found
    }

    private func knownBearer(of token: StreamID) async throws -> (StreamID, Person)? {
        let request = ListRequest(.person)
        for try await page in reads.pages(of: request) {
            for view in page.views {
                let person = try stream(view.id, .person, prefix: PersonDecider.prefix)
                let state = try await bus.state(of: person, as: PersonDecider.self).state
                if state.tokens.contains(where: { $0.id == token.uuid }) {
                    return (person, state)
                }
            }
        }
        return nil
    }
}
