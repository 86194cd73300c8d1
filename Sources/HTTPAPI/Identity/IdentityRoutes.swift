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
                    person: me.name, personId: me.caller.person.text, roles: me.roles,
                    token: me.tokenID.text, expiresAt: me.expires.description))
        }
        routes.post("tokens", IssueTokenRequest.self) { _, body, order in
            let token = try await useCases.issueToken(
                person: body.person, roles: body.roles, expiresInSeconds: body.expiresInSeconds,
                order)
            return try .json(
                TokenResource(
                    id: token.id.text, person: token.name, personId: token.person.text,
                    roles: token.roles, prefix: token.prefix, state: "active",
                    issuedAt: token.issued.description, expiresAt: token.expires.description,
                    secret: token.secret),
                status: 201)
        }
    }
}
