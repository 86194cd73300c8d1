package import PatchManagement

/// Which facts reports ask for.
package struct FactWish: Sendable {
    package let scope: ReportScope
    /// As the log was at this position; nil for now.
    package let asOf: Int64?
    package let isFindingsOnly: Bool

    package init(_ scope: ReportScope, asOf: Int64?, isFindingsOnly: Bool) {
        self.scope = scope
        self.asOf = asOf
        self.isFindingsOnly = isFindingsOnly
    }
}

package enum ReportFact: Sendable, Equatable {
    case finding(FindingFact)
    case asset(AssetFact)
    case deployment(DeploymentFact, AssetFact)
    case rollout(RolloutFact)
    case patch(PatchFact)
}
