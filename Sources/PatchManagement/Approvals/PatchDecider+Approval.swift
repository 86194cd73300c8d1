import EventSourcing

/// Sign-off, request and decision. I14: distinct people, the digest of exactly what was seen,
/// evidence that isn't too old, an expiry.
extension PatchDecider {
    static func signOff(
        _ digest: Digest, _ reason: String, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.tested], current)
        let evidence = try freshEvidence(context, patch, current)
        guard digest == evidence.digest else {
            throw .staleEvidence(given: digest, current: evidence.digest)
        }
        return [.signedOff(PatchSignedOff(evidence: digest, reason: reason, by: context.actor))]
    }

    static func submit(
        _ selector: TargetSelector, _ targets: ApplicableAssets, covered: Int,
        from approval: ApprovalNeed, _ sites: [SiteCount], _ expires: Timestamp,
        _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.signedOff], current)
        let evidence = try freshEvidence(context, patch, current)
        try needNoFlaws(patch)
        guard !selector.environments.isEmpty, targets.count > 0 else { throw .noTargets }
        for name in selector.sites + selector.groups where HostName(name) == nil {
            throw .badField(FieldFault(field: "selector", value: name, rule: HostName.rule))
        }
        let emergency = patch.liveEmergency(covering: selector, at: context.at)
        let uncovered = targets.strata.map(\.stratum).filter { !evidence.covered.contains($0) }
        if let smoke = evidence.smoke {
            guard emergency?.emergency == smoke else { throw .smokeIsNotEnough(smoke) }
        } else if !uncovered.isEmpty {
            throw .targetsNotCovered(uncovered)
        }
        var latest = context.at + .seconds(patch.policy.approvalSeconds)
        if let emergency { latest = min(latest, emergency.until) }
        guard expires > context.at, expires <= latest else {
            throw .expiryOutOfRange(expires, earliest: context.at, latest: latest)
        }
        guard let binding = patch.binding(selector, targets) else {
            throw .wrongState(current, needed: [.signedOff])
        }
        // Two have declared it: a third person is enough.
        let need = emergency == nil ? approval : ApprovalNeed()
        return [
            .approvalRequested(
                ApprovalRequested(
                    binding: binding, digest: binding.digest, expires: expires, by: context.actor,
                    covered: covered, approvers: need.approvers > 1 ? need.approvers : nil,
                    roles: need.roles.isEmpty ? nil : need.roles,
                    emergency: emergency?.emergency, sites: sites.isEmpty ? nil : sites))
        ]
    }

    static func approve(
        _ digest: Digest, _ reason: String, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.awaitingApproval], current)
        guard let approval = patch.approval else {
            throw .wrongState(current, needed: [.awaitingApproval])
        }
        // The edge has asked already. Asked again here, so that no path leads around it.
        let role = Role(rawValue: context.actor.role)
        guard let role, role == .approver || approval.roles.contains(role) else {
            throw .approverRoleNeeded(context.actor.role)
        }
        for (actor, bar) in patch.barredFromApproval() {
            for person in context.actor.people where actor.people.contains(person) {
                throw .mayNotApprove(person, bar)
            }
        }
        let evidence = try approvable(digest, approval, context, patch, current)
        for earlier in approval.given {
            for person in context.actor.people where earlier.people.contains(person) {
                throw .alreadyApproved(person, missing: approval.needed - approval.given.count)
            }
        }
        guard approval.awaited.contains(role) else {
            throw .otherRoleAwaited(role, approval.awaited)
        }
        guard approval.given.count + 1 >= approval.needed else {
            return [
                .approvalGiven(
                    PatchApprovalGiven(
                        digest: digest, given: approval.given.count + 1, needed: approval.needed,
                        reason: reason, by: context.actor))
            ]
        }
        let unmended = patch.unmendedFlaws.map(\.flaw)
        return [
            .approved(
                PatchApproved(
                    digest: digest, artefact: approval.binding.artefact, evidence: evidence.digest,
                    expires: approval.expires, reason: reason, by: context.actor,
                    introducedFlaws: unmended.isEmpty ? nil : unmended))
        ]
    }

    /// What whoever decides has to find: what was asked for, in time, on fresh evidence, and no flaw
    /// that keeps it back.
    static func approvable(
        _ digest: Digest, _ approval: Approval, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> Patch.Evidence {
        let waiting = patch.binding(approval.binding.selector, approval.binding.targets)?.digest
        guard let waiting, waiting == digest else {
            throw .staleBinding(given: digest, current: waiting ?? approval.binding.digest)
        }
        guard context.at < approval.expires else { throw .approvalExpired(approval.expires) }
        let evidence = try freshEvidence(context, patch, current)
        try needNoFlaws(patch)
        return evidence
    }

    static func reject(
        _ reason: String, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need(
            [.awaitingApproval, .testFailed, .testInconclusive, .rolledBack, .handedToOwner],
            current)
        // Whom a policy asks for beside the approvers has a say while it is waited for.
        let others = current == .awaitingApproval ? patch.approval?.roles ?? [] : []
        guard
            ([.approver, .tester] + others).contains(where: { $0.rawValue == context.actor.role })
        else { throw .approverRoleNeeded(context.actor.role) }
        try PatchRejection.check(reason: reason)
        return [
            .rejected(
                PatchRejected(reason: reason, by: context.actor, mends: patch.mendsOrNil))
        ]
    }

    static func revokeApproval(
        _ reason: String, _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        if current == .approvalRevoked { return [] }
        try need([.approved, .scheduled, .deploying, .paused], current)
        try PatchRejection.check(reason: reason)
        return [
            .approvalRevoked(
                ApprovalRevoked(reason: reason, by: context.actor, rollouts: patch.openRollouts))
        ]
    }

    private static func freshEvidence(
        _ context: CommandContext, _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> Patch.Evidence {
        guard let evidence = patch.evidence else {
            throw .wrongState(current, needed: [.tested])
        }
        let oldest = context.at + .seconds(-patch.policy.evidenceSeconds)
        guard evidence.gathered >= oldest else {
            throw .evidenceTooOld(gathered: evidence.gathered, oldest: oldest)
        }
        if let smoke = evidence.smoke, patch.liveEmergency(at: context.at)?.emergency != smoke {
            throw .smokeIsNotEnough(smoke)
        }
        return evidence
    }
}
