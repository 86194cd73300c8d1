/// Until when CISA wants a vulnerability remedied. Source: CISA BOD 26-04, `cisa:BOD2604:1.0.0`.
package enum RemediationTimeline: String, Sendable, CaseIterable {
    case nextUpgrade = "fix on system upgrade"
    case sixtyDays = "60 days"
    case fourteenDays = "14 days"
    case threeDays = "3 days"
    case threeDaysAndForensics = "3 days & forensic investigation"

    /// 0 for what can wait for the next upgrade, up to 3.
    package var rank: Int {
        switch self {
        case .nextUpgrade: 0
        case .sixtyDays: 1
        case .fourteenDays: 2
        case .threeDays, .threeDaysAndForensics: 3
        }
    }

    package var asksForForensics: Bool { self == .threeDaysAndForensics }
}

/// A row of CISA's table of remediation timelines.
package struct RemediationRow: DecisionRow {
    package struct Inputs: Hashable, Sendable {
        package let isInKEV: YesNo
        /// Reachable by anybody through a public network.
        package let isPubliclyExposed: YesNo
        package let automatable: YesNo
        package let technicalImpact: TechnicalImpact

        package init(
            isInKEV: YesNo, isPubliclyExposed: YesNo, automatable: YesNo,
            technicalImpact: TechnicalImpact
        ) {
            self.isInKEV = isInKEV
            self.isPubliclyExposed = isPubliclyExposed
            self.automatable = automatable
            self.technicalImpact = technicalImpact
        }
    }

    package let id: Int
    package let inputs: Inputs
    package let timeline: RemediationTimeline

    package init(
        _ id: Int, _ isInKEV: YesNo, _ isPubliclyExposed: YesNo, _ automatable: YesNo,
        _ technicalImpact: TechnicalImpact, _ timeline: RemediationTimeline
    ) {
        self.id = id
        inputs = Inputs(
            isInKEV: isInKEV, isPubliclyExposed: isPubliclyExposed, automatable: automatable,
            technicalImpact: technicalImpact)
        self.timeline = timeline
    }

    package static var combinations: [Inputs] {
        var all: [Inputs] = []
        for isInKEV in YesNo.allCases {
            for isPubliclyExposed in YesNo.allCases {
                for automatable in YesNo.allCases {
                    for impact in TechnicalImpact.allCases {
                        all.append(
                            Inputs(
                                isInKEV: isInKEV, isPubliclyExposed: isPubliclyExposed,
                                automatable: automatable, technicalImpact: impact))
                    }
                }
            }
        }
        return all
    }

    /// In KEV, publicly exposed, automatable, technical impact, and until when.
    /// Source: CISA BOD 26-04, decision table `cisa:DT_BOD2604:1.0.0`.
    package static let published = DecisionTable(
        published: "cisa:DT_BOD2604:1.0.0",
        [
            RemediationRow(0, .no, .no, .no, .partial, .nextUpgrade),
            RemediationRow(1, .yes, .no, .no, .partial, .fourteenDays),
            RemediationRow(2, .no, .yes, .no, .partial, .sixtyDays),
            RemediationRow(3, .no, .no, .yes, .partial, .sixtyDays),
            RemediationRow(4, .no, .no, .no, .total, .nextUpgrade),
            RemediationRow(5, .yes, .yes, .no, .partial, .fourteenDays),
            RemediationRow(6, .yes, .no, .yes, .partial, .fourteenDays),
            RemediationRow(7, .no, .yes, .yes, .partial, .fourteenDays),
            RemediationRow(8, .yes, .no, .no, .total, .fourteenDays),
            RemediationRow(9, .no, .yes, .no, .total, .fourteenDays),
            RemediationRow(10, .no, .no, .yes, .total, .sixtyDays),
            RemediationRow(11, .yes, .yes, .yes, .partial, .threeDays),
            RemediationRow(12, .yes, .yes, .no, .total, .threeDaysAndForensics),
            RemediationRow(13, .yes, .no, .yes, .total, .threeDaysAndForensics),
            RemediationRow(14, .no, .yes, .yes, .total, .threeDays),
            RemediationRow(15, .yes, .yes, .yes, .total, .threeDaysAndForensics),
        ])
}
