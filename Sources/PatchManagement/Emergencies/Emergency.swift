package import EventSourcing

/// What an emergency is declared for. Whoever confirms it confirms its digest.
package struct EmergencyTerms: Codable, Hashable, Sendable {
    package let patch: StreamID
    /// The assets that it is for.
    package let selector: TargetSelector
    /// Who owes the review.
    package let team: String
    package let reason: String
    /// Why a freeze may be overridden for it; nil where freezes hold.
    package let freezeOverride: String?

    package init(
        patch: StreamID, selector: TargetSelector, team: String, reason: String,
        freezeOverride: String? = nil
    ) {
        self.patch = patch
        self.selector = selector
        self.team = team
        self.reason = reason
        self.freezeOverride = freezeOverride
    }

    private enum CodingKeys: String, CodingKey {
        case patch, selector, team, reason
        case freezeOverride = "freeze_override"
    }

    package var digest: Digest { Digest(of: storedForm(self)) }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if patch.prefix != PatchDecider.prefix[...] {
            faults.append(
                FieldFault(field: "patch", value: patch.text, rule: "it is not the id of a patch"))
        }
        faults += selector.faults(field: "target")
        if let fault = FieldFault.inText("team", team, longest: 100) { faults.append(fault) }
        if let fault = FieldFault.inText("reason", reason, longest: 4000) { faults.append(fault) }
        if let freezeOverride,
            let fault = FieldFault.inText("freeze_override", freezeOverride, longest: 4000)
        {
            faults.append(fault)
        }
        return faults
    }
}

extension TargetSelector {
    /// What may not be in it.
    func faults(field: String) -> [FieldFault] {
        var faults: [FieldFault] = []
        if environments.isEmpty {
            faults.append(
                FieldFault(field: field, value: "", rule: "it names no environment: name one"))
        }
        for name in sites + groups where HostName(name) == nil {
            faults.append(FieldFault(field: field, value: name, rule: HostName.rule))
        }
        return faults
    }

    /// Whether everything that `other` chooses is chosen by this one too.
    package func covers(_ other: TargetSelector) -> Bool {
        func isWithin(_ names: [String], _ chosen: [String]) -> Bool {
            chosen.isEmpty || !names.isEmpty && names.allSatisfy(chosen.contains)
        }
        return other.environments.allSatisfy(environments.contains)
            && isWithin(other.sites, sites) && isWithin(other.groups, groups)
            && (includesLaterAssets || !other.includesLaterAssets)
    }
}

/// The numbers of an emergency, as data. Copied into its first event.
package struct EmergencyPolicy: Codable, Hashable, Sendable {
    /// How long it lasts from its confirmation on.
    package var lifeSeconds = 72 * 3600
    /// How long a proposal waits for the second person.
    package var proposalSeconds = 24 * 3600
    /// Until when it is to be reviewed, from its confirmation on.
    package var reviewSeconds = 5 * 86_400
    /// How long before that the declarers are reminded, and how often afterwards.
    package var reminderSeconds = 86_400

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case lifeSeconds = "life_seconds"
        case proposalSeconds = "proposal_seconds"
        case reviewSeconds = "review_seconds"
        case reminderSeconds = "reminder_seconds"
    }
}

/// What is known of the patch where an emergency for it is confirmed.
package struct EmergencyGround: Sendable, Equatable {
    package let state: PatchState
    /// Those whose approval stands, or was given while others are waited for.
    package let approvers: [Actor]
    /// The emergency that it is under already.
    package let emergency: StreamID?

    package init(state: PatchState, approvers: [Actor] = [], emergency: StreamID? = nil) {
        self.state = state
        self.approvers = approvers
        self.emergency = emergency
    }
}

extension Patch {
    /// nil for a patch that nobody has identified.
    package func emergencyGround(at moment: Timestamp) -> EmergencyGround? {
        guard let state else { return nil }
        let standing = approval.map { $0.given + ($0.approver.map { [$0] } ?? []) } ?? []
        return EmergencyGround(
            state: state, approvers: approval?.standing?.people ?? standing,
            emergency: liveEmergency(at: moment)?.emergency)
    }
}

extension PatchState {
    /// An emergency may be declared: it is not deployed yet, and nothing says that it isn't to be.
    package var isBeforeDeployed: Bool {
        switch self {
        case .identified, .assessed, .acquired, .acquisitionFailed, .testing, .tested, .testFailed,
            .testInconclusive, .signedOff, .awaitingApproval, .approved, .rejected,
            .approvalExpired, .approvalRevoked, .scheduled, .deploying, .paused, .deferred:
            true
        case .notApplicable, .rollingBack, .rolledBack, .rollbackFailed, .handedToOwner, .verified,
            .documented, .withdrawn, .excepted, .resolvedElsewhere, .superseded:
            false
        }
    }
}

package enum EmergencyPhase: String, Codable, Sendable, CaseIterable {
    /// One person has asked for it; a second one is waited for.
    case proposed
    /// Nobody confirmed it in time.
    case lapsed
    case declared
    /// Its time is over, or somebody ended it; the review is still owed.
    case ended
    case reviewed
}

/// An emergency, as its events leave it.
package struct Emergency: Sendable, Equatable {
    package var id: StreamID?
    /// nil before it was proposed.
    package var phase: EmergencyPhase?
    package var terms: EmergencyTerms?
    package var policy = EmergencyPolicy()
    package var proposer: Actor?
    package var confirmer: Actor?
    /// Of the emergency; before the confirmation, of the proposal.
    package var until: Timestamp?
    package var reviewBy: Timestamp?
    /// How often somebody was reminded of the review.
    package var reminders = 0
    /// In the order in which they were noted.
    package var freezeOverrides: [EmergencyFreezeOverride] = []

    package init() {}

    /// Those who declare it.
    package var declarers: [Actor] { [proposer, confirmer].compactMap(\.self) }

    package var owesReview: Bool { phase == .declared || phase == .ended }

    package func isLive(at moment: Timestamp) -> Bool {
        phase == .declared && until.map { moment < $0 } ?? false
    }

    /// When the next reminder of the review is due.
    package var nextReminder: Timestamp? { reviewBy.map { due(ofReminder: reminders + 1, $0) } }

    /// The first is before the review is due, the second when it is, the others after it.
    private func due(ofReminder number: Int, _ reviewBy: Timestamp) -> Timestamp {
        reviewBy + .seconds((number - 2) * policy.reminderSeconds)
    }

    /// The number of the last reminder that is due at `moment`: after a long silence one says it all.
    func lastReminder(at moment: Timestamp) -> Int {
        guard let reviewBy, policy.reminderSeconds > 0 else { return reminders + 1 }
        // May be negative: the first comes before the review is due.
        let late = moment.microseconds - reviewBy.microseconds
        let step = Int64(policy.reminderSeconds) * 1_000_000
        let whole = late >= 0 ? late / step : -((-late + step - 1) / step)
        return max(reminders + 1, Int(whole) + 2)
    }
}

/// The emergency that a rollout was planned in.
package struct PlanEmergency: Codable, Hashable, Sendable {
    package let emergency: StreamID
    /// Who declared it, and so may not decide on the plan.
    package let declarers: [String]

    package init(emergency: StreamID, declarers: [String]) {
        self.emergency = emergency
        self.declarers = declarers
    }

    package init(_ emergency: PatchEmergency) {
        self.init(
            emergency: emergency.emergency, declarers: emergency.declarers.flatMap(\.people))
    }
}

extension EmergencyTerms {
    /// Whether both mean the same team: case and outer blanks don't tell teams apart.
    package static func isSameTeam(_ one: String, _ other: String) -> Bool {
        func name(_ text: String) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        }
        return name(one) == name(other)
    }
}
