/// An exception as `GET /exceptions` lists it and `GET /exceptions/{id}` shows it.
package struct ExceptionResource: Codable, Sendable, Equatable {
    /// `ex_` and a UUID.
    package let id: String
    /// `acceptRisk`, `compensatingControl` or `defer`.
    package let kind: String
    /// `requested`, `granted`, `denied`, `expired` or `revoked`.
    package let state: String
    package let scope: ExceptionScopeResource
    /// Why it was asked for.
    package let reason: String
    /// The security control whose lapse ends it.
    package let control: String?
    /// When it ends; before the grant, when the request does.
    package let until: String
    /// Of the request: what a grant confirms.
    package let digest: String
    package let requestedBy: String
    package let requestedAt: String
    /// nil before a risk owner has decided.
    package let decision: ExceptionDecisionResource?
    /// How often somebody was reminded of its end, and when last.
    package let reminders: Int
    package let remindedAt: String?
    /// Somebody was reminded, or asked for a decision, and nobody has decided anything: it goes on to
    /// its end, or has come to it.
    package let isForgotten: Bool
    /// nil while it may still be granted, and while it lives.
    package let end: ExceptionEndResource?
    package let version: Int

    package init(
        id: String, kind: String, state: String, scope: ExceptionScopeResource, reason: String,
        control: String? = nil, until: String, digest: String, requestedBy: String,
        requestedAt: String, decision: ExceptionDecisionResource? = nil, reminders: Int = 0,
        remindedAt: String? = nil, isForgotten: Bool = false, end: ExceptionEndResource? = nil,
        version: Int
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.scope = scope
        self.reason = reason
        self.control = control
        self.until = until
        self.digest = digest
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.decision = decision
        self.reminders = reminders
        self.remindedAt = remindedAt
        self.isForgotten = isForgotten
        self.end = end
        self.version = version
    }
}

/// What a risk owner has decided.
package struct ExceptionDecisionResource: Codable, Sendable, Equatable {
    /// `granted` or `denied`.
    package let outcome: String
    package let by: String
    package let at: String
    package let reason: String
    /// What its end does to deadlines: `keeps` or `restarts`; nil for a denial.
    package let restart: String?

    package init(outcome: String, by: String, at: String, reason: String, restart: String? = nil) {
        self.outcome = outcome
        self.by = by
        self.at = at
        self.reason = reason
        self.restart = restart
    }
}

/// How an exception ended.
package struct ExceptionEndResource: Codable, Sendable, Equatable {
    /// `timeOver`, `notDecided`, `controlLapsed` or `revoked`.
    package let cause: String
    package let at: String
    /// Of a revocation, as is `by`.
    package let reason: String?
    package let by: String?

    package init(cause: String, at: String, reason: String? = nil, by: String? = nil) {
        self.cause = cause
        self.at = at
        self.reason = reason
        self.by = by
    }
}
