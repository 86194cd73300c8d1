import EventSourcing

/// The metrics of domain.md §6 in the making: one fact after the other, in memory that grows only by
/// eight bytes for each duration and by the ids of patches.
///
/// Each figure is what the facts of its definition come to, whatever their order, but for one thing:
/// the findings of one asset follow each other.
package struct MetricsTally: Sendable {
    package let period: ReportPeriod
    package let scope: ReportScope
    var findings = PerLane(FindingSums())
    private var current: (asset: AssetFact, cover: PerLane<AssetCover>)?
    var rollouts = PerLane(RolloutSums())
    var deployments = PerLane(DeploymentSums())
    var patches = PerLane(PatchSums())
    /// Patches with a deployment that was verified in the period.
    private var verified: Set<String> = []
    var effortMinutes: Int64 = 0
    var patchesWithoutEffort: Int64 = 0
    var assets: Int64 = 0
    var assetsFresh: Int64 = 0
    var assetsNeverReported: Int64 = 0

    package init(_ period: ReportPeriod, _ scope: ReportScope) {
        self.period = period
        self.scope = scope
    }

    package mutating func add(_ finding: FindingFact) {
        guard scope.includes(finding.asset) else { return }
        if current?.asset.id != finding.asset.id {
            closeAsset()
            current = (finding.asset, PerLane(AssetCover()))
        }
        let isSilent = finding.asset.isSilent(at: period.to)
        for episode in finding.episodes where scope.includes(episode.riskClass) {
            findings.count(episode.riskClass) { $0.add(episode, period, isSilent: isSilent) }
            current?.cover.count(episode.riskClass) { $0.add(episode, period) }
        }
    }

    private mutating func closeAsset() {
        guard let (asset, cover) = current else { return }
        let isFresh = asset.isFresh(at: period.to)
        for lane in ClassLane.allCases where cover[lane].isApplicable {
            findings[lane].assets += 1
            if !isFresh {
                findings[lane].assetsUnknown += 1
            } else if cover[lane].isVerified {
                findings[lane].assetsVerified += 1
            }
        }
        current = nil
    }

    package mutating func add(_ asset: AssetFact) {
        guard scope.includes(asset), asset.isActive else { return }
        assets += 1
        if asset.isFresh(at: period.to) { assetsFresh += 1 }
        if asset.reported == nil { assetsNeverReported += 1 }
    }

    /// - Parameter asset: The one that it is of.
    package mutating func add(_ deployment: DeploymentFact, on asset: AssetFact) {
        guard scope.includes(asset), scope.includes(deployment.riskClass) else { return }
        deployments.count(deployment.riskClass) { $0.add(deployment, period) }
        if deployment.standing == .succeeded, period.contains(deployment.changed) {
            verified.insert(deployment.patch)
        }
    }

    package mutating func add(_ rollout: RolloutFact) {
        guard scope.includes(rollout.riskClass) else { return }
        rollouts.count(rollout.riskClass) { $0.add(rollout, period) }
    }

    /// Patches come after the deployments, which say whose effort counts.
    package mutating func add(_ patch: PatchFact) {
        guard scope.includes(patch.riskClass) else { return }
        patches.count(patch.riskClass) { $0.add(patch, period) }
        guard verified.contains(patch.id) else { return }
        if let effort = patch.effortMinutes {
            effortMinutes += effort
        } else {
            patchesWithoutEffort += 1
        }
    }

    /// All figures, in the order of the metrics, of the lanes and of the statistics.
    package var figures: [Figure] {
        var whole = self
        whole.closeAsset()
        return Metric.allCases.flatMap { whole.figures(of: $0) }
    }
}
