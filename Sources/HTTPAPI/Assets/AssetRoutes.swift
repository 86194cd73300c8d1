internal import PatchManagement
private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addAssets(to routes: inout Routes, _ useCases: UseCases) {
        let largestInventory = 64 * 1024 * 1024
        routes.post(
            "assets:import", ImportAssetsRequest.self, bodyLimit: largestInventory
        ) { _, body, order in
            let imported = try await useCases.importAssets(
                format: body.format, text: body.text,
                leavingOutFaults: body.leaveOutFaults ?? false, order)
            return try .json(
                ImportAssetsResult(
                    data: imported.hosts.map {
                        ImportedAsset(id: $0.id.text, name: $0.name, outcome: $0.outcome.rawValue)
                    },
                    leftOut: imported.leftOut.isEmpty
                        ? nil : imported.leftOut.map { "\($0.field): \($0.message)" },
                    position: imported.hosts.map(\.position).max() ?? 0))
        }
        routes.post("assets:scan", ScanAssetsRequest.self) { _, body, order in
            let scans = try await useCases.scanAssets(body.assets, what: body.what, order)
            return try .json(
                ScanAssetsResult(requested: scans.requested, position: scans.position),
                status: 202)
        }
        routes.post(
            "assets:report", ReportAssetsRequest.self, bodyLimit: 96 * 1024 * 1024
        ) { _, body, order in
            try .json(result(await useCases.reportAssets(sent(body), order)))
        }
        routes.get(
            "assets", query: .list, ["environment", "group", "site", "name", "reporting", "state"]
        ) { call in
            let filter = call.filters("environment", "group", "site", "name", "reporting")
            return try .page(
                await useCases.list(
                    .asset, call.caller(), call.listWish(filter: filter),
                    state: call.filter("state")))
        }
        routes.get("inventory", query: .moment, ["host"]) { call in
            try .document(
                await useCases.ansibleInventory(
                    call.caller(), call.moment(), host: call.filter("host")))
        }
        routes.post("assets/{id}:decommission", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.decommissionAsset(call.parameter("id"), reason: body.reason, order))
        }
        routes.get("assets/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .asset, call.parameter("id"), call.caller(), call.moment()))
        }
    }

    private static func sent(_ body: ReportAssetsRequest) throws(InvalidInput) -> SentReport {
        SentReport(
            format: body.format, source: body.source, asset: body.asset,
            gathered: body.gatheredAt, osName: body.osName, osVersion: body.osVersion,
            bytes: try SentBytes.of(text: body.text, base64: body.base64, field: ""))
    }

    private static func result(_ taken: TakenReport) -> ReportAssetsResult {
        ReportAssetsResult(
            data: taken.assets.map { asset in
                ReportedAsset(
                    id: asset.id.text, name: asset.name,
                    outcome: asset.isNews ? "taken" : "confirmed",
                    packages: asset.counts.packages, matchable: asset.counts.matchable,
                    products: asset.counts.products,
                    openVulnerabilities: asset.counts.openVulnerabilities)
            },
            unknown: taken.unknown, refused: taken.refused, skipped: taken.skipped,
            skippedCount: taken.skippedCount,
            position: taken.assets.map(\.position).max() ?? 0)
    }
}
