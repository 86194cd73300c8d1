internal import JSON

/// Somebody who holds this role has to be among those who approve a patch, beside the approvers.
package struct ApproverRoleRule: Codable, Hashable, Sendable {
    package let role: Role
    /// Asked for where a target is at least as critical; nil asks always.
    package var criticality: Criticality?

    package init(_ role: Role, from criticality: Criticality? = nil) {
        self.role = role
        self.criticality = criticality
    }

    /// Who can be asked for: whoever judges what a patch does, not who makes or ships it.
    package static let roles: [Role] = [
        .analyst, .assetOwner, .incidentCommander, .riskOwner, .securityTester,
    ]

    func asks(_ target: Criticality) -> Bool {
        criticality.map { target.rank >= $0.rank } ?? true
    }

    /// What is wrong with a list of rules; nil for nothing.
    static func fault(of value: JSONValue) -> String? {
        let rule =
            "list {\"role\": ROLE} or {\"role\": ROLE, \"criticality\": LEAST}, each role once, with "
            + "roles among \(roles.map(\.rawValue).joined(separator: ", ")) and LEAST one of "
            + Criticality.allCases.map(\.rawValue).joined(separator: ", ")
        guard let values = value.array, values.count <= roles.count else { return rule }
        var seen: Set<Role> = []
        for entry in values {
            guard case .object(let members) = entry,
                let role = members["role"]?.string.flatMap(Role.init(rawValue:)),
                roles.contains(role), seen.insert(role).inserted,
                members.count == 1
                    || members.count == 2
                        && members["criticality"]?.string.flatMap(Criticality.init(rawValue:))
                            != nil
            else { return rule }
        }
        return nil
    }
}

/// The roles that have to be among those who approve, by the patch's class.
package struct ApproverRolesByClass: Codable, Hashable, Sendable {
    package var urgent: [ApproverRoleRule] = []
    package var important: [ApproverRoleRule] = []
    package var nonCritical: [ApproverRoleRule] = []

    package init() {}

    func rules(of riskClass: RiskClass) -> [ApproverRoleRule] {
        switch riskClass {
        case .urgent: urgent
        case .important: important
        case .nonCritical: nonCritical
        }
    }

    private enum CodingKeys: String, CodingKey {
        case urgent, important
        case nonCritical = "non_critical"
    }
}

/// Who has to approve: so many people as approvers, and one more for each of the roles.
package struct ApprovalNeed: Hashable, Sendable {
    package var approvers: Int
    /// Sorted, each once.
    package var roles: [Role]

    package init(approvers: Int = 1, roles: [Role] = []) {
        self.approvers = approvers
        self.roles = Array(Set(roles)).sorted()
    }

    /// What both ask for.
    package func union(_ other: ApprovalNeed) -> ApprovalNeed {
        ApprovalNeed(
            approvers: max(approvers, other.approvers), roles: roles + other.roles)
    }
}

extension PatchPolicy {
    /// What an asset of that criticality asks for.
    package func approval(of riskClass: RiskClass, for criticality: Criticality) -> ApprovalNeed {
        let rules = (approverRoles ?? ApproverRolesByClass()).rules(of: riskClass)
        return ApprovalNeed(
            approvers: approvers(of: riskClass),
            roles: rules.filter { $0.asks(criticality) }.map(\.role))
    }
}
