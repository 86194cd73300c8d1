/// `GET /bundle-proposal`: which non-critical patches could go together.
package struct BundleProposalResource: Codable, Sendable, Equatable {
    package let members: [ProposedMemberResource]
    package let left: [LeftOutResource]

    package init(members: [ProposedMemberResource], left: [LeftOutResource]) {
        self.members = members
        self.left = left
    }
}

package struct ProposedMemberResource: Codable, Sendable, Equatable {
    package let patch: String
    package let title: String

    package init(patch: String, title: String) {
        self.patch = patch
        self.title = title
    }
}

package struct LeftOutResource: Codable, Sendable, Equatable {
    package let patch: String
    package let title: String
    package let reason: String

    package init(patch: String, title: String, reason: String) {
        self.patch = patch
        self.title = title
        self.reason = reason
    }
}

/// `POST /bundles`.
package struct CreateBundleRequest: Codable, Sendable, Equatable {
    /// Ids of at least two.
    package let patches: [String]
    package let title: String

    package init(patches: [String], title: String) {
        self.patches = patches
        self.title = title
    }
}

/// `POST /bundles/{id}:leave`.
package struct LeaveBundleRequest: Codable, Sendable, Equatable {
    /// The member that leaves.
    package let patch: String
    package let reason: String

    package init(patch: String, reason: String) {
        self.patch = patch
        self.reason = reason
    }
}

/// What became of one patch of a bundle on a host.
package struct ItemOutcomeResource: Codable, Sendable, Equatable {
    package let patch: String
    /// `installed`, `installedPendingReboot`, `alreadyInstalled`, `notApplicable` or
    /// `verificationFailed`.
    package let outcome: String

    package init(patch: String, outcome: String) {
        self.patch = patch
        self.outcome = outcome
    }
}
