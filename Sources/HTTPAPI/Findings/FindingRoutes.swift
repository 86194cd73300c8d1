internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addFindings(to routes: inout Routes, _ useCases: UseCases) {
        routes.get(
            "findings", query: .list,
            ["asset", "state", "vulnerability", "package", "site", "owner", "environment", "clock"]
        ) { call in
            let filter = call.filters(
                "vulnerability", "package", "site", "owner", "environment", "clock")
            return try .page(
                await useCases.list(
                    .finding, call.caller(), call.listWish(filter: filter),
                    parent: call.filter("asset"), state: call.filter("state")))
        }
        routes.get("findings/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .finding, call.parameter("id"), call.caller(), call.moment()))
        }
    }
}
