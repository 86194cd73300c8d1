private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addDisasters(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("disasters", DeclareDisasterRequest.self) { _, body, order in
            let plan = DisasterPlan(
                name: body.name, owner: body.owner, steps: body.steps,
                goal: try moment(body.goal, field: "goal"), reason: body.reason)
            let written = try await useCases.declareDisaster(plan, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/disasters/\(written.id.text)")
        }
        routes.get("disasters", query: .list, ["state", "owner"]) { call in
            try .page(
                await useCases.list(
                    .disaster, call.caller(), call.listWish(filter: call.filters("owner")),
                    state: call.filter("state")))
        }
        routes.get("disasters/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .disaster, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("disasters/{id}:finish-step", FinishStepRequest.self) { call, body, order in
            try .receipt(
                await useCases.finishStep(
                    call.parameter("id"), body.step, note: body.note, order))
        }
        routes.post("disasters/{id}:close", CloseDisasterRequest.self) { call, body, order in
            try .receipt(
                await useCases.closeDisaster(
                    call.parameter("id"), reason: body.reason,
                    leavesOpen: body.leavesOpen ?? false, order))
        }
    }
}
