internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addWork(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("activities", query: .list, ["stream", "state"]) { call in
            try .page(
                await useCases.list(
                    .activity, call.caller(), call.listWish(), parent: call.filter("stream"),
                    state: call.filter("state")))
        }
        routes.get("activities/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .activity, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("workers", query: .list, ["state"]) { call in
            try .page(
                await useCases.list(
                    .worker, call.caller(), call.listWish(), state: call.filter("state")))
        }
    }
}
