/// `POST /approvals`: approves many things, each on its own.
package struct ApproveManyRequest: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
        /// Of a patch or of a rollout.
        package let id: String
        /// Of exactly what was read; another one is refused as stale.
        package let digest: String

        package init(id: String, digest: String) {
            self.id = id
            self.digest = digest
        }
    }

    /// 1 to 200, each once.
    package let items: [Item]
    /// For all of them.
    package let reason: String

    package init(items: [Item], reason: String) {
        self.items = items
        self.reason = reason
    }
}

/// What became of each, in the order of the request.
package struct ApproveManyResource: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
        package let id: String
        /// `approved`; `given` where others have to approve as well; `refused`.
        package let outcome: String
        /// Of the thing afterwards; nil when it was refused, as are the next two.
        package let state: String?
        package let version: Int?
        package let position: Int64?
        /// Why it was refused, as the request for it alone would have been.
        package let problem: Problem?

        package init(
            id: String, outcome: String, state: String? = nil, version: Int? = nil,
            position: Int64? = nil, problem: Problem? = nil
        ) {
            self.id = id
            self.outcome = outcome
            self.state = state
            self.version = version
            self.position = position
            self.problem = problem
        }
    }

    package let data: [Item]
    package let approved: Int
    package let refused: Int

    package init(data: [Item], approved: Int, refused: Int) {
        self.data = data
        self.approved = approved
        self.refused = refused
    }
}

/// How many of some assets are on a platform or at a site.
package struct AssetCountResource: Codable, Sendable, Equatable {
    /// Of the platform or the site; empty for the rest of many sites.
    package let name: String
    package let assets: Int

    package init(name: String, assets: Int) {
        self.name = name
        self.assets = assets
    }
}

/// The emergency that a patch is under, in the patch.
package struct PatchEmergencyResource: Codable, Sendable, Equatable {
    package let id: String
    package let until: String
    package let declaredBy: [String]
    package let freezeOverride: String?

    package init(id: String, until: String, declaredBy: [String], freezeOverride: String? = nil) {
        self.id = id
        self.until = until
        self.declaredBy = declaredBy
        self.freezeOverride = freezeOverride
    }
}
