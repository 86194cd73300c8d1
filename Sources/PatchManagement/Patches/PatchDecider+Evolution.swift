import EventSourcing

/// What each event leaves behind. Total: nothing is refused, nothing is checked.
extension PatchDecider {
    package static func evolve(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .identified(let identified):
            patch.id = identified.patch
            patch.identification = identified.identification
            patch.policy = identified.policy
            patch.lastEditor = identified.by
            patch.decision = .identified
        case .assessed(let assessed): evolve(&patch, assessed)
        case .dismissed:
            patch.acquisition = nil
            patch.decision = .notApplicable
        case .acquisitionRequested(let requested):
            patch.acquisition = Patch.Acquisition(
                host: requested.host, tries: requested.tries, spentFence: requested.spentFence,
                by: requested.by)
        case .acquired(let acquired):
            patch.acquisition = nil
            patch.isQuarantined = false
            evolveFlaws(&patch, event)
            patch.artefact = Patch.Artefact(digest: acquired.artefact, pins: acquired.pins)
            patch.decision = .acquired
        case .acquisitionFailed(let failed):
            patch.acquisition = nil
            patch.isQuarantined = failed.quarantined
            patch.decision = .acquisitionFailed
        case .qualificationStarted, .stepBegun, .stepRepeated, .checkRecorded,
            .qualificationPassed, .qualificationFailed, .qualificationInconclusive:
            evolveQualification(&patch, event)
        case .signedOff, .approvalRequested, .approvalGiven, .approved, .rejected,
            .approvalExpired, .approvalRevoked:
            evolveApproval(&patch, event)
        case .reopened, .deferred, .withdrawn, .reinstated, .superseded, .handedToOwner:
            evolveDetour(&patch, event)
        case .rolloutObserved(let observed): evolve(&patch, observed.overview)
        case .flawsObserved, .flawsAccepted: evolveFlaws(&patch, event)
        case .introducedFlawLinked, .introducedFlawMended, .introducedFlawUnmended,
            .introducedFlawAccepted, .mendedFlawLinked:
            evolveIntroducedFlaws(&patch, event)
        case .heldInPack, .resolvedElsewhere: evolvePacks(&patch, event)
        case .excepted(let excepted): patch.exceptions = excepted.exceptions
        case .exceptionEnded: patch.exceptions = []
        case .emergencyBegun(let begun): patch.emergency = begun.emergency
        case .emergencyEnded: patch.emergency = nil
        case .memberLeft(let left): evolveBundle(&patch, left)
        case .stateChanged, .verified: break
        case .documented(let documented):
            patch.documents = documented.number
            patch.isDocumented = true
        }
    }

    /// What was tested stands as long as the checks are the same and no platform is new; what was
    /// signed off or asked for on the old assessment does not.
    private static func evolve(_ patch: inout Patch, _ assessed: PatchAssessed) {
        let assessment = assessed.assessment
        let strata = assessment.applicable.strata.map(\.stratum)
        patch.assessment = assessment
        patch.lastEditor = assessed.by
        switch patch.decision {
        case .tested, .signedOff, .awaitingApproval, .rejected:
            patch.signedOffBy = nil
            patch.approval = nil
            if let evidence = patch.evidence, evidence.checks == assessment.checks,
                strata.allSatisfy(evidence.covered.contains)
            {
                if patch.decision != .rejected { patch.decision = .tested }
            } else {
                patch.evidence = nil
                if patch.decision != .rejected { patch.decision = .acquired }
            }
        case .identified, .assessed, .notApplicable: patch.decision = .assessed
        default: break
        }
    }

    private static func evolve(_ patch: inout Patch, _ overview: RolloutOverview) {
        patch.rollouts.removeAll { $0.rollout == overview.rollout }
        patch.rollouts.append(overview)
        patch.rollouts.sort { $0.rollout < $1.rollout }
        let state = PatchState.derived(
            from: .approved, rollouts: patch.rollouts, isCovered: patch.isCovered,
            isDocumented: patch.isDocumented)
        if state != .documented { patch.isDocumented = false }
    }

    private static func evolveApproval(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .signedOff(let signedOff):
            patch.signedOffBy = signedOff.by
            patch.decision = .signedOff
        case .approvalRequested(let requested):
            patch.approval = Approval(
                binding: requested.binding, requester: requested.by, expires: requested.expires,
                approver: nil,
                needed: (requested.approvers ?? 1) + (requested.roles?.count ?? 0),
                roles: requested.roles ?? [], emergency: requested.emergency)
            patch.coveredBefore = requested.covered
            patch.doneBefore = Dictionary(
                uniqueKeysWithValues: patch.rollouts.map { ($0.rollout, $0.done) })
            patch.isDocumented = false
            patch.decision = .awaitingApproval
        case .approvalGiven(let given): patch.approval?.given.append(given.by)
        case .approved(let approved):
            patch.approval?.approver = approved.by
            patch.approval?.standing = approved.standing
            if let standing = approved.standing {
                patch.approval?.expires = min(approved.expires, standing.until)
            }
            patch.decision = .approved
        case .rejected:
            if isBackFromRollback(patch) { forgetRollouts(&patch) }
            patch.decision = .rejected
        case .approvalExpired: patch.decision = .approvalExpired
        case .approvalRevoked: patch.decision = .approvalRevoked
        default: break
        }
    }

    private static func evolveDetour(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .reopened(let reopened):
            if patch.deferral != nil {
                patch.deferral = nil
                return
            }
            if isBackFromRollback(patch) { forgetRollouts(&patch) }
            patch.signedOffBy = nil
            patch.isQuarantined = false
            patch.decision = reopened.state
        case .deferred(let deferred):
            patch.deferral = Patch.Deferral(until: deferred.until, reason: deferred.reason)
        case .withdrawn: patch.isWithdrawn = true
        case .reinstated: patch.isWithdrawn = false
        case .superseded(let superseded):
            patch.successor = superseded.successor
            patch.isEndedBySuccessor = superseded.ended
        case .handedToOwner:
            patch.decision = .handedToOwner
        default: break
        }
    }

    private static func isBackFromRollback(_ patch: Patch) -> Bool {
        patch.state == .rolledBack || patch.state == .handedToOwner
    }

    /// After a rollback the version is unwelcome until it was tested again: neither its rollouts
    /// nor its evidence speak for it any more.
    private static func forgetRollouts(_ patch: inout Patch) {
        patch.settledRollouts += patch.rollouts.map(\.rollout)
        patch.rollouts = []
        patch.coveredBefore = 0
        patch.doneBefore = [:]
        patch.evidence = nil
        patch.isDocumented = false
    }
}
