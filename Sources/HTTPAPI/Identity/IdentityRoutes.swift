private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addIdentity(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("me") { call in
            let me = try call.signedIn()
            return try .json(
                MeResource(
                    person: await useCases.name(of: me), personId: me.caller.person.text,
                    roles: me.roles,
                    token: me.tokenID.text, expiresAt: me.expires.description))
        }
        routes.post("tokens", IssueTokenRequest.self) { _, body, order in
            let token = try await useCases.issueToken(
                person: body.person, roles: body.roles, expiresInSeconds: body.expiresInSeconds,
                order)
            return try .json(TokenResource(token), status: 201)
        }
        routes.get("tokens", query: .list) { call in
            let page = try await useCases.tokens(call.caller(), call.listWish())
            return try .json(
                ListPage(
                    data: page.tokens.map(TokenResource.init), next: page.next,
                    position: page.position))
        }
        // In the body, since paths are written down in many places. Two people, one after the other.
        routes.post("erasures", ErasureRequest.self) { _, body, order in
            try .receipt(
                await useCases.requestErasure(
                    of: body.person, reason: body.reason, isKeyLost: body.keyLost ?? false, order))
        }
        routes.post("erasures:confirm", ErasureRequest.self) { _, body, order in
            try .receipt(
                await useCases.confirmErasure(
                    of: body.person, reason: body.reason, isKeyLost: body.keyLost ?? false, order))
        }
        routes.post("tokens/{id}:revoke", ReasonRequest.self) { call, body, order in
            let written = try await useCases.revokeToken(
                call.parameter("id"), reason: body.reason, order)
            return try .json(
                Receipt(
                    id: call.parameter("id"), state: written.state, version: written.version,
                    position: written.position),
                version: written.version)
        }
    }
}

extension TokenResource {
    fileprivate init(_ token: IssuedToken) {
        self.init(
            id: token.id.text, person: token.name, personId: token.person.text,
            roles: token.roles, prefix: token.prefix, state: token.state.rawValue,
            issuedAt: token.issued.description, expiresAt: token.expires.description,
            secret: token.secret)
    }
}
