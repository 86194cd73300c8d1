package import EventSourcing

/// How urgent a patch is: the highest class and the earliest deadline of its findings.
package struct PatchUrgency: Codable, Hashable, Sendable {
    package let riskClass: RiskClass
    /// nil when none of its findings has one, and no class was assumed.
    package let deadline: Timestamp?
    /// It is a security patch that names no vulnerability.
    package let isAssumed: Bool

    /// - Parameters:
    ///   - purpose: What the vendor says that it is for.
    ///   - namesVulnerabilities: Whether the vendor says which vulnerabilities it mends.
    ///   - findings: Classes and deadlines of the open findings that it mends.
    ///   - raisedTo: The class that the analyst wants it to have at least.
    ///   - released: From when on an assumed class has its time.
    package init(
        purpose: PatchPurpose, namesVulnerabilities: Bool,
        findings: [(riskClass: RiskClass, deadline: Timestamp?)], raisedTo: RiskClass? = nil,
        released: Timestamp, _ policy: ClassificationPolicy
    ) {
        isAssumed = findings.isEmpty && purpose == .security && !namesVulnerabilities
        let found = findings.map(\.riskClass.rank).max() ?? (isAssumed ? 2 : 1)
        let rank = max(found, raisedTo?.rank ?? 0)
        riskClass = RiskClass(rank: rank)
        var deadlines = findings.compactMap(\.deadline)
        if isAssumed || rank > found {
            deadlines.append(released + .seconds(policy.sla.seconds(ofRank: rank)))
        }
        deadline = deadlines.min()
    }

    private enum CodingKeys: String, CodingKey {
        case riskClass = "risk_class"
        case deadline
        case isAssumed = "is_assumed"
    }
}
