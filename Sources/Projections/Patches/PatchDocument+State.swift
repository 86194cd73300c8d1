internal import EventSourcing
internal import PatchManagement

/// What events do to the state that a patch shows, as `PatchDecider` evolves it.
extension PatchDocument {
    /// A patch that is put off, excepted, withdrawn or superseded shows nothing else until that ends.
    ///
    /// - Parameter hiding: Which of these four end now.
    mutating func enter(_ next: PatchState, from hiding: [PatchState] = []) {
        let hides: [PatchState] = [.deferred, .excepted, .withdrawn, .superseded]
        if hides.contains(where: { $0.rawValue == state && !hiding.contains($0) }) { return }
        state = next.rawValue
    }

    /// Back from an end, or from a deferral; the latter leaves everything as it was.
    mutating func reopen(as next: PatchState) {
        if state == PatchState.deferred.rawValue { return enter(next, from: [.deferred]) }
        // The end of a deferral beneath exceptions or a withdrawal shows when those end.
        if [.excepted, .withdrawn].contains(PatchState(rawValue: state)) { return }
        if isBackFromRollback { forgetRollouts() }
        signedOffBy = nil
        enter(next)
    }

    var isBackFromRollback: Bool {
        state == PatchState.rolledBack.rawValue || state == PatchState.handedToOwner.rawValue
    }

    /// After a rollback the version is unwelcome until it was tested again: neither its rollouts
    /// nor its evidence speak for it any more.
    mutating func forgetRollouts() {
        rollouts = []
        count()
        qualification?.evidenceDigest = nil
    }

    /// What was tested stands as long as the checks are the same and no platform is new; what was
    /// signed off or asked for on the old assessment does not.
    mutating func reconsider(_ next: Assessment) {
        switch PatchState(rawValue: state) {
        case .tested, .signedOff, .awaitingApproval, .rejected:
            signedOffBy = nil
            approval = nil
            let isRejected = state == PatchState.rejected.rawValue
            if stillHolds(for: next) {
                if !isRejected { enter(.tested) }
            } else {
                qualification?.evidenceDigest = nil
                if !isRejected { enter(.acquired) }
            }
        case .identified, .assessed, .notApplicable: enter(.assessed)
        default: break
        }
    }

    /// Whether there is evidence, and it covers the assessment as it is now.
    private func stillHolds(for next: Assessment) -> Bool {
        guard let qualification, qualification.state == "passed",
            qualification.evidenceDigest != nil
        else { return false }
        let covered = qualification.sample.map(\.stratum)
        return assessment?.checks == ChecksDocument(next.checks)
            && next.applicable.strata.allSatisfy { covered.contains($0.stratum.description) }
    }

    /// The state after a decision on the approval, of which the rollouts may say more than it does.
    mutating func follow(from decision: PatchState) {
        let overviews = rollouts.compactMap { rollout -> RolloutOverview? in
            guard let id = StreamID(rollout.id), let phase = RolloutPhase(rawValue: rollout.state)
            else { return nil }
            return RolloutOverview(
                rollout: id, phase: phase, targets: rollout.targets, verified: rollout.verified,
                failed: rollout.failed, open: rollout.open)
        }
        // That all targets are verified is an event of its own.
        enter(
            PatchState.derived(
                from: decision, rollouts: overviews, isCovered: false, isDocumented: false))
    }
}

extension ChecksDocument {
    init(_ checks: VerificationChecks) {
        self.init(packages: checks.packages, services: checks.services, command: checks.command)
    }
}
