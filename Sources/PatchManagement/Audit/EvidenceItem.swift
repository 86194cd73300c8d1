/// What an evidence pack must hold, as far as it exists today.
package enum EvidenceItem: String, Codable, Sendable, CaseIterable {
    /// Who announced the patch, what it brings, from where.
    case identification
    /// Class, reason, assets it applies to.
    case classification
    /// Digest of the pinned package files.
    case artefact
    /// The lab hosts, and the platforms that they cover.
    case sample
    /// Every check of the qualification that passed, with its result by digest.
    case checks
    case signOff
    /// Of the patch, with the approver's role.
    case patchApproval
    /// Of each rollout's plan, with its digest.
    case planApproval
    /// One that passed, or was overridden, for each batch that started.
    case gateEvaluations
    /// Versions of each asset before and after.
    case assetVersions
    /// Of each asset, by an activity later than its installation.
    case laterVerification
}
