package import Advisories
package import EventSourcing

/// The class of a finding, and everything by which it came about.
package struct Classification: Codable, Hashable, Sendable {
    /// Values of the tables' columns, as they were taken.
    package let facts: ClassificationFacts
    package let remediationRow: TableRow
    package let deployerRow: TableRow
    /// 3 to 0: three days, 14 days, 60 days, next upgrade.
    package let remediationRank: Int
    /// 3 to 0: immediate, out-of-cycle, scheduled, defer.
    package let deployerRank: Int
    /// The CVSS score lifted it to important: neither table did.
    package let isLiftedByScore: Bool
    /// The control that took one off.
    package let mitigatedBy: StreamID?
    /// 3 urgent, 2 important, 1 non-critical, 0 waits for the next upgrade.
    package let rank: Int
    package let riskClass: RiskClass
    package let slaSeconds: Int
    /// CISA's row wants the asset examined before it is changed.
    package let asksForForensicHold: Bool
    /// What nobody knew, and a default or the worse value stood in for; in the order of the cases.
    package let assumed: [AssumedInput]

    private enum CodingKeys: String, CodingKey {
        case facts
        case remediationRow = "remediation_row"
        case deployerRow = "deployer_row"
        case remediationRank = "remediation_rank"
        case deployerRank = "deployer_rank"
        case isLiftedByScore = "is_lifted_by_score"
        case mitigatedBy = "mitigated_by"
        case rank
        case riskClass = "risk_class"
        case slaSeconds = "sla_seconds"
        case asksForForensicHold = "asks_for_forensic_hold"
        case assumed
    }
}

package enum AssumedInput: String, Codable, Sendable, CaseIterable {
    case exposure, criticality, cvss
}

/// What the signals and the asset come to in the tables' words.
package struct ClassificationFacts: Codable, Hashable, Sendable {
    package let isInKEV: YesNo
    package let exploitation: Exploitation
    package let exposure: Exposure
    package let automatable: YesNo
    package let technicalImpact: TechnicalImpact
    package let criticality: Criticality
    /// Of the rating that the policy chose.
    package let cvss: CVSSScore
    /// The vector of that rating; nil when none was given and no site default stood in.
    package let vector: String?

    private enum CodingKeys: String, CodingKey {
        case isInKEV = "is_in_kev"
        case exploitation, exposure, automatable
        case technicalImpact = "technical_impact"
        case criticality
        case cvss = "cvss_tenths"
        case vector
    }
}

extension RiskClass {
    /// The class of a rank: 3 urgent, 2 important, 1 and 0 non-critical.
    package init(rank: Int) {
        switch rank {
        case 3...: self = .urgent
        case 2: self = .important
        default: self = .nonCritical
        }
    }

    /// 3 for urgent to 1 for non-critical.
    package var rank: Int {
        switch self {
        case .urgent: 3
        case .important: 2
        case .nonCritical: 1
        }
    }
}
