import EventSourcing
import PatchManagement
import Support
import Testing

/// What holds of reports over any fleet.
@Suite("Reports reconcile, whatever the facts")
struct ReportPropertyTests {
    private typealias Story = ReportStory

    private struct Fleet {
        var random: SeededRandom

        mutating func finding(on asset: AssetFact) -> FindingFact {
            var episodes: [FindingEpisode] = []
            for _ in 0..<random.below(3) {
                let opened = random.below(60)
                let reopened = opened + 1 + random.below(30)
                episodes.append(
                    episode(
                        random.chance(60)
                            ? Story.patched(opened + random.below(40), isInTime: random.chance(50))
                            : .dismissed(.withdrawn, at: Story.day(opened + random.below(40))),
                        opened, reopened: reopened))
            }
            episodes.append(episode(standing(), random.below(80)))
            return FindingFact(asset: asset, episodes: episodes)
        }

        private mutating func episode(
            _ standing: FindingEpisode.Standing, _ opened: Int, reopened: Int? = nil
        ) -> FindingEpisode {
            let riskClass = random.chance(90) ? random.pick(RiskClass.allCases) : nil
            return Story.episode(
                standing, riskClass, opened: opened,
                due: riskClass == nil ? nil : opened + random.below(60),
                clock: random.pick(SLAClock.Kind.allCases), reopened: reopened)
        }

        private mutating func standing() -> FindingEpisode.Standing {
            let day = Story.day(random.below(120))
            return switch random.below(8) {
            case 0, 1: .open
            case 2: .mitigated
            case 3: .accepted
            case 4: .disputed(from: random.pick(FindingPhase.allCases))
            case 5: .dismissed(random.pick(FindingDismissal.allCases), at: day)
            default:
                .resolved(
                    random.pick(Resolution.Means.allCases), gathered: day,
                    isInTime: random.chance(80) ? random.chance(50) : nil)
            }
        }
    }

    private func fleet(_ purpose: String) -> (SeededRandom, [FindingFact]) {
        var fleet = Fleet(random: .fresh(purpose))
        let assets = (0..<40).map { number in
            Story.asset(
                "as\(number)", site: fleet.random.pick(["north", "south", nil]),
                owner: fleet.random.pick(["shop", "bank", nil]),
                reported: fleet.random.chance(80) ? fleet.random.below(100) : nil)
        }
        let findings = assets.flatMap { asset in
            (0..<fleet.random.below(8)).map { _ in fleet.finding(on: asset) }
        }
        return (fleet.random, findings)
    }

    @Test("The population is the sum of the columns, of the classes and of the groups")
    func complianceReconciles() {
        var (random, findings) = fleet("compliance")
        for grouping in ReportGrouping.allCases {
            let to = random.below(120)
            let period = ReportPeriod(
                from: random.chance(50) ? Story.day(random.below(to + 1)) : nil, to: Story.day(to))
            var tally = ComplianceTally(period, ReportScope(), by: grouping)
            for finding in findings { tally.add(finding) }
            let expected = findings.flatMap(\.episodes).count {
                ComplianceCounts.Column.of($0, in: period) != nil
            }
            let rows = tally.rows
            #expect(rows[0].counts.population == Int64(expected))
            for row in rows {
                #expect(row.counts[.closedInTime] <= row.counts.measured)
                let open = row.counts[.openInTime] + row.counts[.openPastDeadline]
                #expect(row.counts.openOnSilentAssets <= open)
                #expect(row.counts.unknown <= row.counts.population)
            }
            for column in ComplianceCounts.Column.allCases {
                let all = rows[0].counts[column]
                let classes = rows.filter { $0.group == nil && $0.lane != .all }
                #expect(classes.reduce(0) { $0 + $1.counts[column] } == all)
                guard grouping != .riskClass else { continue }
                let groups = rows.filter { $0.group != nil && $0.lane == .all }
                #expect(groups.reduce(0) { $0 + $1.counts[column] } == all)
            }
        }
    }

    @Test("The burn-down has every finding once, and the nearer days are part of the farther")
    func burnDownReconciles() {
        var (random, findings) = fleet("burn-down")
        let moment = Story.day(random.below(120))
        var tally = BurnDownTally(at: moment, ReportScope(), by: .owner)
        var compliance = ComplianceTally(ReportPeriod(to: moment), ReportScope(), by: .owner)
        for finding in findings {
            tally.add(finding)
            compliance.add(finding)
        }
        for row in tally.rows {
            #expect(row.counts.within3Days <= row.counts.within7Days)
            #expect(row.counts.within7Days <= row.counts.within14Days)
            #expect(row.counts.within14Days <= row.counts.inTime)
            let other = compliance.rows.first { $0.group == row.group && $0.lane == row.lane }
            #expect(other?.counts[.openInTime] == row.counts.inTime)
            #expect(other?.counts[.openPastDeadline] == row.counts.breached)
        }
    }

    @Test("No part is more than its whole, and the classes add up to all")
    func metricsReconcile() {
        var (random, findings) = fleet("metrics")
        let period = ReportPeriod(from: Story.day(random.below(50)), to: Story.day(60))
        var tally = MetricsTally(period, ReportScope())
        for finding in findings { tally.add(finding) }
        var unclassified = MetricsTally(period, ReportScope())
        for finding in findings {
            let rest = finding.episodes.filter { $0.riskClass == nil }
            unclassified.add(FindingFact(asset: finding.asset, episodes: rest))
        }
        let figures = tally.figures
        for figure in figures where figure.statistic == .share && figure.gap == nil {
            #expect((0...10_000).contains(figure.hundredths ?? -1))
        }
        for metric in [Metric.slaCompliance, .exposureDays, .exceptionDebt, .regressionRate] {
            let sums = figures.filter { $0.metric == metric }
            let rest = unclassified.figures.first { $0.metric == metric && $0.lane == .all }
            let classes = sums.filter { $0.lane != .all }
            #expect(
                classes.reduce(rest?.numerator ?? 0) { $0 + ($1.numerator ?? 0) }
                    == sums[0].numerator, "\(metric)")
            #expect(
                classes.reduce(rest?.denominator ?? 0) { $0 + $1.denominator }
                    == sums[0].denominator, "\(metric)")
        }
    }

    @Test("The order of the findings of an asset makes no difference")
    func orderDoesNotMatter() {
        var (random, findings) = fleet("order")
        var shuffled = findings
        shuffled.shuffle(using: &random)
        shuffled.sort { $0.asset.id < $1.asset.id }
        let sorted = findings.sorted { $0.asset.id < $1.asset.id }
        let period = ReportPeriod(to: Story.day(60))
        var one = MetricsTally(period, ReportScope())
        var other = MetricsTally(period, ReportScope())
        for finding in sorted { one.add(finding) }
        for finding in shuffled { other.add(finding) }
        #expect(one.figures == other.figures)
    }
}
