import Postgres
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

/// The facts of reports are those of the log, live, rebuilt, and as of any position.
@Suite(.timeLimit(.minutes(3))) struct FactTests {
    @Test func theFactsOfAPositionStayWhatTheyWereAndARebuildGivesTheSame() async throws {
        try await withBooks { books in
            var estate = Estate("facts", books)
            var told: [(position: Int64, facts: [ReportFact])] = []
            for _ in 0..<6 {
                try await estate.live(steps: 25)
                try await books.project()
                told.append((try await books.reads.position(), try await estate.facts()))
            }
            let last = try #require(told.last)
            #expect(last.facts.count > 20)
            for (position, facts) in told {
                #expect(try await estate.facts(asOf: position) == facts, "as of \(position)")
            }
            let report = try await books.rebuild.verify()
            #expect(report.differences.isEmpty, "\(report.differences)")
            _ = try await books.rebuild.replace()
            #expect(try await estate.facts() == last.facts)
        }
    }

    @Test func eachFindingStandsAsItsDeciderSaysOnTheAssetAsItIsNow() async throws {
        try await withBooks { books in
            var estate = Estate("facts and deciders", books)
            try await estate.live(steps: 150)
            try await books.project()
            var seen = 0
            var assets: [String] = []
            for case .finding(let fact) in try await estate.facts() {
                assets.append(fact.asset.id)
                let registration = try #require(
                    estate.assets.first { $0.asset.text == fact.asset.id })
                #expect(fact.asset.site == registration.site)
                #expect(fact.asset.owner == (registration.owner.isEmpty ? nil : registration.owner))
                seen += 1
            }
            // One asset's findings follow each other.
            #expect(assets == assets.sorted())
            #expect(seen == estate.findings.count)

            var expected: [String: Int] = [:]
            for id in estate.findings {
                let state = try await books.bus.state(of: id, as: FindingDecider.self).state
                expected[Self.words(state), default: 0] += 1
            }
            var actual: [String: Int] = [:]
            for case .finding(let fact) in try await estate.facts() {
                let episode = try #require(fact.episodes.last)
                actual[Self.words(episode), default: 0] += 1
            }
            #expect(actual == expected)
        }
    }

    private static func words(_ finding: Finding) -> String {
        let means = finding.resolution?.means.rawValue ?? finding.dismissed?.dismissal.rawValue
        let isClosed = finding.phase?.isClosed ?? false
        return [
            finding.phase?.rawValue, finding.classification?.riskClass.rawValue,
            finding.deadline?.description, finding.clock?.start.description,
            isClosed ? means : nil, finding.opened?.description,
            finding.phase == .disputed ? finding.phaseBeforeDispute?.rawValue : nil,
            finding.granted?.grant.until.description, finding.granted?.before.description,
        ].map { $0 ?? "-" }.joined(separator: " ")
    }

    private static func words(_ episode: FindingEpisode) -> String {
        var means: String?
        var from: String?
        let phase: FindingPhase
        switch episode.standing {
        case .open: phase = .open
        case .mitigated: phase = .mitigated
        case .accepted: phase = .accepted
        case .disputed(let before): (phase, from) = (.disputed, before.rawValue)
        case .resolved(let how, _, _): (phase, means) = (.resolved, how.rawValue)
        case .dismissed(let why, _): (phase, means) = (.dismissed, why.rawValue)
        }
        return [
            phase.rawValue, episode.riskClass?.rawValue, episode.deadline?.description,
            episode.clock?.start.description, means, episode.opened.description, from,
            episode.deferral?.until.description, episode.deferral?.ungranted.description,
        ].map { $0 ?? "-" }.joined(separator: " ")
    }

    @Test func aFindingThatCameBackKeepsItsFormerLife() async throws {
        try await withBooks { books in
            var estate = Estate("lives", books)
            let web = try await estate.register("web")
            let id = try await estate.find("CVE-2026-1", on: web, isUrgent: true)
            try await estate.resolve(id, .patched)
            try await estate.find("CVE-2026-1", on: web)
            // An end that was wrong never was one.
            try await estate.resolve(id, .removed)
            try await estate.send(
                .reopen(reason: "not removed"), to: id, as: FindingDecider.self)
            try await books.project()
            let facts = try await estate.facts()
            guard case .finding(let fact) = facts.first else {
                Issue.record("no finding")
                return
            }
            #expect(fact.episodes.count == 2)
            let first = fact.episodes[0]
            #expect(first.riskClass == .urgent)
            #expect(first.reopened != nil)
            guard case .resolved(.patched, _, true?) = first.standing else {
                Issue.record("\(first.standing)")
                return
            }
            #expect(fact.episodes[1].standing == .open)
            #expect(fact.episodes[1].riskClass == nil)
            #expect(fact.episodes[1].exposedSince == first.reopened)
            #expect(fact.episodes[1].exposedSince < fact.episodes[1].opened)
            let view = try #require(
                try await books.reads.find(ViewKey(.finding, id.text), asOf: nil))
            let document = try ViewJSON.decode(FindingViewDocument.self, from: view.document)
            #expect(document.earlier?.map(\.reopenedBy) == ["foundAgain", "takenBack"])
        }
    }

    @Test func aScopeLeavesOutTheOtherAssetsAndTheirDeployments() async throws {
        try await withBooks { books in
            var history = History("facts of a fleet", books)
            try await history.liveFully()
            try await books.project()
            let estate = Estate("scope", books)
            let all = try await estate.facts()
            var scope = ReportScope()
            scope.site = "site-1"
            let part = try await estate.facts(scope)
            func deployments(_ facts: [ReportFact]) -> Int {
                facts.count { if case .deployment = $0 { true } else { false } }
            }
            #expect(deployments(all) == history.deployments.count)
            #expect(deployments(part) < deployments(all))
            for case .asset(let asset) in part { #expect(asset.site == "site-1") }
            for case .deployment(let deployment, let asset) in all {
                #expect(deployment.installBegan == nil || deployment.attempts > 0, "\(asset.id)")
            }
            var tally = MetricsTally(
                ReportPeriod(to: Timestamp(Date()) + .seconds(60)), ReportScope())
            for case .deployment(let deployment, let asset) in all {
                tally.add(deployment, on: asset)
            }
            for case .rollout(let rollout) in all { tally.add(rollout) }
            for case .patch(let patch) in all { tally.add(patch) }
            let assessed = tally.figures.first { $0.metric == .timeToAssess }
            #expect((assessed?.denominator ?? 0) > 0)
        }
    }

    @Test func onlySoManyReportsAreCountedAtATime() async throws {
        try await withBooks { books in
            var estate = Estate("places", books)
            try await estate.register("web")
            try await books.project()
            let places = books.reads.reportPlaces
            for _ in 0..<places.limit { #expect(places.take()) }
            await #expect(throws: QueryError.busy(limit: places.limit)) {
                try await estate.facts()
            }
            places.giveBack()
            #expect(try await estate.facts().count == 1)
            // Also whoever is left in the middle gives the place back.
            await #expect(throws: CancellationError.self) {
                _ = try await books.reads.facts(
                    FactWish(ReportScope(), asOf: nil, isFindingsOnly: false)
                ) { _ in throw CancellationError() }
            }
            #expect(try await estate.facts().count == 1)
        }
    }

    @Test func anAssetIsAsFreshAsTheLatestThatWasSaidOfIt() async throws {
        try await withBooks { books in
            var estate = Estate("heard of", books)
            let web = try await estate.register("web")
            for (source, gathered) in [("sbom", estate.now), ("cmdb", estate.now + .seconds(-600))]
            {
                let taking = try CanonicalJSON.decode(
                    ReportTaking.self,
                    from: Array(
                        """
                        {"source":"\(source)","format":"csv","gathered":"\(gathered)",\
                        "report":"\(Digest(of: source))","counts":{"packages":1,"matchable":1,\
                        "products":0,"open_vulnerabilities":0,"skipped":0}}
                        """.utf8))
                try await estate.send(.report(taking), to: web, as: AssetDecider.self)
            }
            let latest = Timestamp(seconds: 1_767_225_600 + 60)
            try await books.project()
            for case .asset(let asset) in try await estate.facts() {
                #expect(asset.reported == latest)
            }
            // What the host says itself counts by when that was recorded.
            try await books.pool.query(
                """
                update patchflow.projection_rows
                set document = jsonb_set(
                    document::jsonb, '{reported_at}', '"2026-06-01T00:00:00.000000Z"')::json
                where kind = 'asset'
                """)
            let facts = try await estate.facts()
            #expect(facts.count == 1)
            for case .asset(let asset) in facts {
                #expect(asset.reported == Timestamp("2026-06-01T00:00:00Z"))
            }
        }
    }

    @Test func aPositionHasItsMoment() async throws {
        try await withBooks { books in
            var estate = Estate("moments", books)
            try await estate.register("web")
            let head = try await books.store.head()
            let event = try #require(try await books.wholeLog().last)
            #expect(try await books.reads.moment(of: head) == event.recordedAt)
            #expect(try await books.reads.moment(of: head + 1) == nil)
        }
    }
}
