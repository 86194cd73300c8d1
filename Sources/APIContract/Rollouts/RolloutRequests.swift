/// `POST /rollouts/{id}:resume`.
package struct ResumeRolloutRequest: Codable, Sendable, Equatable {
    package let reason: String
    /// Every asset whose failure is known and accepted.
    package let acknowledge: [String]

    package init(reason: String, acknowledge: [String]) {
        self.reason = reason
        self.acknowledge = acknowledge
    }
}

/// `POST /rollouts/{id}:promote`.
package struct PromoteRolloutRequest: Codable, Sendable, Equatable {
    package let reason: String
    /// A new limit of failures over the whole rollout; nil leaves the one that holds.
    package let maxTotalFailures: Int?

    package init(reason: String, maxTotalFailures: Int? = nil) {
        self.reason = reason
        self.maxTotalFailures = maxTotalFailures
    }
}

/// `POST /rollouts/{id}:retry`: plans a rollout of exactly those assets that failed; answers 201
/// with the plan.
package struct RetryRolloutRequest: Codable, Sendable, Equatable {
    /// As in a plan; nil takes the policy's.
    package let batches: String?
    package let soakSeconds: Int?
    /// nil takes those of the earlier plan.
    package let probes: [String]?

    package init(batches: String? = nil, soakSeconds: Int? = nil, probes: [String]? = nil) {
        self.batches = batches
        self.soakSeconds = soakSeconds
        self.probes = probes
    }
}

/// `POST /rollouts/{id}:rollback`.
package struct RollBackRolloutRequest: Codable, Sendable, Equatable {
    package let reason: String
    /// `batch`, `all`, or `assets` for those that are named.
    package let scope: String
    /// Ids, 200 at most; the rollout goes on without them.
    package let assets: [String]?

    package init(reason: String, scope: String, assets: [String]? = nil) {
        self.reason = reason
        self.scope = scope
        self.assets = assets
    }
}

/// `POST /rollouts/{id}:postpone`.
package struct PostponeRequest: Codable, Sendable, Equatable {
    /// The id of one of its assets.
    package let asset: String
    package let until: String
    package let reason: String

    package init(asset: String, until: String, reason: String) {
        self.asset = asset
        self.until = until
        self.reason = reason
    }
}
