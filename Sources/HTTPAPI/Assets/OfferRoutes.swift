internal import Application
internal import HTTPServing

extension APIRoutes {
    static func addOffers(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("offered-updates", query: .list, ["asset", "source", "security"]) { call in
            try .page(
                await useCases.offeredUpdates(
                    asset: call.filter("asset"), source: call.filter("source"),
                    isSecurityOnly: call.flag("security"), call.caller(), call.listWish()))
        }
    }
}
