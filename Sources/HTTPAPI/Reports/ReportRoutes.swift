internal import APIContract
internal import Application
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addReports(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("patches/{id}:document", EmptyRequest.self) { call, _, order in
            try .receipt(await useCases.document(call.parameter("id"), order))
        }
        // `partial=true` shows what is there of an evidence that isn't complete.
        routes.get("patches/{id}/evidence", query: .moment, ["partial"]) { call in
            let pack = try await useCases.evidence(
                of: call.parameter("id"), call.caller(), call.moment(),
                isPartial: call.flag("partial"))
            if call.prefers("text/markdown", to: "application/json") {
                return .text(pack.markdown(), mediaType: "text/markdown; charset=utf-8")
            }
            return Answer(content: pack.json())
        }
    }
}
