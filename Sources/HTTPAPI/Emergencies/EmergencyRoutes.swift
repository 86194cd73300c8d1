private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addEmergencies(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("emergencies", DeclareEmergencyRequest.self) { _, body, order in
            let terms = EmergencyTerms(
                patch: try patchID(body.patch, field: "patch"),
                selector: try group(body.target, field: "target"), team: body.team,
                reason: body.reason, freezeOverride: body.freezeOverride)
            let written = try await useCases.declareEmergency(terms, order)
            return try .receipt(
                written, status: 201, location: "/api/v1/emergencies/\(written.id.text)")
        }
        routes.get("emergencies", query: .list, ["state", "patch", "team", "review"]) { call in
            try .page(
                await useCases.list(
                    .emergency, call.caller(),
                    call.listWish(filter: call.filters("patch", "team", "review")),
                    state: call.filter("state")))
        }
        routes.get("emergencies/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .emergency, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("emergencies/{id}:confirm", ApproveRequest.self) { call, body, order in
            try .receipt(
                await useCases.confirmEmergency(
                    call.parameter("id"), digest: body.digest, reason: body.reason, order))
        }
        routes.post("emergencies/{id}:end", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.endEmergency(call.parameter("id"), reason: body.reason, order))
        }
        routes.post("emergencies/{id}:review", ReviewEmergencyRequest.self) { call, body, order in
            try .receipt(
                await useCases.reviewEmergency(
                    call.parameter("id"), outcome: body.outcome, order))
        }
    }
}
