package import EventSourcing

/// Which standing approval stood in for a person's decision.
package struct StandingNote: Codable, Hashable, Sendable {
    package let standing: StreamID
    /// Digest of its terms.
    package let terms: Digest
    /// The two who gave it, with the roles held then.
    package let people: [Actor]
    package let until: Timestamp

    package init(_ use: StandingUse) {
        standing = use.standing
        terms = use.terms.digest
        people = use.people
        until = use.terms.until
    }
}

/// Why a standing approval isn't for a patch.
package enum StandingMisfit: Sendable, Equatable {
    case riskClass(RiskClass, RiskClass?)
    case product(String, String)
    case selector
    case otherRoles([Role])
    case tooFewPeople(needed: Int)
    case emergency
    case introducedFlaws

    var words: String {
        switch self {
        case .riskClass(let named, let own):
            "it is for \(named.rawValue) patches, and this one is "
                + (own?.rawValue ?? "not assessed")
        case .product(let named, let own):
            "it is for '\(printable(named))', and this one is of '\(printable(own))'"
        case .selector: "the patch was submitted for assets that it isn't for"
        case .otherRoles(let roles):
            "its policy asks for one person each as "
                + roles.map(\.rawValue).joined(separator: ", ")
        case .tooFewPeople(let needed):
            "\(needed) people have to approve, and two have given it"
        case .emergency: "in an emergency a third person has to approve"
        case .introducedFlaws: "the patch introduced a flaw that nobody mends"
        }
    }
}

extension StandingUse {
    /// What keeps it from being for `patch` as it was submitted; nil when nothing does.
    package func misfit(to patch: Patch, _ approval: Approval) -> StandingMisfit? {
        let product = patch.identification?.sourcePackage ?? ""
        if terms.riskClass != patch.assessment?.riskClass {
            return .riskClass(terms.riskClass, patch.assessment?.riskClass)
        }
        if terms.product != product { return .product(terms.product, product) }
        if !terms.selector.covers(approval.binding.selector) { return .selector }
        // It is given by approvers alone.
        if !approval.roles.isEmpty { return .otherRoles(approval.roles) }
        if approval.needed > people.count { return .tooFewPeople(needed: approval.needed) }
        if approval.emergency != nil { return .emergency }
        // Nobody of the two can know of them.
        if !patch.unmendedFlaws.isEmpty { return .introducedFlaws }
        return nil
    }
}

extension PatchDecider {
    /// Approves what waits by a standing approval. Guard the append with the version of that one's
    /// stream, so that it still stands where this commits.
    static func approveByStanding(
        _ use: StandingUse, _ digest: Digest, _ reason: String, _ context: CommandContext,
        _ patch: Patch, _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        try need([.awaitingApproval], current)
        guard let approval = patch.approval else {
            throw .wrongState(current, needed: [.awaitingApproval])
        }
        let roles = Authorisation.roles(for: .useStandingApproval).map(\.rawValue)
        guard roles.contains(context.actor.role) else {
            throw .approverRoleNeeded(context.actor.role)
        }
        if let misfit = use.misfit(to: patch, approval) {
            throw .standingDoesNotFit(use.standing, misfit)
        }
        guard context.at < use.terms.until else { throw .approvalExpired(use.terms.until) }
        // It is their decision, so what bars a person bars it (I14).
        for (actor, bar) in patch.barredFromApproval() {
            for person in use.people.flatMap(\.people) where actor.people.contains(person) {
                throw .mayNotApprove(person, bar)
            }
        }
        let evidence = try approvable(digest, approval, context, patch, current)
        return [
            .approved(
                PatchApproved(
                    digest: digest, artefact: approval.binding.artefact, evidence: evidence.digest,
                    expires: min(approval.expires, use.terms.until), reason: reason,
                    by: context.actor, standing: StandingNote(use)))
        ]
    }

    /// The standing approval was revoked: what was approved by it starts nothing new.
    static func loseStanding(
        _ standing: StreamID, _ reason: String, _ context: CommandContext, _ patch: Patch
    ) -> [PatchEvent] {
        guard patch.approval?.standing?.standing == standing, patch.decision == .approved,
            approvalIsLive(patch)
        else { return [] }
        return [
            .approvalRevoked(
                ApprovalRevoked(
                    reason: "standing approval \(standing) was revoked: \(reason)",
                    by: context.actor, rollouts: patch.openRollouts))
        ]
    }
}
