package import EventSourcing

/// The policy of a scope: proposed by one person, looked at, published by another, and looked at
/// again every year.
package enum PolicyDecider: Decider {
    package static let prefix = "po"
    package static var initialState: ScopedPolicy { ScopedPolicy() }

    package static let usualReviewSeconds = 365 * 86_400
    package static let longestReviewSeconds = 366 * 86_400
    /// What a proposal would change is known for so long: findings come and go.
    package static let whatIfSeconds = 7 * 86_400

    package static func decide(
        _ command: PolicyCommand, _ context: CommandContext, _ state: ScopedPolicy
    ) throws(PolicyRejection) -> [PolicyEvent] {
        switch command {
        case .propose(let document, let scope, let reason):
            return try propose(document, scope, reason, context, state)
        case .examine(let summary, let report, let digest):
            let proposal = try open(state, digest)
            if proposal.report == report { return [] }
            return [
                .examined(
                    PolicyExamined(
                        version: proposal.version, proposal: digest, summary: summary,
                        report: report, examined: context.at, by: context.actor))
            ]
        case .publish(let digest, let seconds, let reason):
            return try publish(digest, seconds, reason, context, state)
        case .reject(let reason):
            guard let proposal = state.proposal else { throw .nothingProposed }
            try PolicyRejection.check(reason: reason)
            try needRiskOwner(context)
            return [
                .rejected(
                    PolicyRejected(
                        version: proposal.version, proposal: proposal.digest, reason: reason,
                        by: context.actor))
            ]
        case .withdraw(let reason):
            guard let proposal = state.proposal else { throw .nothingProposed }
            try PolicyRejection.check(reason: reason)
            guard context.actor.people.contains(where: proposal.by.people.contains) else {
                throw .mayNotWithdrawOfOthers(proposal.by.id)
            }
            return [
                .withdrawn(
                    PolicyWithdrawn(
                        version: proposal.version, proposal: proposal.digest, reason: reason,
                        by: context.actor))
            ]
        case .review(let reason):
            return try review(reason, context, state)
        case .timer(let timer): return try fire(timer, context, state)
        case .stateBuiltIn(let numbers):
            let stated = PolicyBuiltIn(numbers)
            return stated.digest == state.builtIn ? [] : [.builtIn(stated)]
        }
    }

    private static func propose(
        _ document: PolicyDocument, _ scope: PolicyScope, _ reason: String,
        _ context: CommandContext, _ state: ScopedPolicy
    ) throws(PolicyRejection) -> [PolicyEvent] {
        if let known = state.scope, known != scope { throw .otherScope(scope, known) }
        if let proposal = state.proposal {
            guard proposal.document == document, proposal.by.people == context.actor.people else {
                throw .alreadyProposed(version: proposal.version)
            }
            return []
        }
        try PolicyRejection.check(reason: reason)
        if let fault = (document.faults + document.misplaced(in: scope)).first {
            throw .badField(fault)
        }
        guard document != state.published?.document ?? PolicyDocument() else {
            throw .changesNothing(scope)
        }
        let version = (state.published?.version ?? 0) + 1
        return [
            .proposed(
                PolicyProposed(
                    scope: scope, version: version, document: document,
                    digest: proposalDigest(scope, version, document), reason: reason,
                    proposed: context.at, by: context.actor))
        ]
    }

    /// Over scope, version and document: what a publication confirms can't be mistaken for another.
    static func proposalDigest(
        _ scope: PolicyScope, _ version: Int, _ document: PolicyDocument
    ) -> Digest {
        Digest(of: "\(scope)\n\(version)\n\(document.digest)")
    }

    private static func publish(
        _ digest: Digest, _ seconds: Int, _ reason: String, _ context: CommandContext,
        _ state: ScopedPolicy
    ) throws(PolicyRejection) -> [PolicyEvent] {
        if state.proposal == nil, state.publishedDigest == digest { return [] }
        let proposal = try open(state, digest)
        try PolicyRejection.check(reason: reason)
        // The edge has asked already. Asked again here, so that no path leads around it.
        try needRiskOwner(context)
        for person in context.actor.people where proposal.by.people.contains(person) {
            throw .mayNotPublishOwnProposal(person)
        }
        guard let whatIf = proposal.whatIf, let report = proposal.report,
            let examined = proposal.examined
        else { throw .notExamined }
        guard context.at < examined + .seconds(whatIfSeconds) else {
            throw .examinedTooLongAgo(examined)
        }
        if let fault = whatIf.faults.first { throw .doesNotFit(fault) }
        guard let scope = state.scope else { throw .nothingProposed }
        let published = state.successor(proposal.document, in: scope)
        let review = min(max(seconds, 1), longestReviewSeconds)
        return [
            .published(
                PolicyPublished(
                    policy: published, proposal: digest, report: report,
                    reviewSeconds: review,
                    reviewDue: proposal.document.isEmpty ? nil : context.at + .seconds(review),
                    published: context.at, proposer: proposal.by, reason: reason,
                    by: context.actor))
        ]
    }

    /// One at the same moment as the last says nothing.
    private static func review(
        _ reason: String, _ context: CommandContext, _ state: ScopedPolicy
    ) throws(PolicyRejection) -> [PolicyEvent] {
        guard let published = state.published, let before = state.reviewDue else {
            throw .nothingPublished
        }
        try PolicyRejection.check(reason: reason)
        try needRiskOwner(context)
        let due = context.at + .seconds(state.reviewSeconds)
        guard due > before || state.isReviewDue else { return [] }
        return [
            .reviewed(
                PolicyReviewed(
                    version: published.version, due: due, reason: reason, by: context.actor))
        ]
    }

    /// A timer for something that is over has no effect; one that comes too early is refused, so
    /// that it comes again.
    private static func fire(
        _ timer: PolicyTimer, _ context: CommandContext, _ state: ScopedPolicy
    ) throws(PolicyRejection) -> [PolicyEvent] {
        switch timer {
        case .review:
            guard let published = state.published, let due = state.reviewDue, !state.isReviewDue
            else { return [] }
            guard context.at >= due else { throw .notDueYet(timer, due) }
            return [.reviewDue(PolicyReviewDue(version: published.version, due: due))]
        }
    }

    // MARK: What they share

    private static func open(
        _ state: ScopedPolicy, _ digest: Digest
    ) throws(PolicyRejection) -> ScopedPolicy.Proposal {
        guard let proposal = state.proposal else { throw .nothingProposed }
        guard proposal.digest == digest else {
            throw .staleProposal(given: digest, current: proposal.digest)
        }
        return proposal
    }

    private static func needRiskOwner(_ context: CommandContext) throws(PolicyRejection) {
        guard context.actor.role == Role.riskOwner.rawValue else {
            throw .riskOwnerNeeded(context.actor.role)
        }
    }
}

extension PolicyDecider {
    package static func evolve(_ state: inout ScopedPolicy, _ event: PolicyEvent) {
        switch event {
        case .proposed(let proposed):
            state.scope = proposed.scope
            state.proposal = ScopedPolicy.Proposal(
                version: proposed.version, document: proposed.document, digest: proposed.digest,
                reason: proposed.reason, by: proposed.by, proposed: proposed.proposed)
        case .examined(let examined):
            state.proposal?.whatIf = examined.summary
            state.proposal?.report = examined.report
            state.proposal?.examined = examined.examined
        case .published(let published):
            state.scope = published.policy.scope
            state.published = published.policy
            state.publishedDigest = published.proposal
            state.publishedAt = published.published
            state.publishedBy = published.by
            state.proposer = published.proposer
            state.reviewSeconds = published.reviewSeconds
            state.reviewDue = published.reviewDue
            state.isReviewDue = false
            state.proposal = nil
        case .rejected, .withdrawn: state.proposal = nil
        case .reviewDue: state.isReviewDue = true
        case .reviewed(let reviewed):
            state.reviewDue = reviewed.due
            state.isReviewDue = false
        case .builtIn(let stated): state.builtIn = stated.digest
        }
    }

    package static func effects(of event: PolicyEvent, _ state: ScopedPolicy) -> [Effect] {
        switch event {
        case .published(let published):
            (published.reviewDue.map { [timer($0)] } ?? [.cancelPending])
                + [.calendar(published.policy.freezeChange)]
        case .reviewed(let reviewed): [timer(reviewed.due)]
        case .proposed, .examined, .rejected, .withdrawn, .reviewDue, .builtIn: []
        }
    }

    private static func timer(_ due: Timestamp) -> Effect {
        .start(NewTimer(name: PolicyTimer.review.rawValue, due: due))
    }
}
