package import EventSourcing

/// Open findings by how much time is left.
package struct BurnDownCounts: Sendable, Equatable {
    /// Not past their deadline; those that are due within a few days are among them.
    package private(set) var inTime: Int64 = 0
    package private(set) var within3Days: Int64 = 0
    /// With those due within 3.
    package private(set) var within7Days: Int64 = 0
    /// With those due within 7.
    package private(set) var within14Days: Int64 = 0
    package private(set) var breached: Int64 = 0
    /// Not classified yet: unknown.
    package private(set) var withoutDeadline: Int64 = 0

    package init() {}

    /// All findings against which time counts.
    package var open: Int64 { inTime + breached + withoutDeadline }

    mutating func add(_ deadline: Timestamp?, at moment: Timestamp) {
        guard let deadline else { return withoutDeadline += 1 }
        guard deadline >= moment else { return breached += 1 }
        inTime += 1
        let left = deadline - moment
        if left <= .seconds(14 * 86_400) { within14Days += 1 }
        if left <= .seconds(7 * 86_400) { within7Days += 1 }
        if left <= .seconds(3 * 86_400) { within3Days += 1 }
    }
}

/// The SLA report in the making: what is open at a moment, and how soon it is due. What an exception
/// defers is due when that ends, and counts here.
package struct BurnDownTally: Sendable {
    package let moment: Timestamp
    package let scope: ReportScope
    private var counts: GroupedCounts<BurnDownCounts>

    package init(at moment: Timestamp, _ scope: ReportScope, by grouping: ReportGrouping) {
        self.moment = moment
        self.scope = scope
        counts = GroupedCounts(by: grouping, BurnDownCounts())
    }

    package mutating func add(_ finding: FindingFact) {
        guard scope.includes(finding.asset) else { return }
        for episode in finding.episodes where scope.includes(episode.riskClass) {
            guard let standing = episode.standing(at: moment), episode.clockRuns(standing) else {
                continue
            }
            counts.count(finding.asset, episode.riskClass) { $0.add(episode.deadline, at: moment) }
        }
    }

    package var rows: [GroupedCounts<BurnDownCounts>.Row] { counts.rows(scope.lanes) }
}
