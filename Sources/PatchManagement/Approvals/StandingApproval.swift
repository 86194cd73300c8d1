package import EventSourcing

/// What two approvers approve beforehand: patches of one class for one product on some assets.
package struct StandingTerms: Codable, Hashable, Sendable {
    package let riskClass: RiskClass
    /// The source package.
    package let product: String
    package let selector: TargetSelector
    package let until: Timestamp
    package let reason: String

    package init(
        riskClass: RiskClass, product: String, selector: TargetSelector, until: Timestamp,
        reason: String
    ) {
        self.riskClass = riskClass
        self.product = product
        self.selector = selector
        self.until = until
        self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
        case riskClass = "risk_class"
        case product, selector, until, reason
    }

    package var digest: Digest { Digest(of: storedForm(self)) }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if PackageName(product) == nil {
            faults.append(FieldFault(field: "product", value: product, rule: PackageName.rule))
        }
        faults += selector.faults(field: "target")
        if let fault = FieldFault.inText("reason", reason, longest: 4000) { faults.append(fault) }
        return faults
    }
}

/// Which classes may be approved beforehand, and for how long: none, where no policy says so.
package struct StandingPolicy: Codable, Hashable, Sendable {
    package var urgent = false
    package var important = false
    package var nonCritical = false
    package var longestSeconds = 90 * 86_400

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case urgent, important
        case nonCritical = "non_critical"
        case longestSeconds = "longest_seconds"
    }

    package func allows(_ riskClass: RiskClass) -> Bool {
        switch riskClass {
        case .urgent: urgent
        case .important: important
        case .nonCritical: nonCritical
        }
    }

    /// For assets under several policies at once: what all of them allow, and the shortest life.
    package static func strictest(of policies: some Collection<StandingPolicy>) -> StandingPolicy {
        guard let first = policies.first else { return StandingPolicy() }
        return policies.dropFirst().reduce(first) { strictest, policy in
            var next = strictest
            next.urgent = next.urgent && policy.urgent
            next.important = next.important && policy.important
            next.nonCritical = next.nonCritical && policy.nonCritical
            next.longestSeconds = min(next.longestSeconds, policy.longestSeconds)
            return next
        }
    }
}

/// A standing approval as it stood where a patch was approved by it.
package struct StandingUse: Sendable, Equatable {
    package let standing: StreamID
    package let terms: StandingTerms
    /// The two people, with the roles held when they decided.
    package let people: [Actor]

    package init(standing: StreamID, terms: StandingTerms, people: [Actor]) {
        self.standing = standing
        self.terms = terms
        self.people = people
    }
}

package enum StandingPhase: String, Codable, Sendable, CaseIterable {
    /// One approver has proposed it; another one is waited for.
    case proposed
    case granted
    case denied
    case expired
    case revoked

    package var isTerminal: Bool { self != .proposed && self != .granted }
}

/// A standing approval, as its events leave it.
package struct StandingApproval: Sendable, Equatable {
    package var id: StreamID?
    /// nil before it was proposed.
    package var phase: StandingPhase?
    package var terms: StandingTerms?
    package var proposer: Actor?
    package var granter: Actor?
    /// The patches that it was used for, in that order, each once: what its revocation reaches.
    package var patches: [StreamID] = []

    package init() {}

    /// Patches may be approved by it.
    package func isLive(at moment: Timestamp) -> Bool {
        phase == .granted && terms.map { moment < $0.until } ?? false
    }

    /// nil before it was granted.
    package var use: StandingUse? {
        guard let id, let terms, let proposer, let granter else { return nil }
        return StandingUse(standing: id, terms: terms, people: [proposer, granter])
    }

    /// So many fit into the event of its revocation.
    package static let mostPatches = 1000
}
