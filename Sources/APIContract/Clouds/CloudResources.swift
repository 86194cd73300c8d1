/// `POST /assets:reconcile`: holds a cloud's own list of instances against the assets.
package struct ReconcileCloudRequest: Codable, Sendable, Equatable {
    /// `aws`, `azure`, `gcp` or `generic`: who prints it so.
    package let provider: String
    /// What the list doesn't say itself: an account, a subscription, a project.
    package let account: String?
    /// Of AWS, whose lists are of one region.
    package let region: String?
    /// When the provider was asked, RFC 3339; by default now.
    package let takenAt: String?
    /// Whether it may have less than half of the instances of the list before.
    package let acceptShrink: Bool?
    /// Whether assets whose instance is gone are decommissioned.
    package let decommissionGone: Bool?
    /// The list itself, or in `base64` where it is no UTF-8.
    package let text: String?
    package let base64: String?

    package init(
        provider: String, account: String? = nil, region: String? = nil, takenAt: String? = nil,
        acceptShrink: Bool? = nil, decommissionGone: Bool? = nil, text: String? = nil,
        base64: String? = nil
    ) {
        self.provider = provider
        self.account = account
        self.region = region
        self.takenAt = takenAt
        self.acceptShrink = acceptShrink
        self.decommissionGone = decommissionGone
        self.text = text
        self.base64 = base64
    }
}

/// What came of a list.
package struct ReconcileCloudResult: Codable, Sendable, Equatable {
    /// `cl_` and a UUID.
    package let account: String
    /// Such as `aws/123456789012/eu-west-1`.
    package let scope: String
    package let instances: Int
    package let managed: Int
    package let unmanaged: Int
    package let ambiguous: Int
    package let gone: Int
    /// All that isn't managed as it was before: by instance, then what is gone.
    package let data: [ReconciledInstance]
    /// Assets that refused what the list says of them, with the reason.
    package let refused: [String]
    package let position: Int64

    package init(
        account: String, scope: String, instances: Int, managed: Int, unmanaged: Int,
        ambiguous: Int, gone: Int, data: [ReconciledInstance], refused: [String], position: Int64
    ) {
        self.account = account
        self.scope = scope
        self.instances = instances
        self.managed = managed
        self.unmanaged = unmanaged
        self.ambiguous = ambiguous
        self.gone = gone
        self.data = data
        self.refused = refused
        self.position = position
    }
}

package struct ReconciledInstance: Codable, Sendable, Equatable {
    package let instance: String
    package let name: String?
    /// `matched` when it is known from now on which asset it is, `unmanaged`, `ambiguous`, `gone`,
    /// or `decommissioned`.
    package let outcome: String
    /// The asset's id; nil for none.
    package let asset: String?
    package let assetName: String?
    /// By what it was matched, which assets it may be, or what stands in its place.
    package let detail: String?

    package init(
        instance: String, name: String? = nil, outcome: String, asset: String? = nil,
        assetName: String? = nil, detail: String? = nil
    ) {
        self.instance = instance
        self.name = name
        self.outcome = outcome
        self.asset = asset
        self.assetName = assetName
        self.detail = detail
    }
}

/// What the last list of an account comes to, as `GET /cloud-accounts` lists it.
package struct CloudAccountResource: Codable, Sendable, Equatable {
    /// `cl_` and a UUID.
    package let id: String
    package let provider: String
    package let account: String
    package let region: String?
    /// Always `reconciled`.
    package let state: String
    /// SHA-256 of the list, which isn't kept, and of the document of what it comes to.
    package let list: String
    package let outcome: String
    /// When the provider was asked.
    package let takenAt: String
    package let instances: Int
    package let managed: Int
    package let unmanaged: Int
    package let ambiguous: Int
    package let gone: Int
    package let version: Int

    package init(
        id: String, provider: String, account: String, region: String? = nil, state: String,
        list: String, outcome: String, takenAt: String, instances: Int, managed: Int,
        unmanaged: Int, ambiguous: Int, gone: Int, version: Int
    ) {
        self.id = id
        self.provider = provider
        self.account = account
        self.region = region
        self.state = state
        self.list = list
        self.outcome = outcome
        self.takenAt = takenAt
        self.instances = instances
        self.managed = managed
        self.unmanaged = unmanaged
        self.ambiguous = ambiguous
        self.gone = gone
        self.version = version
    }
}

/// An instance that no asset here is, as `GET /unmanaged-instances` lists it.
package struct UnmanagedInstanceResource: Codable, Sendable, Equatable {
    package let provider: String
    package let account: String
    package let region: String?
    package let instance: String
    package let name: String?
    /// `running`, `stopped` or `unknown`.
    package let state: String
    package let addresses: [String]
    package let image: String?
    package let group: String?
    package let zone: String?
    /// Assets that it may be, by name: where several fit, none is taken.
    package let candidates: [String]
    /// When the list was taken that shows it.
    package let takenAt: String

    package init(
        provider: String, account: String, region: String? = nil, instance: String,
        name: String? = nil, state: String, addresses: [String], image: String? = nil,
        group: String? = nil, zone: String? = nil, candidates: [String], takenAt: String
    ) {
        self.provider = provider
        self.account = account
        self.region = region
        self.instance = instance
        self.name = name
        self.state = state
        self.addresses = addresses
        self.image = image
        self.group = group
        self.zone = zone
        self.candidates = candidates
        self.takenAt = takenAt
    }
}
