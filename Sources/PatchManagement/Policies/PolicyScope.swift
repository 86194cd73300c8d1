package import EventSourcing
private import FoundationEssentials

/// Where a policy counts. The lower one stands before the higher one: account, site, group, asset.
///
/// As text `account`, `site:berlin`, `group:web` or `asset:as_…`.
package enum PolicyScope: Hashable, Sendable {
    /// Everything.
    case account
    case site(String)
    /// The assets of a group, at whatever site.
    case group(String)
    case asset(StreamID)

    package enum Level: String, Codable, Sendable, CaseIterable {
        case account, site, group, asset
    }

    package var level: Level {
        switch self {
        case .account: .account
        case .site: .site
        case .group: .group
        case .asset: .asset
        }
    }

    /// The scope's stream, which follows from it: no scope can have two policies.
    package var policy: StreamID {
        StreamID(
            prefix: PolicyDecider.prefix, .version5(namespace: Self.namespace, name: description))
    }

    private static let namespace = UUID(
        uuid: (
            0x2b, 0x66, 0x0a, 0x91, 0x5c, 0x4e, 0x53, 0x1d, 0x8a, 0x3f, 0x71, 0xd0, 0x4e, 0x2c,
            0x96, 0x35
        ))
}

extension PolicyScope: CustomStringConvertible, LosslessStringConvertible {
    package var description: String {
        switch self {
        case .account: "account"
        case .site(let name): "site:\(name)"
        case .group(let name): "group:\(name)"
        case .asset(let id): "asset:\(id)"
        }
    }

    /// - Returns: nil for any other text, and for names that no site or group can have.
    package init?(_ text: String) {
        if text == "account" {
            self = .account
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let name = String(parts[1])
        switch parts[0] {
        case "site" where HostName(name) != nil: self = .site(name)
        case "group" where HostName(name) != nil: self = .group(name)
        case "asset":
            guard let id = StreamID(name), id.prefix == AssetDecider.prefix[...] else {
                return nil
            }
            self = .asset(id)
        default: return nil
        }
    }

    package static let rule =
        "give account, site:NAME, group:NAME or asset: with the id of an asset"
}

extension PolicyScope: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let scope = PolicyScope(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not the scope of a policy")
        }
        self = scope
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What a policy is wanted for: nil where it is left open, so that only the levels above count.
package struct PolicyPath: Hashable, Sendable {
    package var site: String?
    package var group: String?
    package var asset: StreamID?

    package init(site: String? = nil, group: String? = nil, asset: StreamID? = nil) {
        self.site = site
        self.group = group
        self.asset = asset
    }

    package init(_ registration: AssetRegistration) {
        self.init(
            site: registration.site, group: registration.group, asset: registration.asset)
    }

    /// The widest first.
    package var scopes: [PolicyScope] {
        [.account] + (site.map { [.site($0)] } ?? []) + (group.map { [.group($0)] } ?? [])
            + (asset.map { [.asset($0)] } ?? [])
    }
}
