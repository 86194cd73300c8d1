import EventSourcing
import PatchManagement
import Testing

@Suite("SLA compliance as of a date")
struct ComplianceTests {
    private typealias Story = ReportStory
    private typealias Column = ComplianceCounts.Column

    private static let all = ReportPeriod(to: Story.day(20))

    private func column(
        _ episode: FindingEpisode, _ period: ReportPeriod = all
    ) -> ComplianceCounts.Column? {
        .of(episode, in: period)
    }

    @Test("Each standing has its own column")
    func columns() {
        let table: [(FindingEpisode, Column)] = [
            (Story.episode(Story.patched(10)), .closedInTime),
            (Story.episode(Story.patched(16, isInTime: false)), .closedLate),
            (Story.episode(Story.patched(16, isInTime: nil), due: nil), .withoutDeadline),
            (Story.episode(.open), .openPastDeadline),
            (Story.episode(.open, due: 30), .openInTime),
            // Due at this very moment is not past it.
            (Story.episode(.open, due: 20), .openInTime),
            (Story.episode(.open, nil, due: nil), .withoutDeadline),
            (Story.episode(.accepted), .excepted),
            (Story.episode(.open, due: 30, deferred: 30), .excepted),
            // The exception has ended, and so has the time that it gave.
            (Story.episode(.open, due: 18, deferred: 18), .openPastDeadline),
            (Story.episode(.mitigated), .openPastDeadline),
            (Story.episode(.mitigated, clock: .treatment), .excepted),
            (Story.episode(.disputed(from: .open)), .openPastDeadline),
            (Story.episode(.disputed(from: .accepted)), .excepted),
            (Story.episode(.disputed(from: .mitigated), clock: .treatment), .excepted),
            (Story.episode(.disputed(from: .resolved)), .disputed),
            (Story.episode(.dismissed(.falsePositive, at: Story.day(3))), .dismissed),
            (Story.episode(.dismissed(.notAffected, at: Story.day(3))), .dismissed),
            (Story.episode(.dismissed(.withdrawn, at: Story.day(3))), .dismissed),
            (
                Story.episode(.dismissed(.assetDecommissioned, at: Story.day(3))),
                .decommissioned
            ),
            (
                Story.episode(.resolved(.outOfBand, gathered: Story.day(3), isInTime: true)),
                .outOfBand
            ),
            (
                Story.episode(.resolved(.removed, gathered: Story.day(3), isInTime: true)),
                .removed
            ),
        ]
        for (episode, expected) in table {
            #expect(column(episode) == expected, "\(episode.standing)")
        }
        #expect(Set(table.map(\.1.rawValue)) == Set(Column.allCases.map(\.rawValue)))
    }

    @Test("Before its opening there is nothing; before its end it was open")
    func asOfADate() {
        let episode = Story.episode(Story.patched(16, isInTime: false), opened: 5)
        #expect(column(episode, ReportPeriod(to: Story.day(4))) == nil)
        #expect(column(episode, ReportPeriod(to: Story.day(5))) == .openInTime)
        #expect(column(episode, ReportPeriod(to: Story.day(15))) == .openPastDeadline)
        #expect(column(episode, ReportPeriod(to: Story.day(16))) == .closedLate)
        let later = ReportPeriod(from: Story.day(17), to: Story.day(20))
        #expect(column(episode, later) == nil)
    }

    @Test(
        "What is open on a silent asset is unknown and counted, and takes nothing off the measure")
    func silent() {
        var tally = ComplianceTally(Self.all, ReportScope(), by: .riskClass)
        for reported in [20, 13, 12, nil] {
            let asset = Story.asset("as\(reported ?? -1)", reported: reported)
            tally.add(
                Story.finding(
                    Story.episode(.open), Story.episode(.open, due: 30),
                    Story.episode(Story.patched(10)), Story.episode(.accepted),
                    on: asset))
        }
        tally.add(
            Story.finding(
                Story.episode(.open), on: Story.asset("gone", isActive: false, reported: nil)))
        let counts = tally.rows[0].counts
        #expect(counts.openOnSilentAssets == 4, "7 days are in time, 8 are not, nor is never")
        #expect(counts[.openPastDeadline] == 5)
        #expect(counts[.openInTime] == 4)
        #expect(counts.measured == 9)
        #expect(counts.figure(.all).unknown == 4)
        #expect(counts.population == 17)
    }

    @Test("Nothing to measure is no figure, neither 0 nor 100")
    func nothing() {
        var tally = ComplianceTally(Self.all, ReportScope(), by: .riskClass)
        #expect(tally.rows.map(\.lane) == [.all, .urgent, .important, .nonCritical])
        tally.add(Story.finding(Story.episode(.dismissed(.withdrawn, at: Story.day(1)))))
        let figure = tally.rows[0].counts.figure(.all)
        #expect(figure.hundredths == nil)
        #expect(figure.gap == .nothingToCount)
        #expect(tally.rows[0].counts.population == 1)
    }

    @Test("One that was patched and came back counts closed once and open once")
    func lives() {
        var tally = ComplianceTally(Self.all, ReportScope(), by: .riskClass)
        tally.add(
            Story.finding(
                Story.episode(Story.patched(3), reopened: 6), Story.episode(.open, opened: 6)))
        let row = tally.rows[0].counts
        #expect(row[.closedInTime] == 1)
        #expect(row[.openPastDeadline] == 1)
        #expect(row.figure(.all).hundredths == 5000)
    }

    @Test("Rows go by site, owner or environment, and each adds up to all")
    func groups() {
        let findings = [
            Story.finding(Story.episode(Story.patched(3)), on: Story.asset("a", site: "north")),
            Story.finding(Story.episode(.open), on: Story.asset("b", site: "south")),
            Story.finding(Story.episode(.open, .urgent), on: Story.asset("c")),
        ]
        var tally = ComplianceTally(Self.all, ReportScope(), by: .site)
        for finding in findings { tally.add(finding) }
        let groups = tally.rows.filter { $0.lane == .all }
        #expect(groups.map(\.group) == [nil, "(none)", "north", "south"])
        #expect(groups.map(\.counts.population) == [3, 1, 1, 1])
        var scope = ReportScope()
        scope.riskClass = .important
        scope.site = "south"
        var part = ComplianceTally(Self.all, scope, by: .site)
        for finding in findings { part.add(finding) }
        #expect(part.rows.map(\.lane) == [.important, .important])
        #expect(part.rows[0].counts.population == 1)
    }

    @Test("Groups beyond the limit are counted together")
    func manyGroups() {
        var tally = ComplianceTally(Self.all, ReportScope(), by: .owner)
        for number in 0..<1100 {
            tally.add(
                Story.finding(
                    Story.episode(.open), on: Story.asset("a\(number)", owner: "o\(number)")))
        }
        let groups = tally.rows.filter { $0.group != nil && $0.lane == .all }
        #expect(groups.count == 1001)
        #expect(groups[0].group == "(others)")
        #expect(groups[0].counts.population == 100)
        #expect(groups.reduce(0) { $0 + $1.counts.population } == 1100)
    }
}

@Suite("SLA burn-down")
struct BurnDownTests {
    private typealias Story = ReportStory

    @Test("What is due within 3 days is due within 7 and 14 as well; breached is neither")
    func left() {
        var tally = BurnDownTally(at: Story.day(0), ReportScope(), by: .riskClass)
        for due in [-1, 0, 3, 4, 7, 8, 14, 15] {
            tally.add(Story.finding(Story.episode(.open, due: due)))
        }
        tally.add(Story.finding(Story.episode(.open, nil, due: nil)))
        tally.add(Story.finding(Story.episode(.accepted, due: 2)))
        let counts = tally.rows[0].counts
        #expect(counts.breached == 1)
        #expect(counts.within3Days == 2)
        #expect(counts.within7Days == 4)
        #expect(counts.within14Days == 6)
        #expect(counts.inTime == 7)
        #expect(counts.withoutDeadline == 1)
        #expect(counts.open == 9)
        #expect(tally.rows.map(\.lane.rawValue).last == "unclassified")
    }
}
