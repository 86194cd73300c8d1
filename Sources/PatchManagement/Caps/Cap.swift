package import EventSourcing
private import FoundationEssentials

/// How many attempts may be under way in a scope at once, across all rollouts (I1).
package struct Cap: Sendable, Equatable {
    package enum Phase: String, Sendable, CaseIterable {
        case set, cleared
    }

    package var scope: CapScope?
    /// As it was set last.
    package var limit: Int?
    package var phase: Phase?

    package init() {}

    /// nil where none holds.
    package var held: Int? { phase == .set ? limit : nil }
}

/// What a cap counts in: everything, the assets of a site or a group, or those that fail together.
///
/// As text `account`, `site:berlin`, `group:web` or `domain:db-1`. A rollout's own cap stands in its
/// plan.
package enum CapScope: Hashable, Sendable {
    case account
    case site(String)
    case group(String)
    /// The name of a failure domain: no more of it are out at once than it tolerates.
    case domain(String)

    /// The scope in the words of permits.
    package var dispatchScope: String {
        switch self {
        case .account: ControlChange.globe
        case .site(let name): ControlChange.siteScope(name)
        case .group(let name): ControlChange.groupScope(name)
        case .domain(let name): ControlChange.domainScope(name)
        }
    }

    /// The scope's stream, which follows from it: no scope can have two caps.
    package var cap: StreamID {
        StreamID(
            prefix: CapDecider.prefix, .version5(namespace: Self.namespace, name: description))
    }

    private static let namespace = UUID(
        uuid: (
            0x8e, 0x10, 0x5d, 0x3b, 0x0f, 0x72, 0x5a, 0x44, 0x9b, 0x61, 0x27, 0xc8, 0x13, 0x9e,
            0x50, 0x7a
        ))
}

extension CapScope: CustomStringConvertible, LosslessStringConvertible {
    package var description: String {
        switch self {
        case .account: "account"
        case .site(let name): "site:\(name)"
        case .group(let name): "group:\(name)"
        case .domain(let name): "domain:\(name)"
        }
    }

    /// - Returns: nil for any other text, and for names that no site, group or domain can have.
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
        case "domain" where HostName(name) != nil: self = .domain(name)
        default: return nil
        }
    }

    /// The scope that permits call so; nil for one that no cap is set on.
    package init?(dispatchScope text: String) {
        if text == ControlChange.globe {
            self = .account
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "site": self = .site(parts[1])
        case "group": self = .group(parts[1])
        case "domain": self = .domain(parts[1])
        default: return nil
        }
    }

    package static let rule =
        "give account, site:NAME, group:NAME or domain: with the name of a failure domain"
}

extension CapScope: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let scope = CapScope(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not the scope of a cap")
        }
        self = scope
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package enum CapEvent: DomainEvent {
    case set(CapSet)
    case cleared(CapCleared)

    package var payload: any EventPayload {
        switch self {
        case .set(let payload): payload
        case .cleared(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case CapSet.type: self = .set(try .decode(schemaVersion: version, data: data))
        case CapCleared.type: self = .cleared(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// From its own commit on no more than `limit` attempts begin in the scope; what is under way counts.
package struct CapSet: EventPayload {
    package static let type = "CapSet"
    package let scope: CapScope
    package let limit: Int
    /// nil where none held.
    package let earlier: Int?
    package let reason: String
    package let by: Actor

    package init(scope: CapScope, limit: Int, earlier: Int?, reason: String, by: Actor) {
        self.scope = scope
        self.limit = limit
        self.earlier = earlier
        self.reason = reason
        self.by = by
    }
}

/// The scope has no cap any more.
package struct CapCleared: EventPayload {
    package static let type = "CapCleared"
    package let scope: CapScope
    package let reason: String
    package let by: Actor

    package init(scope: CapScope, reason: String, by: Actor) {
        self.scope = scope
        self.reason = reason
        self.by = by
    }
}
