import Advisories
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// Reports and the work list over what really happened.
@Suite("Reports are counted as of a moment", .timeLimit(.minutes(3)))
struct CountedReportTests {
    private static let feed = FeedRegistration(name: "debian", kind: .osv, team: "watch")

    /// One advisory, and a finding of it on each of the five hosts.
    private func findings(_ house: House) async throws {
        let text = """
            {"id":"CVE-2026-1","modified":"2026-01-02T00:00:00Z",\
            "published":"2026-01-01T00:00:00Z",\
            "severity":[{"type":"CVSS_V3",\
            "score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],\
            "affected":[{"package":{"ecosystem":"Debian:12","name":"curl"},\
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},\
            {"fixed":"\(TestHosts.new)"}]}]}]}
            """
        _ = try await house.useCases.watchFeed(Self.feed, house.order(alice))
        let kept = try await house.useCases.keepFeedDocuments(
            of: Self.feed.name, [FeedDocument(name: "a.json", bytes: Array(text.utf8))],
            house.order(alice))
        _ = try await house.useCases.takeFeed(
            named: Self.feed.name,
            kept.map { FeedContents.Part(name: $0.name, digest: $0.digest) }, house.order(alice))
        for host in ["lab-1", "web-1", "web-2", "web-3", "web-4"] {
            try await wait(for: host, house, "a classified finding") { $0.deadline != nil }
        }
    }

    private func wait(
        for host: String, _ house: House, _ what: String, _ isSo: (Finding) -> Bool
    ) async throws {
        let vulnerability = try #require(VulnerabilityID("CVE-2026-1"))
        let id = Finding.id(asset: House.asset(host), vulnerability: vulnerability)
        try await house.wait("\(what) on \(host)") {
            isSo(try await house.bus.state(of: id, as: FindingDecider.self).state)
        }
    }

    private func scan(_ hosts: [String], _ house: House) async throws {
        _ = try await house.useCases.scanAssets(
            hosts.map { House.asset($0).text }, what: ["inventory"], house.order(alice))
    }

    private func compliance(
        _ house: House, _ change: (inout ReportWish) -> Void = { _ in }
    ) async throws -> ComplianceCounts {
        var wish = ReportWish()
        change(&wish)
        return try await house.useCases.complianceReport(gustav, wish).rows[0].counts
    }

    @Test("What is open, out of band and past its deadline, now and then")
    func overTime() async throws {
        try await withHouse { house in
            try await house.discover()
            try await findings(house)
            let fresh = try await compliance(house)
            #expect(fresh[.openInTime] == 5)
            #expect(fresh.figure(.all).hundredths == nil)
            let before = try await house.store.head()

            house.hosts.touch("web-2")
            try await scan(["web-2"], house)
            try await wait(for: "web-2", house, "a resolution") { $0.phase == .resolved }
            let later = try await compliance(house)
            #expect(later[.outOfBand] == 1)
            #expect(later.population == 5)

            house.clock.pass(.seconds(60 * 86_400))
            let missed = try await compliance(house) { $0.environment = "production" }
            #expect(missed[.openPastDeadline] == 3)
            #expect(missed.figure(.all).hundredths == 0)
            #expect(try await compliance(house) { $0.moment.asOf = "\(before)" } == fresh)

            var wish = ReportWish()
            wish.grouping = "environment"
            let sla = try await house.useCases.slaReport(gustav, wish)
            let groups = sla.rows.filter { $0.lane == .all }
            #expect(groups.map(\.group) == [nil, "lab", "production"])
            #expect(groups.map(\.counts.breached) == [4, 1, 3])

            let metrics = try await house.useCases.metricsReport(gustav, ReportWish())
            let freshness = try #require(metrics.rows.first { $0.metric == .inventoryFreshness })
            #expect(freshness.numerator == 0)
            #expect(freshness.denominator == 5)
        }
    }

    @Test("A rollout's patched findings give the time to patch, coverage and first attempts")
    func patched() async throws {
        try await withHouse { house in
            let planned = try await house.scheduled()
            try await findings(house)
            let rollout = planned.plan.rollout
            _ = try await house.useCases.startRollout(rollout.text, house.order(rita))
            try await house.wait(for: rollout, RolloutPhase.completed)
            let webs = ["web-1", "web-2", "web-3", "web-4"]
            try await scan(webs, house)
            for host in webs {
                try await wait(for: host, house, "a resolution") { $0.phase == .resolved }
            }
            var wish = ReportWish()
            wish.environment = "production"
            let figures = try await house.useCases.metricsReport(gustav, wish).rows
            func share(_ metric: Metric) -> [Int64?] {
                let figure = figures.first { $0.metric == metric && $0.lane == .all }
                return [figure?.numerator, figure?.denominator]
            }
            #expect(share(.slaCompliance) == [4, 4])
            #expect(share(.coverage) == [4, 4])
            #expect(share(.firstAttemptSuccess) == [4, 4])
            #expect(share(.rollbackRate) == [0, 4])
            let time = figures.first { $0.metric == .timeToPatch && $0.lane == .important }
            #expect(time?.denominator == 4)
            let whole = try await house.useCases.metricsReport(gustav, ReportWish()).rows
            let failures = whole.first { $0.metric == .changeFailureRate && $0.lane == .all }
            #expect([failures?.numerator, failures?.denominator] == [0, 1])
            let effort = whole.first { $0.metric == .exposureAvoided }
            #expect(effort?.denominator == 30)
            for metric in [Metric.timeToAssess, .timeToQualify, .timeToApprove] {
                #expect(whole.first { $0.metric == metric }?.denominator == 1, "\(metric)")
            }
        }
    }

    @Test("A patch is due by the findings that it mends, of an owner where one is asked for")
    func due() async throws {
        struct Shown: Decodable {
            struct Due: Decodable {
                let deadline: String?
                let findings: Int
                let assets: Int
            }
            let id: String
            let due: Due?
        }
        func read(_ page: DocumentPage) throws -> [Shown] {
            try page.documents.map { try CanonicalJSON.decode(Shown.self, from: $0) }
        }
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.identified()
            // Nothing is known of it yet, so that a class can be set by hand.
            _ = try await useCases.assess(
                patch.text,
                AssessmentByHand(
                    riskClass: .nonCritical, effortMinutes: 30, checks: House.assessment.checks),
                house.order(alice))
            #expect(
                try await read(useCases.list(.patch, gustav, ListWish())).map { $0.due?.findings }
                    == [nil])
            try await findings(house)
            let all = try await read(useCases.list(.patch, gustav, ListWish()))
            #expect(all.map { $0.due?.findings } == [5])
            #expect(all.map { $0.due?.assets } == [5])
            #expect(all[0].due?.deadline != nil)
            let shown = try await useCases.show(.patch, patch.text, gustav, Moment())
            #expect(
                try CanonicalJSON.decode(Shown.self, from: shown.document).due?.findings == 5)

            var wish = ListWish()
            wish.filter = ["environment": "lab"]
            #expect(
                try await read(useCases.patchesToReview(gustav, wish)).map { $0.due?.assets } == [1]
            )
            wish.filter = ["site": "nowhere"]
            #expect(try await useCases.patchesToReview(gustav, wish).documents.isEmpty)
            wish = ListWish()
            wish.dueBefore = "2026-01-01"
            #expect(try await useCases.list(.patch, gustav, wish).documents.isEmpty)
            wish.dueBefore = "2100-01-01"
            wish.sort = "urgency"
            #expect(try await useCases.list(.patch, gustav, wish).documents.count == 1)
            wish.sort = "deadline"
            #expect(try await useCases.list(.patch, gustav, wish).documents.count == 1)
            _ = try await useCases.withdraw(patch.text, reason: "recalled", house.order(alice))
            #expect(try await useCases.patchesToReview(gustav, ListWish()).documents.isEmpty)
        }
    }

    @Test("What can't be meant is refused by its field")
    func refusals() async throws {
        try await withHouse { house in
            func field(_ change: (inout ReportWish) -> Void) async throws -> String? {
                var wish = ReportWish()
                change(&wish)
                do {
                    _ = try await house.useCases.complianceReport(gustav, wish)
                } catch let error as InvalidInput {
                    return error.field
                }
                return nil
            }
            _ = try await house.useCases.importAssets(
                format: "ini", text: "[lab]\nlab-1\n", house.order(alice))
            #expect(try await field { _ in } == nil)
            #expect(try await field { $0.riskClass = "severe" } == "risk_class")
            #expect(try await field { $0.environment = "moon" } == "environment")
            #expect(try await field { $0.grouping = "colour" } == "by")
            #expect(try await field { $0.from = "yesterday" } == "from")
            #expect(try await field { $0.to = "2100-01-01" } == "to")
            #expect(try await field { $0.from = "2100-01-01" } == "from")
            #expect(try await field { $0.moment.asOf = "0" } == "as_of")
            var wish = ReportWish()
            wish.grouping = "site"
            await #expect(throws: InvalidInput.self) {
                try await house.useCases.metricsReport(gustav, wish)
            }
            wish.grouping = nil
            wish.from = "2026-01-01"
            let report = try await house.useCases.complianceReport(gustav, wish)
            #expect(report.period.from == Timestamp("2026-01-01T00:00:00Z"))
            await #expect(throws: InvalidInput.self) {
                try await house.useCases.slaReport(gustav, wish)
            }
            await #expect(throws: NotAllowed.self) {
                try await house.useCases.complianceReport(person(9, .worker), ReportWish())
            }
            var list = ListWish()
            list.sort = "colour"
            await #expect(throws: InvalidInput.self) {
                try await house.useCases.list(.finding, gustav, list)
            }
            list.sort = nil
            list.dueBefore = "soon"
            await #expect(throws: InvalidInput.self) {
                try await house.useCases.list(.finding, gustav, list)
            }
        }
    }
}
