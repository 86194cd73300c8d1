private import APIContract
internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addEvents(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("events", query: .list, ["stream", "type", "after"]) { call in
            try .page(
                await useCases.events(
                    of: call.filter("stream"), type: call.filter("type"),
                    after: call.number("after"), call.caller(), call.listWish()))
        }
        routes.get("events/{position}", query: .moment) { call in
            let text = call.parameter("position")
            guard let position = Int64(text) else { throw NotFound("event", text) }
            return try .document(await useCases.event(at: position, call.caller(), call.moment()))
        }
    }
}
