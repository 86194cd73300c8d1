internal import EventSourcing
internal import PatchManagement

/// What deployments of bundles say of each patch: no more than their own scan shows, and of each one
/// (I13).
struct BundleRules {
    /// Of bundles only, by the index of their deployment.
    private var orders: [Int: DeploymentOrder] = [:]

    mutating func queue(_ event: EntryView, _ index: Int, _ judgement: inout Judgement) {
        let data = JSONMembers(event.data)
        guard var order = data.members("order"), order.value("items") != nil else { return }
        guard case .queued(let queued) = judgement.decode(DeploymentEvent.self, event) else {
            return
        }
        orders[index] = queued.order
    }

    func check(_ event: EntryView, _ index: Int, _ judgement: inout Judgement) {
        guard !orders.isEmpty, let order = orders[index],
            let read = judgement.decode(DeploymentEvent.self, event)
        else { return }
        switch read {
        case .succeeded(let succeeded):
            let evidence = ItemEvidence(
                pins: order.pins.present(among: succeeded.versionsBefore),
                before: succeeded.versionsBefore, after: succeeded.report.installed)
            if succeeded.items != order.outcomes(by: evidence) {
                judgement.violation(
                    "I13", event, "what it says of its patches is not what its scan shows")
            }
        case .skipped(let skipped):
            let evidence = ItemEvidence(
                pins: order.pins.present(among: skipped.installed), before: skipped.installed,
                after: skipped.installed)
            if skipped.items != order.outcomes(by: evidence) {
                judgement.violation(
                    "I13", event, "what it says of its patches is not what was installed")
            }
        case .verificationFailed(let failed):
            check(failed.items, order, failed.report.installed, event, &judgement)
            if failed.items?.contains(where: { $0.outcome == .verificationFailed }) == false {
                judgement.violation("I13", event, "the host failed, and none of its patches did")
            }
        case .rebootDeferred(let deferred):
            check(deferred.items, order, deferred.report.installed, event, &judgement)
        default: break
        }
    }

    /// Each patch is told of, and what is said to be there is there.
    private func check(
        _ items: [ItemOutcome]?, _ order: DeploymentOrder, _ installed: [PackageSelection],
        _ event: EntryView, _ judgement: inout Judgement
    ) {
        guard let items, items.map(\.patch) == order.items?.map(\.patch) else {
            return judgement.violation("I13", event, "it doesn't say what became of each patch")
        }
        for (item, said) in zip(order.items ?? [], items) {
            switch said.outcome {
            case .installed, .installedPendingReboot, .alreadyInstalled:
                let own = order.pins.filter { item.packages.contains($0.name) }.present(
                    among: installed)
                if own.isEmpty || !own.areReached(by: installed) {
                    judgement.violation(
                        "I13", event,
                        "\(item.patch) is said to be done, and its scan shows otherwise")
                }
            case .notApplicable, .verificationFailed: break
            }
        }
    }
}
