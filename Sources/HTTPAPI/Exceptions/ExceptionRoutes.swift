private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addExceptions(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("exceptions", RequestExceptionRequest.self) { _, body, order in
            let written = try await useCases.requestException(ExceptionRequest(body), order)
            return try .receipt(
                written, status: 201, location: "/api/v1/exceptions/\(written.id.text)")
        }
        routes.get(
            "exceptions", query: .list, ["state", "kind", "control", "is_forgotten"]
        ) { call in
            let filter = call.filters("kind", "control", "is_forgotten")
            return try .page(
                await useCases.list(
                    .exception, call.caller(), call.listWish(filter: filter),
                    state: call.filter("state")))
        }
        routes.get("exceptions/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .exception, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("exceptions/{id}:approve", ApproveExceptionRequest.self) { call, body, order in
            let grant = ExceptionGrant(
                digest: body.digest, until: try moment(body.until, field: "until"),
                restart: try choice(body.restart ?? "keeps", field: "restart"),
                reason: body.reason)
            return try .receipt(
                await useCases.approveException(call.parameter("id"), grant, order))
        }
        routes.post("exceptions/{id}:deny", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.denyException(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("exceptions/{id}:revoke", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.revokeException(call.parameter("id"), reason: body.reason, order))
        }
    }
}
