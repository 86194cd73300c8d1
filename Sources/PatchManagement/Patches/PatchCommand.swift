package import EventSourcing
package import FoundationEssentials

/// Everything that can be asked of a patch.
package enum PatchCommand: Sendable, Equatable {
    case identify(PatchIdentification, patch: StreamID, policy: PatchPolicy)
    /// Also changes an assessment that was made before. What was signed off or submitted on its
    /// ground falls back, and must be asked for again.
    case assess(Assessment)
    case dismiss(Dismissal, reason: String)

    /// Fetch the package files by the signed lists of a reference host.
    case acquire(from: HostAddress)
    /// `fence` is that of the activity's claim; a lost lease is `.failed` with the cause `.lost`.
    case recordAcquisition(fence: Int64, WorkResult)
    /// What the advisories say of what was acquired.
    case observeFlaws(FlawReport)
    /// - Parameter report: The digest of what the risk owner has seen.
    case acceptFlaws(report: Digest, reason: String)
    /// It introduced a flaw: a vulnerability's id, or a few words.
    case linkFlaw(String, riskClass: RiskClass?, reason: String)
    /// Another patch mends a flaw that this one introduced.
    case mendFlaw(String, by: StreamID, reason: String)
    case acceptIntroducedFlaw(String, reason: String)
    /// The patch that mends a flaw of this one was withdrawn or rejected, or counts again.
    case observeMending(String, by: StreamID, stands: Bool)
    /// This one is said to mend what another introduced.
    case noteMending(MendedFlaw)

    /// - Parameter targetStrata: Platforms of the targets now; those of the assessment count as
    ///   well. `isSmoke` lets one lab host stand for all of them, in an emergency only.
    case startQualification(
        sample: [QualificationSample], targetStrata: [PlatformStratum],
        trial: QualificationTrial? = nil, isSmoke: Bool = false)
    /// Asked by the worker before a step that needs an intent, under `Patch.permit(for:)`.
    case beginStep(QualificationStep, asset: StreamID, worker: UUID, fence: Int64)
    /// The result of a step, or of the probe for it.
    case recordResult(QualificationStep, asset: StreamID, fence: Int64, WorkResult)
    /// The worker that held the activity is gone.
    case loseLease(QualificationStep, asset: StreamID, fence: Int64)
    case cancelQualification(reason: String)

    /// - Parameter evidence: The digest of what was judged.
    case signOff(evidence: Digest, reason: String = "")
    /// `covered` of the targets have the patch already, or nothing that it is for; `need` says who
    /// has to approve.
    case submit(
        TargetSelector, targets: ApplicableAssets, expires: Timestamp, covered: Int = 0,
        need: ApprovalNeed = ApprovalNeed(), sites: [SiteCount] = [])
    /// - Parameter binding: The digest of what the approver has seen.
    case approve(binding: Digest, reason: String = "")
    /// A standing approval stands in for a person's decision; guard the append with its version.
    case approveByStanding(StandingUse, binding: Digest, reason: String)
    case reject(reason: String)
    case revokeApproval(reason: String)
    /// The standing approval that it was approved by was revoked.
    case loseStanding(StreamID, reason: String)
    case beginEmergency(PatchEmergency)
    case endEmergency(StreamID)

    /// Back from notApplicable, acquisitionFailed, rejected, approvalExpired, approvalRevoked,
    /// rolledBack, handedToOwner or resolvedElsewhere.
    case reopen(reason: String)
    case `defer`(until: Timestamp, reason: String)
    /// Ends a deferral before its time.
    case resume(reason: String)
    case withdraw(reason: String)
    case reinstate(reason: String)
    case supersede(by: StreamID)
    case handToOwner(reason: String)
    case holdInPack(StreamID)
    /// A member leaves the bundle that this is.
    case leaveBundle(StreamID, reason: String)
    /// The service pack that it is in was verified.
    ///
    /// - Parameter remaining: Assets of this patch that the pack was not brought to.
    case resolveInPack(StreamID, remaining: Int)
    /// Live exceptions that together are for all of its assets; empty when there are none such.
    case observeExceptions([StreamID])

    case observeRollouts(RolloutOverview)
    /// - Parameters:
    ///   - items: Those that the pack holds.
    ///   - pack: Digest of the pack.
    ///   - disputed: Findings that it is to have mended, and that somebody still finds.
    case document(items: [EvidenceItem], pack: Digest, disputed: [StreamID] = [])
    case timer(PatchTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .identify: .identifyPatch
        case .assess: .assessPatch
        case .dismiss: .dismissPatch
        case .acquire: .acquirePatch
        case .recordAcquisition, .beginStep, .recordResult, .loseLease: .recordQualificationWork
        case .observeFlaws: .observeFlaws
        case .acceptFlaws, .acceptIntroducedFlaw: .acceptFlaws
        case .linkFlaw, .mendFlaw: .linkFlaws
        case .observeMending, .noteMending, .holdInPack, .resolveInPack, .observeExceptions,
            .loseStanding, .beginEmergency, .endEmergency:
            .observePatches
        case .startQualification: .startQualification
        case .cancelQualification: .cancelQualification
        case .signOff: .signOffPatch
        case .submit: .submitPatch
        case .approve: .approvePatch
        case .approveByStanding: .useStandingApproval
        case .reject: .rejectPatch
        case .revokeApproval: .revokeApproval
        case .reopen: .reopenPatch
        case .defer: .deferPatch
        case .resume: .resumeDeferredPatch
        case .withdraw: .withdrawPatch
        case .reinstate: .reinstatePatch
        case .supersede: .supersedePatch
        case .handToOwner: .handPatchToOwner
        case .leaveBundle: .groupPatches
        case .observeRollouts: .observeRollouts
        case .document: .documentPatch
        case .timer: .firePatchTimer
        }
    }
}

/// The timers of a patch, by their stored names.
package enum PatchTimer: String, Sendable, CaseIterable {
    case approvalExpiry = "approval-expiry"
    case deferralEnd = "deferral-end"
    case qualificationDeadline = "qualification-deadline"
}
