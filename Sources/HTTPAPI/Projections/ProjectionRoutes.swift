internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addProjections(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("projections", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .projection, call.caller(), call.listWish(), state: call.filter("state")))
        }
        routes.get("projections/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .projection, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("projections/{id}/parked", query: .list) { call in
            try .page(
                await useCases.list(
                    .parked, call.caller(), call.listWish(), parent: call.parameter("id")))
        }
    }
}
