/// Of what a sample is drawn.
package enum SamplePopulation: String, Codable, Sendable, CaseIterable {
    /// One asset in one rollout. Its state is the outcome that its events name last, or `open`.
    case deployments
    case patches
    case rollouts
    /// Decisions on patches and plans. The state says on what, and whether it was a yes.
    case approvals
}
