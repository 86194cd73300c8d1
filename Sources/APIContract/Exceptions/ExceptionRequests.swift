/// `POST /exceptions`: asks for an exception.
package struct RequestExceptionRequest: Codable, Sendable, Equatable {
    /// `acceptRisk`, `compensatingControl` or `defer`.
    package let kind: String
    package let scope: ExceptionScopeResource
    /// Its end at the latest, in RFC 3339.
    package let until: String
    package let reason: String
    /// The security control whose lapse ends it; a compensating control needs one.
    package let control: String?

    package init(
        kind: String, scope: ExceptionScopeResource, until: String, reason: String,
        control: String? = nil
    ) {
        self.kind = kind
        self.scope = scope
        self.until = until
        self.reason = reason
        self.control = control
    }
}

/// What an exception is for: findings, patches or assets by id, or all assets of a group.
package struct ExceptionScopeResource: Codable, Sendable, Equatable {
    package let findings: [String]?
    /// Those that were assessed.
    package let patches: [String]?
    package let assets: [String]?
    package let group: AssetGroupSelector?

    package init(
        findings: [String]? = nil, patches: [String]? = nil, assets: [String]? = nil,
        group: AssetGroupSelector? = nil
    ) {
        self.findings = findings
        self.patches = patches
        self.assets = assets
        self.group = group
    }
}

/// `POST /exceptions/{id}:approve`.
package struct ApproveExceptionRequest: Codable, Sendable, Equatable {
    /// Of the request that was read; another one is refused as stale.
    package let digest: String
    /// An earlier end than was asked for.
    package let until: String?
    /// What its end does to deadlines: `keeps` (when left out) the old ones, or `restarts` the time of
    /// the class.
    package let restart: String?
    package let reason: String

    package init(digest: String, until: String? = nil, restart: String? = nil, reason: String) {
        self.digest = digest
        self.until = until
        self.restart = restart
        self.reason = reason
    }
}
