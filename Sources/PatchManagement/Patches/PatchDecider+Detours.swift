import EventSourcing

/// Ways aside and back: reopening, deferral, withdrawal, succession, the rollouts' influence, the
/// documentation.
extension PatchDecider {
    static func reopen(
        _ reason: String, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need(
            [
                .notApplicable, .acquisitionFailed, .rejected, .approvalExpired, .approvalRevoked,
                .rolledBack, .handedToOwner, .resolvedElsewhere,
            ], current)
        try PatchRejection.check(reason: reason)
        let state: PatchState =
            switch current {
            case .notApplicable: .identified
            case .acquisitionFailed: .assessed
            case .rejected, .approvalExpired, .approvalRevoked:
                patch.evidence == nil ? .acquired : .tested
            case .resolvedElsewhere: reached(by: patch)
            default: .acquired
            }
        let mends = current == .rejected ? patch.mendsOrNil : nil
        return [.reopened(PatchReopened(state: state, reason: reason, mends: mends))]
    }

    /// How far it had come, by what is still there of it.
    private static func reached(by patch: Patch) -> PatchState {
        if patch.evidence != nil { return .tested }
        if patch.artefact != nil { return .acquired }
        return patch.assessment == nil ? .identified : .assessed
    }

    static func putOff(
        _ until: Timestamp, _ reason: String, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need(
            [
                .identified, .assessed, .acquisitionFailed, .acquired, .testing, .tested,
                .testFailed, .testInconclusive, .signedOff, .awaitingApproval, .approved,
                .rejected, .approvalExpired, .approvalRevoked, .rolledBack, .handedToOwner,
            ], current)
        try PatchRejection.check(reason: reason)
        guard patch.assessment?.riskClass != .urgent else { throw .urgentNeedsException }
        let open = patch.rollouts.filter { !$0.phase.hasEnded }.count
        guard open == 0 else { throw .rolloutsOpen(open) }
        let latest = context.at + .seconds(patch.policy.longestDeferralSeconds)
        guard until > context.at, until <= latest else {
            throw .expiryOutOfRange(until, earliest: context.at, latest: latest)
        }
        return conclude("deferred: \(reason)", context, patch)
            + [.deferred(PatchDeferred(until: until, reason: reason))]
    }

    static func resume(
        _ reason: String, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.deferred], current)
        try PatchRejection.check(reason: reason)
        return [afterDeferral(patch, reason)]
    }

    /// Back to where it would be if it had never been deferred.
    static func afterDeferral(_ patch: Patch, _ reason: String) -> PatchEvent {
        var resumed = patch
        resumed.deferral = nil
        return .reopened(PatchReopened(state: resumed.state ?? .identified, reason: reason))
    }

    static func withdraw(
        _ reason: String, _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        try PatchRejection.check(reason: reason)
        guard !patch.isWithdrawn else { return [] }
        return conclude("withdrawn: \(reason)", context, patch)
            + [
                .withdrawn(
                    PatchWithdrawn(
                        reason: reason, rollouts: patch.openRollouts, mends: patch.mendsOrNil,
                        pack: patch.membership?.pack))
            ]
    }

    static func reinstate(_ reason: String, _ patch: Patch) throws(PatchRejection) -> [PatchEvent] {
        try PatchRejection.check(reason: reason)
        guard patch.isWithdrawn else { return [] }
        var reinstated = patch
        reinstated.isWithdrawn = false
        guard let state = reinstated.state else { return [] }
        let mends = reinstated.mendsNothing ? nil : patch.mendsOrNil
        return [.reinstated(PatchReinstated(state: state, reason: reason, mends: mends))]
    }

    static func supersede(
        _ successor: StreamID, _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        guard successor != patch.id else { throw .supersedesItself }
        guard patch.successor != successor, let decision = patch.decision,
            !patch.isEndedBySuccessor
        else { return [] }
        let superseded = PatchSuperseded(successor: successor, ended: decision.isBeforeTested)
        return conclude("superseded by \(successor)", context, patch) + [.superseded(superseded)]
    }

    static func handToOwner(
        _ reason: String, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.rollbackFailed], current)
        try PatchRejection.check(reason: reason)
        return [.handedToOwner(PatchHandedToOwner(reason: reason))]
    }

    /// Recorded when the rollout entered another phase, or when its counts changed while nothing
    /// runs in it. So a patch's stream doesn't grow with every asset of its rollouts.
    static func observe(_ overview: RolloutOverview, _ patch: Patch) -> [PatchEvent] {
        guard !patch.settledRollouts.contains(overview.rollout) else { return [] }
        if let known = patch.rollouts.first(where: { $0.rollout == overview.rollout }) {
            guard known != overview else { return [] }
            if known.phase == overview.phase, overview.phase == .running { return [] }
            // Told out of order: what has ended doesn't run again, but may be rolled back.
            if known.phase.hasEnded, !overview.phase.hasEnded, overview.phase != .rollingBack {
                return []
            }
        }
        return [.rolloutObserved(RolloutObserved(overview: overview))]
    }

    static func document(
        _ items: [EvidenceItem], _ pack: Digest, _ disputed: [StreamID], _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        if current == .documented { return [] }
        try need([.verified], current)
        let missing = EvidenceItem.allCases.filter { !items.contains($0) }
        guard missing.isEmpty else { throw .evidenceMissing(missing) }
        guard disputed.isEmpty else { throw .findingsDisputed(disputed) }
        return [
            .documented(
                PatchDocumented(
                    number: patch.documents + 1, pack: pack, items: EvidenceItem.allCases))
        ]
    }

    /// A timer for something that is over has no effect; one that comes too early is refused, so
    /// that it comes again.
    static func fire(
        _ timer: PatchTimer, _ context: CommandContext, _ patch: Patch
    ) throws(PatchRejection) -> [PatchEvent] {
        switch timer {
        case .approvalExpiry:
            guard let approval = patch.approval, approvalIsLive(patch) else { return [] }
            try need(due: approval.expires, timer, context)
            return [
                .approvalExpired(
                    ApprovalExpired(expired: approval.expires, rollouts: patch.openRollouts))
            ]
        case .deferralEnd:
            guard let deferral = patch.deferral else { return [] }
            try need(due: deferral.until, timer, context)
            return [afterDeferral(patch, "the deferral ended: \(deferral.reason)")]
        case .qualificationDeadline:
            guard patch.decision == .testing, let qualification = patch.qualification else {
                return []
            }
            try need(due: qualification.deadline, timer, context)
            return conclude("the test took too long", context, patch)
        }
    }

    /// Something is asked for or allowed that an expiry would end. What is verified needs no
    /// approval any more.
    static func approvalIsLive(_ patch: Patch) -> Bool {
        switch patch.decision {
        case .awaitingApproval: return true
        case .approved:
            switch PatchState.derived(
                from: .approved, rollouts: patch.rollouts, isCovered: patch.isCovered,
                isDocumented: patch.isDocumented)
            {
            case .verified, .documented: return false
            default: return true
            }
        default: return false
        }
    }

    private static func need(
        due: Timestamp, _ timer: PatchTimer, _ context: CommandContext
    ) throws(PatchRejection) {
        guard context.at >= due else { throw .notDueYet(timer, due) }
    }
}

extension Patch {
    var mendsOrNil: [MendedFlaw]? { mends.isEmpty ? nil : mends }

    /// Nobody is to have it, so that what it would mend stays broken.
    var mendsNothing: Bool { isWithdrawn || decision == .rejected }
}
