private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addAssets(to routes: inout Routes, _ useCases: UseCases) {
        let largestInventory = 16 * 1024 * 1024
        routes.post(
            "assets:import", ImportAssetsRequest.self, bodyLimit: largestInventory
        ) { _, body, order in
            let hosts = try await useCases.importAssets(
                format: body.format, text: body.text, order)
            return try .json(
                ImportAssetsResult(
                    data: hosts.map {
                        ImportedAsset(id: $0.id.text, name: $0.name, outcome: $0.outcome.rawValue)
                    },
                    position: hosts.map(\.position).max() ?? 0))
        }
        routes.post("assets:scan", ScanAssetsRequest.self) { _, body, order in
            let scans = try await useCases.scanAssets(body.assets, what: body.what, order)
            return try .json(
                ScanAssetsResult(requested: scans.requested, position: scans.position),
                status: 202)
        }
        routes.get(
            "assets", query: .list, ["environment", "group", "site", "name"]
        ) { call in
            let filter = call.filters("environment", "group", "site", "name")
            return try .page(
                await useCases.list(.asset, call.caller(), call.listWish(filter: filter)))
        }
        routes.get("inventory", query: .moment, ["host"]) { call in
            try .document(
                await useCases.ansibleInventory(
                    call.caller(), call.moment(), host: call.filter("host")))
        }
        routes.get("assets/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .asset, call.parameter("id"), call.caller(), call.moment()))
        }
    }
}
