private import APIContract
internal import Application
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addControls(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("controls", RegisterControlRequest.self) { _, body, order in
            try .receipt(
                await useCases.registerControl(
                    ControlRegistration(
                        name: body.name, kind: choice(body.kind, field: "kind"),
                        description: body.description,
                        assets: streams(body.assets ?? [], field: "assets"),
                        group: selector(body.group, field: "group")), order))
        }
        routes.get("controls", query: .list, ["name", "kind", "state"]) { call in
            let filter = call.filters("name", "kind")
            return try .page(
                await useCases.list(
                    .control, call.caller(), call.listWish(filter: filter),
                    state: call.filter("state")))
        }
        routes.get("controls/{id}", query: .moment) { call in
            try .view(
                await useCases.show(.control, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("controls/{id}:verify", VerifyControlRequest.self) { call, body, order in
            let verification = ControlVerification(
                evidence: body.evidence, method: body.method,
                gathered: try moment(body.gatheredAt, field: "gathered_at"),
                until: try moment(body.until, field: "until"))
            return try .receipt(
                await useCases.verifyControl(call.parameter("id"), verification, order))
        }
        routes.post("controls/{id}:withdraw", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.withdrawControl(call.parameter("id"), reason: body.reason, order))
        }
    }
}
