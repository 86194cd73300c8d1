internal import EventSourcing
internal import PatchManagement

/// Which assets a request is for, as it was put: all that match every field that is there.
package struct AssetSelection: Sendable, Equatable {
    package var environment: String?
    package var group: String?
    package var site: String?
    /// Ids.
    package var assets: [String]?

    package init(
        environment: String? = nil, group: String? = nil, site: String? = nil,
        assets: [String]? = nil
    ) {
        self.environment = environment
        self.group = group
        self.site = site
        self.assets = assets
    }
}

/// A selection that was checked.
struct AssetFilter: Sendable, Equatable {
    let environment: Environment?
    let group: String?
    let site: String?
    /// nil when none were named; sorted.
    let named: [StreamID]?

    /// - Throws: `InvalidInput` for a name outside its allow-list, and when nothing was said: no
    ///   selector means no assets, never all.
    init(_ selection: AssetSelection) throws(InvalidInput) {
        guard selection != AssetSelection() else {
            throw InvalidInput(
                field: "target",
                message: "is empty; say which assets: environment, group, site or assets")
        }
        environment = try selection.environment.map { name throws(InvalidInput) in
            guard let environment = Environment(rawValue: name) else {
                throw InvalidInput(
                    field: "target.environment",
                    message: "'\(name)' is none of "
                        + Environment.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return environment
        }
        for (field, value) in [("group", selection.group), ("site", selection.site)] {
            if let value, HostName(value) == nil {
                throw InvalidInput(
                    field: "target.\(field)",
                    message: "'\(value)' can't be the name of a \(field); list the assets to see "
                        + "the names")
            }
        }
        group = selection.group
        site = selection.site
        named = try selection.assets.map { ids throws(InvalidInput) in
            try Self.ids(ids, field: "target.assets")
        }
    }

    /// Ids of assets as a request names them, sorted and each once.
    ///
    /// - Throws: `InvalidInput` for a text that can't be an asset's id, or when there is none.
    static func ids(_ texts: [String], field: String) throws(InvalidInput) -> [StreamID] {
        guard !texts.isEmpty else {
            throw InvalidInput(field: field, message: "is empty; leave it out, or name an asset")
        }
        var ids: Set<StreamID> = []
        for text in texts {
            guard let id = StreamID(text), id.prefix == AssetDecider.prefix else {
                throw InvalidInput(
                    field: field,
                    message: "'\(text)' is not the id of an asset; list the assets to see the ids")
            }
            ids.insert(id)
        }
        return ids.sorted()
    }

    func matches(_ asset: AssetFacts) -> Bool {
        (environment == nil || environment == asset.registration.environment)
            && (group == nil || group == asset.registration.group)
            && (site == nil || site == asset.registration.site)
            && named?.contains(asset.id) != false
    }

    /// What an approval for `targets` records of it. Those who were named alone are bound by the
    /// digest of the targets.
    func selector(for targets: [AssetFacts]) -> TargetSelector {
        TargetSelector(
            environments: environment.map { [$0] } ?? targets.map(\.registration.environment),
            sites: site.map { [$0] } ?? [], groups: group.map { [$0] } ?? [])
    }
}
