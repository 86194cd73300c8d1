/// An emergency as `GET /emergencies` lists it and `GET /emergencies/{id}` shows it.
package struct EmergencyResource: Codable, Sendable, Equatable {
    /// `em_` and a UUID.
    package let id: String
    package let patch: String
    /// `proposed`, `lapsed`, `declared`, `ended` or `reviewed`.
    package let state: String
    /// The assets that it is for.
    package let target: AssetGroupSelector
    /// Who owes the review.
    package let team: String
    package let reason: String
    /// Why freezes are overridden in it; nil where they hold.
    package let freezeOverride: String?
    /// The freezes that it overrode; nil for none.
    package let overriddenFreezes: [OverriddenFreezeResource]?
    /// Of what was proposed; the second person confirms it.
    package let digest: String
    package let proposedBy: String
    package let proposedAt: String
    /// nil until a second person has confirmed it.
    package let confirmedBy: String?
    package let declaredAt: String?
    /// When it ends or has ended; before the confirmation, when the proposal lapses.
    package let until: String
    /// Reviews that were overdue when it was declared, which a risk owner passed over; nil for none.
    package let passedOver: [String]?
    /// `none` before it is in force, then `owed`, `reminded` or `overdue`, at last `done`.
    package let review: String
    /// nil before it is in force.
    package let reviewBy: String?
    /// How often somebody was reminded of the review, when last, and in which roles.
    package let reminders: Int
    package let remindedAt: String?
    package let remindedRoles: [String]?
    /// nil while it may still begin, and while it is in force.
    package let end: EmergencyEndResource?
    package let outcome: EmergencyOutcomeResource?
    package let version: Int

    package init(
        id: String, patch: String, state: String, target: AssetGroupSelector, team: String,
        reason: String, freezeOverride: String? = nil, digest: String, proposedBy: String,
        proposedAt: String, confirmedBy: String? = nil, declaredAt: String? = nil, until: String,
        passedOver: [String]? = nil, review: String = "none", reviewBy: String? = nil,
        reminders: Int = 0, remindedAt: String? = nil, remindedRoles: [String]? = nil,
        end: EmergencyEndResource? = nil, outcome: EmergencyOutcomeResource? = nil,
        overriddenFreezes: [OverriddenFreezeResource]? = nil, version: Int
    ) {
        self.id = id
        self.patch = patch
        self.state = state
        self.target = target
        self.team = team
        self.reason = reason
        self.freezeOverride = freezeOverride
        self.overriddenFreezes = overriddenFreezes
        self.digest = digest
        self.proposedBy = proposedBy
        self.proposedAt = proposedAt
        self.confirmedBy = confirmedBy
        self.declaredAt = declaredAt
        self.until = until
        self.passedOver = passedOver
        self.review = review
        self.reviewBy = reviewBy
        self.reminders = reminders
        self.remindedAt = remindedAt
        self.remindedRoles = remindedRoles
        self.end = end
        self.outcome = outcome
        self.version = version
    }
}

/// How an emergency ended.
package struct EmergencyEndResource: Codable, Sendable, Equatable {
    /// `timeOver`, `byPerson`, or `lapsed` of a proposal.
    package let cause: String
    package let at: String
    /// Of a person's end, as is `by`.
    package let reason: String?
    package let by: String?

    package init(cause: String, at: String, reason: String? = nil, by: String? = nil) {
        self.cause = cause
        self.at = at
        self.reason = reason
        self.by = by
    }
}

/// What its review came to.
package struct EmergencyOutcomeResource: Codable, Sendable, Equatable {
    package let text: String
    package let by: String
    package let at: String
    package let wasOverdue: Bool

    package init(text: String, by: String, at: String, wasOverdue: Bool) {
        self.text = text
        self.by = by
        self.at = at
        self.wasOverdue = wasOverdue
    }
}

/// `POST /emergencies`: proposes one; answers 201.
package struct DeclareEmergencyRequest: Codable, Sendable, Equatable {
    package let patch: String
    package let target: AssetGroupSelector
    package let team: String
    package let reason: String
    /// Why a freeze may be overridden; nil leaves freezes in force.
    package let freezeOverride: String?

    package init(
        patch: String, target: AssetGroupSelector, team: String, reason: String,
        freezeOverride: String? = nil
    ) {
        self.patch = patch
        self.target = target
        self.team = team
        self.reason = reason
        self.freezeOverride = freezeOverride
    }
}

/// `POST /emergencies/{id}:review`.
package struct ReviewEmergencyRequest: Codable, Sendable, Equatable {
    /// What was learnt.
    package let outcome: String

    package init(outcome: String) { self.outcome = outcome }
}

/// A freeze that an emergency overrode for one rollout.
package struct OverriddenFreezeResource: Codable, Sendable, Equatable {
    package let rollout: String
    /// Its id, or that of a policy with the name of one of its freezes.
    package let freeze: String
    package let at: String

    package init(rollout: String, freeze: String, at: String) {
        self.rollout = rollout
        self.freeze = freeze
        self.at = at
    }
}
