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

/// `POST /rollouts/{id}:rollback`.
package struct RollBackRolloutRequest: Codable, Sendable, Equatable {
    package let reason: String
    /// `batch` or `all`.
    package let scope: String

    package init(reason: String, scope: String) {
        self.reason = reason
        self.scope = scope
    }
}
