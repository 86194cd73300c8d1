internal import EventSourcing
internal import PatchManagement

/// Why a plan leaves an asset out that somebody chose.
enum SkipReason: String, Sendable, CaseIterable {
    case decommissioned
    /// It was not among the assets that the patch was assessed for.
    case notApplicable
    /// A live exception is for it, for its group or for the patch.
    case excepted
    /// The approval is for others.
    case notApproved
    /// No test covered its platform.
    case notTested
    /// Its lists don't offer the patch (any more).
    case notOffered
    /// An earlier rollout has proven it to be in effect.
    case alreadyInstalled
    /// Another rollout has it among its targets, and goes on.
    case underWay
    /// It is to be examined before it is changed; outstanding until the hold ends.
    case hold
    /// None of its windows opens any more, or nobody knows when.
    case noWindow
    /// It isn't to be changed without a snapshot, and the policy names no command for one.
    case noSnapshot

    /// As a change since a plan was made.
    var words: String {
        switch self {
        case .decommissioned: "was decommissioned"
        case .notApplicable: "is not among the assets that the patch applies to"
        case .excepted: "is under an exception"
        case .notApproved: "is not covered by the approval"
        case .notTested: "is on a platform that was not tested"
        case .notOffered: "is not offered the patch any more"
        case .alreadyInstalled: "has got it by another rollout"
        case .underWay: "is a target of another rollout"
        case .hold: "is under a forensic hold"
        case .noWindow: "has no window that opens"
        case .noSnapshot: "needs a snapshot, for which the policy names no command"
        }
    }
}

/// Which assets a rollout of a patch may touch, by the streams as they stand.
struct Eligibility: Sendable {
    let patch: StreamID
    let packages: [PackageSelection]
    let covered: [PlatformStratum]
    /// A smoke sample stood for every platform, in an emergency that lasts.
    let isSmoke: Bool
    let applicable: Set<StreamID>
    let approved: Set<StreamID>
    /// Targets of other rollouts that go on.
    let underWay: Set<StreamID>
    /// Proven to have it by rollouts that have ended.
    let installed: Set<StreamID>
    /// Of exceptions that live now.
    let exceptions: [ExceptionScope]

    /// nil for an asset that may be touched.
    func obstacle(to asset: AssetFacts) -> SkipReason? {
        if asset.isDecommissioned { return .decommissioned }
        if !applicable.contains(asset.id) { return .notApplicable }
        let isExcepted = exceptions.contains { scope in
            scope.covers(patch: patch, on: asset.id, asset.registration)
        }
        if isExcepted { return .excepted }
        if !approved.contains(asset.id) { return .notApproved }
        guard let stratum = asset.stratum, isSmoke || covered.contains(stratum) else {
            return .notTested
        }
        if installed.contains(asset.id) { return .alreadyInstalled }
        if underWay.contains(asset.id) { return .underWay }
        if asset.isHeld { return .hold }
        return asset.isOffered(packages) ? nil : .notOffered
    }
}

extension UseCases {
    /// - Parameter rollout: The one that is planned or applied; the patch's others are in its way.
    func eligibility(
        for patch: ApprovedPatch, besides rollout: StreamID
    ) async throws -> Eligibility {
        var underWay: Set<StreamID> = []
        var installed: Set<StreamID> = []
        for other in patch.patch.rollouts where other.rollout != rollout {
            // Read anew: what the patch has heard of its rollouts may be behind.
            let (state, _, plan) = try await planned(other.rollout)
            let targets = plan.batches.joined().map(\.asset)
            if state.hasEnded {
                installed.formUnion(try await verified(targets, in: other.rollout))
            } else if state.stragglers != nil {
                // Every gate has passed: only those without an end are still its own.
                for (asset, outcome) in try await outcomes(of: targets, in: other.rollout) {
                    if outcome?.summary == .success { installed.insert(asset) }
                    if outcome?.isFinal != true { underWay.insert(asset) }
                }
            } else if state.stage != .planned {
                underWay.formUnion(targets)
            }
        }
        return Eligibility(
            patch: patch.approval.patch,
            packages: patch.patch.identification?.packages ?? [],
            covered: patch.evidence.covered,
            isSmoke: patch.evidence.smoke != nil,
            applicable: Set(try await assets(in: patch.assessment.applicable)),
            approved: Set(try await assets(in: patch.targets)), underWay: underWay,
            installed: installed, exceptions: try await liveExceptions())
    }

    /// Those of `assets` on which `rollout` succeeded.
    private func verified(
        _ assets: [StreamID], in rollout: StreamID
    ) async throws -> [StreamID] {
        try await outcomes(of: assets, in: rollout)
            .filter { $0.outcome?.summary == .success }.map(\.asset)
    }

    /// What became of those of `assets` that `rollout` has queued.
    func outcomes(
        of assets: [StreamID], in rollout: StreamID
    ) async throws -> [(asset: StreamID, outcome: DeploymentOutcome?)] {
        var outcomes: [(StreamID, DeploymentOutcome?)] = []
        for slice in assets.indices.chunks(of: 32) {
            let states = try await inOrder(slice.map { assets[$0] }) { asset in
                let deployment = StreamID.deployment(of: asset, in: rollout)
                return (
                    asset, try await bus.state(of: deployment, as: DeploymentDecider.self).state
                )
            }
            outcomes += states.filter { $1.order != nil }.map { ($0, $1.outcome) }
        }
        return outcomes
    }

    /// What became of an asset in a rollout; nil while nothing did.
    func outcome(of asset: StreamID, in rollout: StreamID) async throws -> DeploymentOutcome? {
        try await bus.state(
            of: .deployment(of: asset, in: rollout), as: DeploymentDecider.self
        ).state.outcome
    }
}
