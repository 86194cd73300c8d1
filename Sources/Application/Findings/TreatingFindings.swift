internal import EventSourcing
package import PatchManagement

/// What people decide of findings themselves; all else follows from feeds, reports and deployments.
extension UseCases {
    /// An analyst says that it is none.
    package func dismissFinding(
        _ id: String, _ dismissal: FindingDismissal, reason: String, _ order: Order
    ) async throws -> Written {
        guard dismissal == .notAffected || dismissal == .falsePositive else {
            throw InvalidInput(
                field: "dismissal",
                message: "'\(dismissal.rawValue)' follows from feeds and assets by itself; say "
                    + "notAffected or falsePositive")
        }
        return try await ask(id, .dismiss(dismissal, reason: reason), order)
    }

    /// An analyst takes its end back: it starts anew.
    package func reopenFinding(_ id: String, reason: String, _ order: Order) async throws -> Written
    {
        try await ask(id, .reopen(reason: reason), order)
    }

    /// An analyst has looked, and what a scanner or somebody else says against the finding is wrong.
    package func rejectDispute(_ id: String, reason: String, _ order: Order) async throws -> Written
    {
        try await ask(id, .rejectDispute(source: nil, gathered: now(), reason: reason), order)
    }

    /// The asset is to be examined before it is changed.
    package func holdFinding(_ id: String, reason: String, _ order: Order) async throws -> Written {
        let policy = try await policy(ofFinding: id)
        return try await ask(id, .placeHold(reason: reason, policy: policy), order)
    }

    /// Ends a hold: by the evidence that was taken, or, when it is overdue, by the incident
    /// commander's decision.
    ///
    /// - Parameters:
    ///   - evidence: SHA-256 of what was taken from the asset.
    ///   - outcome: `released` or `kept`, where nothing was taken.
    package func releaseFinding(
        _ id: String, evidence: String?, outcome: String?, reason: String, _ order: Order
    ) async throws -> Written {
        switch (evidence, outcome) {
        case (let text?, nil):
            guard let digest = Digest(text) else {
                throw InvalidInput(
                    field: "evidence", message: "'\(text)' is not a SHA-256 in hexadecimal")
            }
            return try await ask(id, .collectEvidence(digest, reason: reason), order)
        case (nil, let word?):
            guard let decision = ForensicHoldDecided.Outcome(rawValue: word) else {
                throw InvalidInput(
                    field: "outcome", message: "'\(word)' is neither released nor kept")
            }
            let policy = try await policy(ofFinding: id)
            return try await ask(
                id, .decideHold(decision, reason: reason, policy: policy), order)
        case (nil, nil), (.some, .some):
            throw InvalidInput(
                field: "evidence",
                message: "give the digest of what was taken, or the outcome that was decided")
        }
    }

    /// That counts for its asset now.
    private func policy(ofFinding id: String) async throws -> ClassificationPolicy {
        let finding = try stream(id, .finding, prefix: FindingDecider.prefix)
        let opening = try await bus.state(of: finding, as: FindingDecider.self).state.opening
        return try await classificationPolicy(for: opening?.asset)
    }

    private func ask(
        _ id: String, _ command: FindingCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: try stream(id, .finding, prefix: FindingDecider.prefix),
            as: FindingDecider.self, order, command.action, state: { $0.phase?.rawValue })
    }
}
