import EventSourcing
import PatchManagement
import Testing

@Suite("Metrics, each with its denominator")
struct MetricsTests {
    private typealias Story = ReportStory

    private func tally(
        from: Int? = nil, to: Int = 100, _ scope: ReportScope = ReportScope(),
        _ body: (inout MetricsTally) -> Void = { _ in }
    ) -> MetricsTally {
        var tally = MetricsTally(
            ReportPeriod(from: from.map { Story.day($0) }, to: Story.day(to)), scope)
        body(&tally)
        return tally
    }

    private func figure(
        _ tally: MetricsTally, _ metric: Metric, _ statistic: Figure.Statistic? = nil,
        _ lane: ClassLane = .all
    ) -> Figure? {
        tally.figures.first {
            $0.metric == metric && $0.lane == lane
                && (statistic == nil || $0.statistic == statistic)
        }
    }

    @Test("With no facts at all, no metric has a figure, and each says why")
    func empty() {
        let figures = tally().figures
        #expect(Set(figures.map(\.metric)) == Set(Metric.allCases))
        for figure in figures {
            #expect(figure.hundredths == nil, "\(figure.metric)")
            #expect(figure.gap != nil, "\(figure.metric)")
        }
        let unrecorded = figures.filter { $0.gap == .notRecorded }.map(\.metric)
        #expect(unrecorded == [.postponements])
    }

    @Test("Time to patch is from the clock's start to the evidence, per class")
    func timeToPatch() {
        let tally = tally { tally in
            for day in 1...10 {
                tally.add(Story.finding(Story.episode(Story.patched(day), .urgent)))
            }
            tally.add(Story.finding(Story.episode(Story.patched(5), nil, due: nil)))
            tally.add(
                Story.finding(
                    Story.episode(.resolved(.outOfBand, gathered: Story.day(90), isInTime: false))))
        }
        let mean = figure(tally, .timeToPatch, .mean, .urgent)
        #expect(mean?.hundredths == 132_00)
        #expect(mean?.numerator == 4_752_000)
        #expect(mean?.denominator == 10)
        #expect(figure(tally, .timeToPatch, .p50, .urgent)?.hundredths == 120_00)
        #expect(figure(tally, .timeToPatch, .p90, .urgent)?.hundredths == 216_00)
        #expect(figure(tally, .timeToPatch, .mean)?.unknown == 1)
        #expect(figure(tally, .timeToPatch, .mean, .important)?.gap == .nothingToCount)
    }

    @Test("What was patched before its clock began took no time")
    func beforeTheClock() {
        let early = FindingEpisode(
            riskClass: .important, clock: SLAClock(kind: .remediation, start: Story.day(9)),
            deadline: Story.day(20), opened: Story.day(0), standing: Story.patched(8))
        let tally = tally { $0.add(Story.finding(early)) }
        #expect(figure(tally, .timeToPatch, .mean)?.hundredths == 0)
        #expect(figure(tally, .timeToPatch, .mean)?.denominator == 1)
    }

    @Test("The nearest rank is one of the times")
    func percentiles() {
        var spread = TimeSpread()
        #expect(spread.percentiles([50]) == [nil])
        for seconds in [40, 10, 20, 30] { spread.add(Int64(seconds)) }
        #expect(
            spread.percentiles([1, 25, 26, 50, 75, 76, 90, 100]) == [
                10, 10, 20, 20, 30, 40, 40, 40,
            ])
    }

    @Test("Coverage counts assets; those that don't report are unknown, below the line")
    func coverage() {
        let tally = tally(to: 20) { tally in
            let seen = Story.asset("seen", reported: 15)
            tally.add(Story.finding(Story.episode(Story.patched(3)), on: seen))
            tally.add(Story.finding(Story.episode(Story.patched(4)), on: seen))
            let half = Story.asset("half", reported: 15)
            tally.add(Story.finding(Story.episode(Story.patched(3)), on: half))
            tally.add(Story.finding(Story.episode(.open, .urgent), on: half))
            let silent = Story.asset("silent", reported: 12)
            tally.add(Story.finding(Story.episode(Story.patched(3)), on: silent))
            let fine = Story.asset("fine", reported: 15)
            tally.add(
                Story.finding(
                    Story.episode(.dismissed(.falsePositive, at: Story.day(2))), on: fine))
        }
        let all = figure(tally, .coverage)
        #expect(all?.numerator == 1)
        #expect(all?.denominator == 3)
        #expect(all?.unknown == 1)
        #expect(all?.hundredths == 33_33)
        #expect(figure(tally, .coverage, nil, .important)?.numerator == 2)
        #expect(figure(tally, .coverage, nil, .urgent)?.hundredths == 0)
    }

    @Test("An end that was taken back ends no exposure, and nothing else begins earlier")
    func exposureOfWhatWasTakenBack() {
        // Resolved on some day before 12, when that was taken back.
        let patched = Story.episode(Story.patched(15), opened: 12, exposedSince: 2)
        let whole = tally { $0.add(Story.finding(patched)) }
        #expect(figure(whole, .exposureDays)?.hundredths == 13_00)
        #expect(figure(whole, .timeToPatch, .mean)?.hundredths == 72_00)
        let later = tally(from: 14, to: 20) { $0.add(Story.finding(patched)) }
        #expect(figure(later, .exposureDays)?.hundredths == 1_00)
        let before = tally(to: 10) { $0.add(Story.finding(patched)) }
        #expect(figure(before, .exposureDays)?.hundredths == 8_00)
        #expect(figure(before, .slaCompliance)?.gap == .nothingToCount)
        let first = tally(to: 1) { $0.add(Story.finding(patched)) }
        #expect(figure(first, .exposureDays)?.gap == .nothingToCount)
    }

    @Test("Exposure lasts from opening to evidence, within the period")
    func exposure() {
        let tally = tally(from: 10, to: 20) { tally in
            tally.add(Story.finding(Story.episode(.open)))  // 10
            tally.add(Story.finding(Story.episode(Story.patched(15), opened: 12)))  // 3
            tally.add(Story.finding(Story.episode(.accepted, opened: 18)))  // 2
            tally.add(Story.finding(Story.episode(Story.patched(9))))  // before
            tally.add(Story.finding(Story.episode(.open, opened: 21)))  // after
            tally.add(
                Story.finding(Story.episode(.dismissed(.notAffected, at: Story.day(15)))))
            tally.add(
                Story.finding(Story.episode(.dismissed(.assetDecommissioned, at: Story.day(15)))))
        }
        let figure = figure(tally, .exposureDays)
        #expect(figure?.hundredths == 20_00)
        #expect(figure?.denominator == 4)
    }

    @Test("Exception debt is a share of what is open, and the days past the deadline")
    func debt() {
        let tally = tally(to: 20) { tally in
            tally.add(Story.finding(Story.episode(.accepted)))
            tally.add(Story.finding(Story.episode(.accepted, due: 30)))
            tally.add(Story.finding(Story.episode(.open, due: 30, deferred: 30)))
            tally.add(Story.finding(Story.episode(.open)))
            tally.add(Story.finding(Story.episode(Story.patched(3))))
        }
        #expect(figure(tally, .exceptionDebt)?.numerator == 3)
        #expect(figure(tally, .exceptionDebt)?.denominator == 4)
        // Six days past the 14th: of the accepted one, and of the one that would have been due then.
        #expect(figure(tally, .exceptionOverdue)?.hundredths == 12_00)
        #expect(figure(tally, .exceptionOverdue)?.denominator == 3)
    }

    @Test("A regression is a life after a resolution; a dismissal that was wrong is none")
    func regressions() {
        let tally = tally { tally in
            tally.add(
                Story.finding(
                    Story.episode(Story.patched(3), reopened: 5),
                    Story.episode(Story.patched(8), opened: 5)))
            tally.add(
                Story.finding(
                    Story.episode(.dismissed(.falsePositive, at: Story.day(2)), reopened: 4),
                    Story.episode(.open, opened: 4)))
        }
        #expect(figure(tally, .regressionRate)?.numerator == 1)
        #expect(figure(tally, .regressionRate)?.denominator == 2)
    }

    @Test("Rollouts: how many tripped, and where first")
    func rollouts() {
        func rollout(
            _ started: Int?, _ tripped: Int?, isUnderWay: Bool = false, isEmergency: Bool = false
        ) -> RolloutFact {
            RolloutFact(
                riskClass: .urgent, started: started.map { Story.day($0) },
                firstTripped: tripped, isUnderWay: isUnderWay, isEmergency: isEmergency)
        }
        let tally = tally(from: 0, to: 20) { tally in
            tally.add(rollout(1, 0))
            tally.add(rollout(2, 2))
            tally.add(rollout(3, nil, isEmergency: true))
            tally.add(rollout(4, nil, isUnderWay: true))
            tally.add(rollout(nil, nil, isEmergency: true))
            tally.add(rollout(21, 0))
        }
        let failure = figure(tally, .changeFailureRate)
        #expect(failure?.numerator == 2)
        #expect(failure?.denominator == 4)
        #expect(failure?.unknown == 1)
        #expect(figure(tally, .canaryCatchRate)?.hundredths == 50_00)
        #expect(figure(tally, .emergencyShare)?.numerator == 1, "what began in the period")
        #expect(figure(tally, .emergencyShare)?.denominator == 4)
        #expect(figure(tally, .canaryCatchRate, nil, .important)?.gap == .nothingToCount)
    }

    @Test("Deployments: rolled back, at the first attempt, waiting for a reboot")
    func deployments() {
        func deployment(
            _ standing: DeploymentFact.Standing, attempts: Int = 1, began: Int? = 1
        ) -> DeploymentFact {
            DeploymentFact(
                patch: "pa", riskClass: .urgent, standing: standing, attempts: attempts,
                installBegan: began.map { Story.day($0) }, changed: Story.day(2))
        }
        let tally = tally(to: 20) { tally in
            tally.add(deployment(.succeeded), on: Story.web)
            tally.add(deployment(.succeeded, attempts: 2), on: Story.web)
            tally.add(deployment(.pendingReboot), on: Story.web)
            tally.add(deployment(.rolledBack), on: Story.web)
            tally.add(deployment(.rollbackFailed), on: Story.web)
            tally.add(deployment(.rollingBack), on: Story.web)
            tally.add(deployment(.failed), on: Story.web)
            tally.add(deployment(.unknown), on: Story.web)
            tally.add(deployment(.underWay), on: Story.web)
            tally.add(deployment(.untouched, attempts: 0, began: nil), on: Story.web)
        }
        let rollback = figure(tally, .rollbackRate)
        #expect([rollback?.numerator, rollback?.denominator, rollback?.unknown] == [3, 9, 1])
        let first = figure(tally, .firstAttemptSuccess)
        #expect([first?.numerator, first?.denominator, first?.unknown] == [2, 6, 3])
        #expect(figure(tally, .pendingReboots, .mean)?.hundredths == 432_00)
        #expect(figure(tally, .pendingReboots, .mean)?.denominator == 1)
    }

    @Test("Inventories are fresh for seven days; who never reported is counted")
    func freshness() {
        let tally = tally(to: 20) { tally in
            tally.add(Story.asset("a", reported: 13))
            tally.add(Story.asset("b", reported: 12))
            tally.add(Story.asset("c", reported: nil))
            tally.add(Story.asset("d", isActive: false))
        }
        let figure = figure(tally, .inventoryFreshness)
        #expect([figure?.numerator, figure?.denominator, figure?.unknown] == [1, 3, 1])
    }

    private func patch(
        _ id: String, _ days: [Int?] = [1, 2, 3], isEnded: Bool = false, effort: Int64? = 60
    ) -> PatchFact {
        PatchFact(
            id: id, riskClass: .urgent, isEnded: isEnded, identified: Story.day(0),
            assessed: days[0].map { Story.day($0) }, qualified: days[1].map { Story.day($0) },
            approved: days[2].map { Story.day($0) }, effortMinutes: effort)
    }

    private func deployed(_ id: String) -> DeploymentFact {
        DeploymentFact(
            patch: id, riskClass: .urgent, standing: .succeeded, attempts: 1,
            installBegan: Story.day(3), changed: Story.day(4))
    }

    @Test("Exposure avoided has no figure while a patch that counts has no estimate")
    func exposureAvoided() {
        func avoided(_ efforts: Int64?...) -> Figure? {
            let tally = tally(to: 20) { tally in
                for number in efforts.indices {
                    tally.add(Story.finding(Story.episode(Story.patched(8), .urgent)))
                    tally.add(deployed("\(number)"), on: Story.web)
                }
                for (number, effort) in efforts.enumerated() {
                    tally.add(patch("\(number)", effort: effort))
                }
                tally.add(patch("not deployed", effort: nil))
            }
            return figure(tally, .exposureAvoided)
        }
        #expect(avoided(60, 60)?.hundredths == 12_00)
        // The days of both, and the hours of one: it would be twice as high as it is.
        let partly = avoided(60, nil)
        #expect(partly?.hundredths == nil)
        #expect(partly?.gap == .effortUnknown)
        #expect([partly?.numerator, partly?.denominator, partly?.unknown] == [2_073_600, 60, 1])
        #expect(avoided(nil)?.gap == .effortUnknown)
        #expect(avoided()?.gap == .nothingToCount)
    }

    @Test("Stages of a patch")
    func patches() {
        let tally = tally(to: 20) { tally in
            tally.add(patch("a", [1, 3, 6]))
            tally.add(patch("b", [2, nil, nil]))
            tally.add(patch("c", [nil, nil, nil], isEnded: true))
            tally.add(patch("d", [nil, nil, nil]))
        }
        #expect(figure(tally, .timeToAssess, .mean)?.hundredths == 36_00)
        #expect(figure(tally, .timeToAssess, .mean)?.unknown == 1)
        #expect(figure(tally, .timeToQualify, .mean)?.hundredths == 48_00)
        #expect(figure(tally, .timeToQualify, .mean)?.unknown == 1)
        #expect(figure(tally, .timeToApprove, .p90)?.hundredths == 72_00)
    }

    @Test("What can't be told apart by a filter says so")
    func notBy() {
        var site = ReportScope()
        site.site = "north"
        #expect(figure(tally(site), .changeFailureRate)?.gap == .notBy("site"))
        #expect(figure(tally(site), .timeToAssess)?.gap == .notBy("site"))
        #expect(figure(tally(site), .exposureAvoided)?.gap == .notBy("site"))
        #expect(figure(tally(site), .timeToPatch)?.gap == .nothingToCount)
        var urgent = ReportScope()
        urgent.riskClass = .urgent
        let freshness = figure(tally(urgent), .inventoryFreshness, nil, .urgent)
        #expect(freshness?.gap == .notBy("risk_class"))
        #expect(Set(tally(urgent).figures.map(\.lane)) == [.urgent])
    }

    @Test("Halves are rounded up, and what is too large is the largest")
    func rounding() {
        #expect(Ratio.rounded(1, 100, 3) == 33)
        #expect(Ratio.rounded(2, 100, 3) == 67)
        #expect(Ratio.rounded(1, 1, 2) == 1)
        #expect(Ratio.rounded(.max, 10_000, 1) == .max)
        #expect(Ratio.text(hundredths: 12_305) == "123.05")
        #expect(Ratio.text(hundredths: 7) == "0.07")
        #expect(Ratio.text(hundredths: 50) == "0.50")
    }
}
