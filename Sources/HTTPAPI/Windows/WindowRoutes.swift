private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addWindows(to routes: inout Routes, _ useCases: UseCases) {
        routes.get(
            "windows", query: .moment, ["site", "group", "asset", "from", "limit"]
        ) { call in try await windows(call, useCases) }
        routes.get("freezes", query: .list, ["scope", "state"]) { call in
            try .page(
                await useCases.list(
                    .freeze, call.caller(), call.listWish(filter: call.filters("scope")),
                    state: call.filter("state")))
        }
        routes.get("freezes/{id}", query: .moment) { call in
            try .view(
                await useCases.show(.freeze, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.post("freezes", CreateFreezeRequest.self) { _, body, order in
            try .receipt(
                await useCases.createFreeze(
                    FreezeRequest(
                        name: body.name, scope: body.scope,
                        from: moment(body.from, field: "from"), to: moment(body.to, field: "to"),
                        reason: body.reason), order))
        }
        routes.post("freezes/{id}:lift", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.liftFreeze(call.parameter("id"), reason: body.reason, order))
        }
    }

    /// The next openings of the windows that count on a path: of policies, and under their own name.
    static func windows(_ call: Call, _ useCases: UseCases) async throws -> Answer {
        let preview = try await useCases.windows(
            site: call.filter("site"), group: call.filter("group"),
            asset: call.filter("asset"), from: moment(call.filter("from"), field: "from"),
            limit: call.number("limit").map { Int(clamping: $0) } ?? 10, call.caller(),
            call.moment())
        return try .json(WindowsResource(preview))
    }
}
