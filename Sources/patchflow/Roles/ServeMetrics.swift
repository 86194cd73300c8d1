internal import Application
internal import EventSourcing
internal import HTTPServing
internal import PostgresStore
internal import Projections

/// What `/metrics` of `serve` tells of the log and of what follows it. All of it is in the database,
/// so it is the same wherever it is asked.
struct ServeMetrics {
    let counters: RequestCounters
    let store: PostgresEventStore
    let sealedLog: PostgresSealedLog
    let generations: Generations
    let reads: any ReadModel

    /// What can't be measured now is left out; /readyz says why.
    func all() async -> [Metric] {
        var metrics = counters.samples
        if let head = try? await store.head() {
            metrics.append(
                Metric(
                    "patchflow_log_position", .gauge, "Position of the last event.", Double(head)))
        }
        if let all = try? await generations.all() { metrics += Self.samples(all) }
        if let feeds = try? await feeds() { metrics += feeds }
        if let silent = try? await SilentFeeds.count(reads, now: .now) {
            metrics.append(
                Metric(
                    "patchflow_feeds_silent", .gauge,
                    "Feeds that have said nothing for longer than they may, by the clock.",
                    Double(silent)))
        }
        if let unmanaged = try? await unmanaged() { metrics += unmanaged }
        if let sealed = try? await sealedLog.checkpoint(of: nil)?.size {
            metrics.append(
                Metric(
                    "patchflow_sealed_position", .gauge,
                    "Position of the last event that a signed checkpoint holds.", Double(sealed)))
        }
        if let cosigned = try? await sealedLog.checkpoint(cosignedBy: 1)?.size {
            metrics.append(
                Metric(
                    "patchflow_cosigned_position", .gauge,
                    "Position of the last event in a checkpoint that a witness has cosigned.",
                    Double(cosigned)))
        }
        return metrics
    }

    /// How many feeds are in each state: whoever is to be woken by failing, rejected or incomplete ones
    /// watches this.
    private func feeds() async throws -> [Metric] {
        var states: [String: Int] = [:]
        let request = ListRequest(.feed)
        for try await page in reads.pages(of: request) {
            for view in page.views { states[view.state, default: 0] += 1 }
        }
        return (ViewKind.feed.values(of: "state") ?? []).map {
            Metric(
                "patchflow_feeds", .gauge, "Feeds, by state.", labels: [("state", $0)],
                Double(states[$0] ?? 0))
        }
    }

    /// How many instances of each cloud's account are no assets here, by its last list.
    private func unmanaged() async throws -> [Metric] {
        struct Account: Decodable {
            let provider: String
            let account: String
            let region: String?
            let unmanaged: Int
        }
        var metrics: [Metric] = []
        let request = ListRequest(.cloudAccount)
        for try await page in reads.pages(of: request) {
            for view in page.views {
                let account = try CanonicalJSON.decode(Account.self, from: view.document)
                metrics.append(
                    Metric(
                        "patchflow_unmanaged_instances", .gauge,
                        "Instances in a cloud that are no assets here, by the account's last list.",
                        labels: [
                            ("provider", account.provider), ("account", account.account),
                            ("region", account.region ?? ""),
                        ], Double(account.unmanaged)))
            }
        }
        return metrics
    }

    /// Of the live read models, and of what is being built beside them.
    static func samples(_ all: [GenerationStatus]) -> [Metric] {
        var metrics: [Metric] = []
        if let live = all.first(where: \.isLive) {
            metrics += [
                Metric(
                    "patchflow_projection_position", .gauge,
                    "Position up to which the read models are folded.", Double(live.position)),
                Metric(
                    "patchflow_projection_lag", .gauge,
                    "Events that the read models have not seen yet.", Double(live.lag)),
                Metric(
                    "patchflow_projection_lag_seconds", .gauge,
                    "How long ago the first event was recorded that they have not seen.",
                    Double(live.lagSeconds)),
                Metric(
                    "patchflow_projection_parked", .gauge,
                    "Events that could not be folded into the read models: 0 unless something is "
                        + "wrong.", Double(live.parked)),
            ]
        }
        for state in GenerationStatus.State.allCases {
            metrics.append(
                Metric(
                    "patchflow_projection_generations", .gauge,
                    "Generations of the read models, by state.",
                    labels: [("state", state.rawValue)],
                    Double(all.count { $0.state == state })))
        }
        for one in all where one.state == .building {
            guard let purpose = one.building, let target = one.target else { continue }
            let labels = [("generation", String(one.generation)), ("purpose", purpose.rawValue)]
            metrics += [
                Metric(
                    "patchflow_projection_rebuild_position", .gauge,
                    "Position up to which a rebuild has come.", labels: labels,
                    Double(one.position)),
                Metric(
                    "patchflow_projection_rebuild_target", .gauge,
                    "Position that it is to reach.", labels: labels, Double(target)),
                Metric(
                    "patchflow_projection_rebuild_ratio", .gauge,
                    "How much of that is done, from 0 to 1.", labels: labels,
                    target > 0 ? min(1, Double(one.position) / Double(target)) : 1),
            ]
        }
        return metrics
    }
}
