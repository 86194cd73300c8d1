private import APIContract
private import Advisories
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addBaselines(to routes: inout Routes, _ useCases: UseCases) {
        routes.post("baselines", SetBaselineRequest.self) { _, body, order in
            let baseline = Baseline(
                kind: body.kind, scheme: try choice(body.scheme, field: "scheme"),
                standards: body.standards.map {
                    PackageStandard(
                        name: $0.name, version: $0.version, isRequired: $0.isRequired ?? false)
                })
            return try .receipt(await useCases.setBaseline(baseline, order))
        }
        routes.get("baselines", query: .list, ["kind"]) { call in
            try .page(
                await useCases.list(
                    .baseline, call.caller(), call.listWish(filter: call.filters("kind"))))
        }
        routes.get("baselines/{id}", query: .moment) { call in
            try .view(
                await useCases.show(.baseline, call.parameter("id"), call.caller(), call.moment()))
        }
        // By the baseline's id, or by the kind that it is for.
        routes.get(
            "baselines/{id}/drift", query: .moment, ["package", "asset", "unnamed", "limit"]
        ) { call in
            var wish = DriftWish()
            wish.moment = try call.moment()
            wish.package = call.filter("package")
            wish.asset = call.filter("asset")
            wish.isWithUnnamed = try call.flag("unnamed")
            if let limit = try call.number("limit") {
                guard (1...10_000).contains(limit) else {
                    throw Problem(invalid: "limit", "'\(limit)' is not between 1 and 10000")
                }
                wish.limit = Int(limit)
            }
            let drift = try await useCases.drift(from: call.parameter("id"), call.caller(), wish)
            return try .json(DriftResource(drift, limit: wish.limit))
        }
    }
}

extension DriftResource {
    fileprivate init(_ drift: DriftReport, limit: Int) {
        let report = drift.report
        func name(_ line: Drift) -> String { drift.names[line.asset] ?? line.asset.text }
        // People look for hosts by their names; each host's packages are sorted already.
        let byHost = report.drifts.enumerated().sorted {
            (name($0.element), $0.offset) < (name($1.element), $1.offset)
        }
        self.init(
            baseline: drift.baseline.id.text, kind: drift.baseline.kind, assets: report.assets,
            assetsOnBaseline: report.assetsOnBaseline, assetsUnreported: drift.unreported,
            driftCount: report.drifts.count,
            drifts: byHost.prefix(limit).map { _, line in
                DriftLine(
                    asset: line.asset.text, assetName: name(line),
                    package: line.package, architecture: line.architecture,
                    installed: line.installed, standard: line.standard,
                    direction: line.direction.rawValue)
            },
            packageCount: report.spreads.count,
            packages: report.spreads.prefix(limit).map { spread in
                PackageSpreadResource(
                    package: spread.package, summary: spread.description,
                    versions: spread.versions.map {
                        PackageVersionCount(version: $0.version, assets: $0.assets)
                    }, assets: spread.assets, standard: spread.standard,
                    onStandard: spread.onStandard)
            }, position: drift.position)
    }
}
