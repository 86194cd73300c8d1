import Advisories
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// From a feed's documents and hosts' own reports to findings, on a real database.
@Suite("Findings follow feeds and inventories", .timeLimit(.minutes(2)))
struct MonitoringTests {
    private static let kev = FeedRegistration(name: "kev", kind: .kev, team: "watch")

    @Test("An advisory opens findings on the hosts that have it; what mends them resolves them")
    func life() async throws {
        try await withHouse { house in
            try await house.discover()
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            let taken = try await house.take(
                [
                    House.advisory("CVE-2026-1", fixed: TestHosts.new),
                    House.advisory("CVE-2026-2", fixed: "0"),
                ])
            #expect(taken.outcome == .taken)
            #expect(taken.summary.records == 2)
            try await house.wait("a finding on each host") {
                for host in ["lab-1", "web-1", "web-4"] {
                    let finding = try await house.finding("CVE-2026-1", on: host)
                    guard finding.phase == .open, finding.deadline != nil else { return false }
                }
                return true
            }
            #expect(try await house.finding("CVE-2026-2", on: "web-1").phase == nil)

            let list = try await house.useCases.list(
                .finding, alice, ListWish(), parent: House.asset("web-2").text, state: "open")
            #expect(list.documents.count == 1)
            #expect(String(decoding: list.documents[0], as: UTF8.self).contains(#""cvss":"9.8""#))

            // What an analyst dismisses stays dismissed, until she takes it back: it is classified anew.
            let own = Finding.id(
                asset: House.asset("web-3"),
                vulnerability: try #require(VulnerabilityID("CVE-2026-1")))
            _ = try await house.useCases.dismissFinding(
                own.text, .falsePositive, reason: "not built with it", house.order(alice))
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.dismissFinding(
                        own.text, .withdrawn, reason: "r", $0)
                } == "invalid dismissal")
            _ = try await house.useCases.reopenFinding(
                own.text, reason: "it is, after all", house.order(alice))
            try await house.wait("its class") {
                let again = try await house.finding("CVE-2026-1", on: "web-3")
                return again.phase == .open && again.episode == 2 && again.deadline != nil
            }

            house.hosts.touch("web-2")
            _ = try await house.useCases.scanAssets(
                [House.asset("web-2").text], what: ["inventory"], house.order(alice))
            try await house.wait("the finding to be resolved") {
                try await house.finding("CVE-2026-1", on: "web-2").phase == .resolved
            }
            let resolved = try await house.finding("CVE-2026-1", on: "web-2")
            #expect(resolved.resolution?.means == .outOfBand)
            #expect(try await house.finding("CVE-2026-1", on: "web-1").phase == .open)
        }
    }

    @Test("A patch has the class of the findings it mends, which can be raised and not lowered")
    func urgency() async throws {
        try await withHouse { house in
            let patch = try await house.identified()
            func assess(_ riskClass: RiskClass?, _ order: Order) async throws -> Written {
                try await house.useCases.assess(
                    patch.text,
                    AssessmentByHand(
                        riskClass: riskClass, effortMinutes: 30, checks: House.assessment.checks),
                    order)
            }
            #expect(
                try await house.code(house.order(alice)) { try await assess(nil, $0) }
                    == "invalid risk_class")
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-0001", fixed: TestHosts.new)])
            try await house.wait("findings") {
                try await house.finding("CVE-2026-0001", on: "web-4").deadline != nil
            }
            #expect(
                try await house.code(house.order(alice)) { try await assess(.nonCritical, $0) }
                    == "invalid risk_class")
            _ = try await assess(nil, house.order(alice))
            let assessed = try #require(try await house.patch(patch).assessment)
            #expect(assessed.riskClass == .important)
            #expect(assessed.reason.contains("CVE-2026-0001"))
        }
    }

    @Test("A scanner that still finds what is mended disputes it, until somebody has looked")
    func disputed() async throws {
        try await withHouse { house in
            try await house.discover()
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-1", fixed: TestHosts.new)])
            try await house.wait("a finding") {
                try await house.finding("CVE-2026-1", on: "web-2").deadline != nil
            }
            house.hosts.touch("web-2")
            _ = try await house.useCases.scanAssets(
                [House.asset("web-2").text], what: ["inventory"], house.order(alice))
            try await house.wait("its end") {
                try await house.finding("CVE-2026-1", on: "web-2").phase == .resolved
            }
            house.clock.pass(.seconds(60))
            let report = SentReport(
                format: "csv", source: "scanner",
                bytes: Array("asset,cve,status\nweb-2,CVE-2026-1,open\n".utf8))
            let taken = try await house.useCases.reportAssets(report, house.order(alice))
            #expect(taken.assets.map(\.name) == ["web-2"])
            try await house.wait("the dispute") {
                try await house.finding("CVE-2026-1", on: "web-2").phase == .disputed
            }
            let id = try House.finding("CVE-2026-1", on: "web-2")
            #expect(
                try await house.code(house.order(gustav)) {
                    try await house.useCases.rejectDispute(id.text, reason: "r", $0)
                } == "not-allowed")
            _ = try await house.useCases.rejectDispute(
                id.text, reason: "the scanner reads the banner only", house.order(alice))
            #expect(try await house.finding("CVE-2026-1", on: "web-2").phase == .resolved)
        }
    }

    @Test("A patch whose new version is known to be worse waits for the risk owner")
    func flaws() async throws {
        try await withHouse { house in
            let patch = try await house.signedOff()
            #expect(try await house.patch(patch).assessment?.riskClass != .urgent)
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.useCases.watchFeed(Self.kev, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-0009", fixed: "99")])
            try await house.wait("the flaw") { try await house.patch(patch).flaws != nil }
            let kept = try await house.useCases.keepFeedDocuments(
                of: Self.kev.name,
                [
                    FeedDocument(
                        name: "kev.csv",
                        bytes: Array(
                            ("cveID,dateAdded,dueDate,knownRansomwareCampaignUse\n"
                                + "CVE-2026-0009,2026-01-02,2026-01-31,Unknown\n").utf8))
                ], house.order(alice))
            _ = try await house.useCases.takeFeed(
                named: Self.kev.name,
                kept.map { FeedContents.Part(name: $0.name, digest: $0.digest) },
                house.order(alice))
            try await house.wait("its class") {
                try await house.patch(patch).blockingFlaws.map(\.riskClass) == [.urgent]
            }
            let submit = { (order: Order) in
                try await house.useCases.submit(
                    patch.text, House.production, expiresInSeconds: 86_400, order)
            }
            #expect(try await house.code(house.order(rita), submit) == "known-flaws")
            let known = try #require(try await house.patch(patch).flaws)
            _ = try await house.useCases.acceptFlaws(
                patch.text, digest: known.digest.description, reason: "the option is off here",
                house.order(rolf))
            _ = try await submit(house.order(rita))
            #expect(try await house.patch(patch).state == .awaitingApproval)
        }
    }

    @Test("What breaks the rule for feeds is recorded with its reason and changes no finding")
    func rejected() async throws {
        try await withHouse { house in
            try await house.discover()
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            let documents = (1...40).map { House.advisory("CVE-2026-\($0)", fixed: "0") }
            _ = try await house.take(documents + [House.advisory("CVE-2026-99", fixed: "9")])
            try await house.wait("a finding") {
                try await house.finding("CVE-2026-99", on: "web-1").phase == .open
            }
            let rejected = try await house.take(Array(documents.prefix(30)))
            #expect(rejected.outcome == .rejected)
            #expect(rejected.reason == "it shrank from 41 to 30 entries, by more than 5 %")
            let confirmed = try await house.take(
                documents + [House.advisory("CVE-2026-99", fixed: "9")])
            #expect(confirmed.outcome == .confirmed)
            #expect(try await house.finding("CVE-2026-99", on: "web-1").phase == .open)
        }
    }

    @Test("A feed that nobody watches, and documents that were not sent, are refused")
    func refusals() async throws {
        try await withHouse { house in
            let document = House.advisory("CVE-2026-1", fixed: "1")
            let part = FeedContents.Part(name: "x", digest: Digest(of: "x"))
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.keepFeedDocuments(of: "none", [document], $0)
                } == "no feed")
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.takeFeed(named: House.feed.name, [part], $0)
                } == "invalid documents")
            #expect(
                try await house.code(house.order(gustav)) {
                    try await house.useCases.takeFeed(named: House.feed.name, [], $0)
                } == "not-allowed")
        }
    }
}
