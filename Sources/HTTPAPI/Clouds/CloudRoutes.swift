private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
internal import PatchManagement

extension APIRoutes {
    static func addClouds(to routes: inout Routes, _ useCases: UseCases) {
        routes.post(
            "assets:reconcile", ReconcileCloudRequest.self, bodyLimit: 96 * 1024 * 1024
        ) { _, body, order in
            let sent = SentCloudList(
                provider: body.provider, account: body.account, region: body.region,
                taken: try moment(body.takenAt, field: "taken_at"),
                acceptsShrink: body.acceptShrink ?? false,
                decommissionsGone: body.decommissionGone ?? false,
                bytes: try SentBytes.of(text: body.text, base64: body.base64, field: ""))
            return try .json(result(await useCases.reconcileCloud(sent, order)))
        }
        routes.get("cloud-accounts", query: .list, ["provider"]) { call in
            try .page(
                await useCases.list(
                    .cloudAccount, call.caller(), call.listWish(filter: call.filters("provider"))))
        }
        routes.get("cloud-accounts/{id}", query: .moment) { call in
            try .view(
                await useCases.show(
                    .cloudAccount, call.parameter("id"), call.caller(), call.moment()))
        }
        routes.get("unmanaged-instances", query: .list, ["provider"]) { call in
            let found = try await useCases.unmanagedInstances(
                provider: call.filter("provider"), call.caller(), call.listWish())
            return try .json(
                ListPage(
                    data: found.instances.map(resource), next: found.next,
                    position: found.position))
        }
    }

    private static func resource(_ found: UnmanagedInstance) -> UnmanagedInstanceResource {
        let (scope, instance) = (found.scope, found.instance)
        return UnmanagedInstanceResource(
            provider: scope.provider.rawValue, account: scope.account, region: scope.region,
            instance: instance.id, name: instance.name, state: instance.state.rawValue,
            addresses: instance.addresses, image: instance.image, group: instance.group,
            zone: instance.zone, candidates: found.candidates, takenAt: found.taken)
    }

    private static func result(_ outcome: CloudOutcome) -> ReconcileCloudResult {
        let (reconciliation, counts) = (outcome.reconciliation, outcome.reconciliation.counts)
        var data: [ReconciledInstance] = []
        for managed in reconciliation.managed where managed.match != .instance {
            data.append(
                ReconciledInstance(
                    instance: managed.instance.id, name: managed.instance.name, outcome: "matched",
                    asset: managed.asset.text, assetName: managed.name,
                    detail: "by \(managed.match == .address ? "address" : "host name")"))
        }
        data += reconciliation.unmanaged.map {
            ReconciledInstance(
                instance: $0.id, name: $0.name, outcome: "unmanaged", detail: $0.state.rawValue)
        }
        data += reconciliation.ambiguous.map {
            ReconciledInstance(
                instance: $0.instance.id, name: $0.instance.name, outcome: "ambiguous",
                detail: "may be " + $0.assets.joined(separator: " or "))
        }
        data.sort { $0.instance < $1.instance }
        data += reconciliation.gone.map { gone in
            ReconciledInstance(
                instance: gone.instance,
                outcome: outcome.isDecommissioned ? "decommissioned" : "gone",
                asset: gone.asset.text, assetName: gone.name,
                detail: gone.successor.map { "replaced by \($0)" })
        }
        return ReconcileCloudResult(
            account: outcome.account.text, scope: reconciliation.scope.description,
            instances: counts.instances, managed: counts.managed, unmanaged: counts.unmanaged,
            ambiguous: counts.ambiguous, gone: counts.gone, data: data, refused: outcome.refused,
            position: outcome.position)
    }
}
