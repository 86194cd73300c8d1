package import EventSourcing

/// A patch, as its events leave it.
package struct Patch: Sendable, Equatable {
    package struct Artefact: Sendable, Equatable {
        package let digest: Digest
        package let pins: [PinnedPackage]
    }

    package struct Acquisition: Sendable, Equatable {
        package let host: HostAddress
        package let tries: Int
        package let spentFence: Int64
        package let by: Actor
    }

    /// What a passed qualification left.
    package struct Evidence: Sendable, Equatable {
        package let digest: Digest
        package let checks: VerificationChecks
        package let covered: [PlatformStratum]
        package let isReversible: Bool
        package let gathered: Timestamp
        package let tester: Actor
        /// The emergency in which a smoke sample was enough; nil for a test of every platform.
        package var smoke: StreamID?
    }

    package struct Deferral: Sendable, Equatable {
        package let until: Timestamp
        package let reason: String
    }

    package var id: StreamID?
    package var identification: PatchIdentification?
    package var policy = PatchPolicy()
    package var assessment: Assessment?
    /// The last decision, which the rollouts, a deferral, exceptions or a withdrawal may hide.
    package var decision: PatchState?
    package var acquisition: Acquisition?
    package var isQuarantined = false
    package var artefact: Artefact?
    /// What the advisories say of it; nil before they were looked at.
    package var flaws: FlawReport?
    /// Those that a risk owner has taken.
    package var acceptedFlaws: [KnownFlaw] = []
    /// What it broke, in the order in which that became known.
    package var introducedFlaws: [IntroducedFlaw] = []
    /// What other patches broke, and this one mends.
    package var mends: [MendedFlaw] = []
    /// The service pack that it is in.
    package var membership: PackMembership?
    /// Live exceptions that together are for all of its assets; empty when there are none such.
    package var exceptions: [StreamID] = []
    /// A risk owner has taken it without a look at the advisories.
    package var isMatchWaived = false
    /// The emergency that was declared for it last, until it ends.
    package var emergency: PatchEmergency?
    package var qualification: Qualification?
    package var qualifications = 0
    package var evidence: Evidence?
    package var signedOffBy: Actor?
    package var approval: Approval?
    /// Whoever last changed what is to be approved.
    package var lastEditor: Actor?
    package var deferral: Deferral?
    package var isWithdrawn = false
    package var successor: StreamID?
    package var isEndedBySuccessor = false
    /// Sorted by id; those that the patch was reopened after are in `settledRollouts`.
    package var rollouts: [RolloutOverview] = []
    package var settledRollouts: [StreamID] = []
    /// Of the assets that the approval is for, those that were done when it was asked for.
    var coveredBefore = 0
    /// What each rollout had done by then.
    var doneBefore: [StreamID: Int] = [:]
    package var isDocumented = false
    package var documents = 0

    package init() {}

    /// nil for a patch that nobody has identified.
    package var state: PatchState? {
        guard let decision else { return nil }
        if isEndedBySuccessor { return .superseded }
        if isWithdrawn { return .withdrawn }
        if !exceptions.isEmpty { return .excepted }
        if deferral != nil { return .deferred }
        return PatchState.derived(
            from: decision, rollouts: rollouts, isCovered: isCovered, isDocumented: isDocumented)
    }

    /// How many assets the approval is for.
    package var targets: Int { approval?.binding.targets.count ?? 0 }

    /// Those that have not ended, as far as this patch was told.
    package var openRollouts: [StreamID] {
        rollouts.filter { !$0.phase.hasEnded }.map(\.rollout)
    }

    package var outstanding: Int { max(0, targets - covered) }

    /// How many of them are done: the patch is proven there, or they had it already, or not its
    /// packages.
    var covered: Int {
        rollouts.reduce(coveredBefore) {
            $0 + max(0, $1.done - (doneBefore[$1.rollout] ?? 0))
        }
    }

    var isCovered: Bool {
        let isProvenSomewhere = coveredBefore > 0 || rollouts.contains { $0.verified > 0 }
        return targets > 0 && covered >= targets && isProvenSomewhere
    }

    /// What an approval asked for now would be for; nil before there is evidence.
    package func binding(
        _ selector: TargetSelector, _ targets: ApplicableAssets
    ) -> ApprovalBinding? {
        guard let id, let artefact, let evidence, let assessment else { return nil }
        return ApprovalBinding(
            patch: id, artefact: artefact.digest, evidence: evidence.digest,
            assessment: Digest(of: storedForm(assessment)), selector: selector, targets: targets)
    }

    /// True when a rollout of this patch may start at `moment`. Guard the append of the start with
    /// this stream's version, so that it still holds where that commits.
    package func mayStartRollout(at moment: Timestamp) -> Bool {
        guard decision == .approved, let approval, approval.approver != nil,
            moment < approval.expires, blockingFlaws.isEmpty, blockingIntroducedFlaws.isEmpty
        else { return false }
        switch state {
        case .approved, .scheduled, .deploying, .paused, .verified, .documented: return true
        default: return false
        }
    }

    /// The right to touch a lab host, for a worker that begins a step there.
    package func permit(for asset: StreamID) -> Permit? {
        guard let id, decision == .testing, let host = qualification?.host(asset),
            host.awaiting != .nothing
        else { return nil }
        return Permit(
            asset: asset, attempt: host.attempt, rollout: id, batch: 0, site: host.sample.site)
    }

    /// Those who may not approve, and why, in the order in which they are told (I14).
    func barredFromApproval() -> [(actor: Actor, reason: ApprovalBar)] {
        var barred: [(Actor, ApprovalBar)] = []
        if let requester = approval?.requester { barred.append((requester, .requester)) }
        if let tester = evidence?.tester { barred.append((tester, .tester)) }
        if let signedOffBy { barred.append((signedOffBy, .securityTester)) }
        if let lastEditor { barred.append((lastEditor, .lastEditor)) }
        barred += (emergency?.declarers ?? []).map { ($0, .declarer) }
        return barred
    }
}

/// What somebody did that bars them from approving.
package enum ApprovalBar: String, Sendable, CaseIterable {
    case requester = "asked for the approval"
    case tester = "tested the patch"
    case securityTester = "signed the test off"
    case lastEditor = "edited the patch last"
    case declarer = "declared the emergency"

    var code: String {
        switch self {
        case .requester: "requester-may-not-approve"
        case .tester: "tester-may-not-approve"
        case .securityTester: "security-tester-may-not-approve"
        case .lastEditor: "last-editor-may-not-approve"
        case .declarer: "declarer-may-not-approve"
        }
    }
}
