import EventSourcing

/// Findings by where they stand with their deadlines; each stands in one column.
package struct ComplianceCounts: Sendable, Equatable {
    package enum Column: String, Sendable, CaseIterable {
        /// Patched, by evidence gathered after the install and by the deadline.
        case closedInTime
        case closedLate
        case openInTime
        case openPastDeadline
        /// A live exception accepts the risk or gives more time, or a control stands in while there is no
        /// fix.
        case excepted
        case dismissed
        case decommissioned
        /// The fix is there, and patchflow didn't bring it.
        case outOfBand
        /// What was vulnerable isn't there any more.
        case removed
        /// Closed, and a scanner says otherwise: unknown.
        case disputed
        /// Not classified: unknown.
        case withoutDeadline
    }

    private var counts = [Int64](repeating: 0, count: Column.allCases.count)
    /// Those among `openInTime` and `openPastDeadline` whose asset hasn't reported for 7 days: whether
    /// they are open still is unknown. They stay in their columns, as what was known last, so that
    /// nobody complies better by falling silent.
    package private(set) var openOnSilentAssets: Int64 = 0

    package init() {}

    package subscript(_ column: Column) -> Int64 { counts[Self.place(of: column)] }

    /// - Parameter isSilent: Whether the asset hasn't reported for 7 days.
    mutating func add(_ column: Column, isSilent: Bool) {
        counts[Self.place(of: column)] += 1
        if isSilent, column == .openInTime || column == .openPastDeadline {
            openOnSilentAssets += 1
        }
    }

    private static func place(of column: Column) -> Int {
        switch column {
        case .closedInTime: 0
        case .closedLate: 1
        case .openInTime: 2
        case .openPastDeadline: 3
        case .excepted: 4
        case .dismissed: 5
        case .decommissioned: 6
        case .outOfBand: 7
        case .removed: 8
        case .disputed: 9
        case .withoutDeadline: 10
        }
    }

    /// All findings; the columns add up to it.
    package var population: Int64 { counts.reduce(0, +) }

    /// What compliance is a share of: closed, or open past the deadline.
    package var measured: Int64 {
        self[.closedInTime] + self[.closedLate] + self[.openPastDeadline]
    }

    /// Those that are open on silent assets and past their deadline are measured nevertheless.
    package var unknown: Int64 {
        self[.disputed] + self[.withoutDeadline] + openOnSilentAssets
    }

    package func figure(_ lane: ClassLane) -> Figure {
        .share(.slaCompliance, lane, self[.closedInTime], of: measured, unknown: unknown)
    }
}

extension ComplianceCounts.Column {
    /// The column of one life of a finding; nil when it is none of the period: opened after it, or
    /// closed before it.
    package static func of(_ episode: FindingEpisode, in period: ReportPeriod) -> Self? {
        guard let standing = episode.standing(at: period.to) else { return nil }
        switch standing {
        case .resolved(let means, let gathered, let isInTime):
            guard period.contains(gathered) else { return nil }
            return closed(means, isInTime)
        case .dismissed(let dismissal, let moment):
            guard period.contains(moment) else { return nil }
            return dismissal == .assetDecommissioned ? .decommissioned : .dismissed
        case .accepted, .disputed(from: .accepted): return .excepted
        case .disputed(from: .resolved), .disputed(from: .dismissed): return .disputed
        case .open, .mitigated, .disputed:
            guard episode.clockRuns(standing), episode.deferral(at: period.to) == nil else {
                return .excepted
            }
            guard let deadline = episode.deadline else { return .withoutDeadline }
            return deadline < period.to ? .openPastDeadline : .openInTime
        }
    }

    private static func closed(_ means: Resolution.Means, _ isInTime: Bool?) -> Self {
        switch (means, isInTime) {
        case (.patched, true?): .closedInTime
        case (.patched, false?): .closedLate
        case (.patched, nil): .withoutDeadline
        case (.outOfBand, _): .outOfBand
        case (.removed, _): .removed
        }
    }
}

/// The compliance report in the making: one finding after the other.
///
/// Each life of a finding counts for itself: one that was patched in time and came back is closed
/// once and open once.
package struct ComplianceTally: Sendable {
    package let period: ReportPeriod
    package let scope: ReportScope
    private var counts: GroupedCounts<ComplianceCounts>

    package init(_ period: ReportPeriod, _ scope: ReportScope, by grouping: ReportGrouping) {
        self.period = period
        self.scope = scope
        counts = GroupedCounts(by: grouping, ComplianceCounts())
    }

    package mutating func add(_ finding: FindingFact) {
        guard scope.includes(finding.asset) else { return }
        let isSilent = finding.asset.isSilent(at: period.to)
        for episode in finding.episodes where scope.includes(episode.riskClass) {
            guard let column = ComplianceCounts.Column.of(episode, in: period) else { continue }
            counts.count(finding.asset, episode.riskClass) { $0.add(column, isSilent: isSilent) }
        }
    }

    package var rows: [GroupedCounts<ComplianceCounts>.Row] { counts.rows(scope.lanes) }
}
