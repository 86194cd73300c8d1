private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addCaps(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("caps", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .cap, call.caller(), call.listWish(), state: call.filter("state")))
        }
        routes.get("caps/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .cap, useCases.capStream(call.parameter("id")).text, call.caller(),
                    call.moment()))
        }
        routes.post("caps", SetCapRequest.self) { _, body, order in
            try .receipt(
                await useCases.setCap(
                    body.scope, limit: body.limit, reason: body.reason, order))
        }
        routes.post("caps/{id}:clear", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.clearCap(call.parameter("id"), reason: body.reason, order))
        }
    }
}
