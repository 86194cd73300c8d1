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
    }
}
