package import EventSourcing

/// What somebody may do. A person holds roles through grants, a token carries some of them, and
/// patchflow's own services act under roles that nobody can be granted.
package enum Role: String, Codable, Sendable, CaseIterable, Comparable {
    case viewer
    case vendorWatch
    case analyst
    case tester
    case securityTester
    case approver
    case releaseManager
    case assetOwner
    case riskOwner
    case incidentCommander
    /// Reads everything, changes nothing.
    case auditor
    /// Manages people and tokens, and decides nothing about patches.
    case administrator
    /// Performs activities, and nothing else.
    case worker
    case classifier
    case monitor
    case workflow
    case timer
    /// Makes the first administrator, before anybody has a token.
    case installer

    /// Held by patchflow itself: never granted, never in a token.
    package var isService: Bool {
        switch self {
        case .classifier, .monitor, .workflow, .timer, .installer: true
        case .viewer, .vendorWatch, .analyst, .tester, .securityTester, .approver,
            .releaseManager, .assetOwner, .riskOwner, .incidentCommander, .auditor,
            .administrator, .worker:
            false
        }
    }

    package static var grantable: [Role] { allCases.filter { !$0.isService } }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Actor {
    /// One of patchflow's own services, such as `Actor.service(.workflow)`.
    package static func service(_ role: Role) -> Actor {
        precondition(role.isService, "\(role.rawValue) is a role of people, not of a service")
        return Actor(id: "service:\(role.rawValue)", role: role.rawValue)
    }

    /// Everybody who stands behind this actor. Separation of duties looks at these, never at the
    /// role: the same person under two roles, or for somebody else, stays the same person.
    package var people: [String] {
        guard let onBehalfOf, onBehalfOf != id else { return [id] }
        return [id, onBehalfOf]
    }
}
