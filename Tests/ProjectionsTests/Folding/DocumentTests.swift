import APIContract
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

@testable import Projections

/// Documents go to clients as bytes, so each must be what the API's contract says.
@Suite struct DocumentTests {
    @Test func everyVersionOfEveryDocumentIsTheResourceOfTheContract() async throws {
        try await withBooks { books in
            var history = History("documents", books)
            try await history.liveFully()
            var fold = PlainFold()
            var seen: [ViewKind: Int] = [:]
            for event in try await books.wholeLog() {
                let before = fold.views
                try fold.apply(event)
                for (key, view) in fold.views where before[key] != view {
                    seen[key.kind, default: 0] += 1
                    try Self.check(view, key.kind, event)
                }
            }
            for kind in [ViewKind.asset, .patch, .rollout, .deployment] {
                #expect(seen[kind, default: 0] > 10, "too few of \(kind): \(seen)")
            }
        }
    }

    private static func check(_ view: View, _ kind: ViewKind, _ event: RecordedEvent) throws {
        let words: Comment = "\(kind) \(view.id) after \(event.type) at \(event.position)"
        switch kind {
        case .asset: try expect(view, AssetResource.self, words) { $0.state }
        case .patch: try expect(view, PatchResource.self, words) { $0.state }
        case .rollout: try expect(view, RolloutResource.self, words) { $0.state }
        case .deployment: try expect(view, DeploymentResource.self, words) { $0.state }
        case .finding: try expect(view, FindingResource.self, words) { $0.state }
        case .feed: try expect(view, FeedResource.self, words) { $0.state }
        case .exception: try expect(view, ExceptionResource.self, words) { $0.state }
        case .control: try expect(view, ControlResource.self, words) { $0.state }
        case .baseline: try expect(view, BaselineResource.self, words) { $0.state }
        case .cloudAccount: try expect(view, CloudAccountResource.self, words) { $0.state }
        case .attributeRule: try expect(view, AttributeRuleResource.self, words) { $0.state }
        case .policy: try expect(view, PolicyResource.self, words) { $0.state }
        case .schedule: try expect(view, ScheduleResource.self, words) { $0.state }
        case .freeze: try expect(view, FreezeResource.self, words) { $0.state }
        case .cap: try expect(view, CapResource.self, words) { $0.state }
        case .emergency: try expect(view, EmergencyResource.self, words) { $0.state }
        case .standingApproval:
            try expect(view, StandingApprovalResource.self, words) { $0.state }
        case .disaster: try expect(view, DisasterResource.self, words) { $0.state }
        // Tokens are answered from streams, offers are summed up.
        case .person, .offer, .activity, .worker, .projection, .parked: break
        }
    }

    private static func expect<Resource: Codable>(
        _ view: View, _ type: Resource.Type, _ words: Comment, state: (Resource) -> String
    ) throws {
        let document = Data(view.document)
        do {
            let resource = try WireJSON.decodeStrictly(type, from: document)
            let again = try WireJSON.encode(resource)
            #expect(
                String(decoding: again, as: UTF8.self)
                    == String(decoding: document, as: UTF8.self), words)
            #expect(state(resource) == view.state, words)
        } catch {
            Issue.record(error, words)
        }
    }

    /// Documents of lists that no projector keeps.
    @Test func offersWorkAndProjectionsAreResourcesAsWell() throws {
        let offer = OfferedUpdateDocument(
            name: "curl", source: "curl", architecture: "amd64", offeredVersion: "2", origin: "o",
            fromSecurityArchive: true, sha256: "00", size: 4,
            assets: [.init(id: "as_1", name: "web", environment: "lab", installedVersion: "1")])
        try Self.expectSame(offer, OfferedUpdateResource.self)
        try Self.expectSame(
            ActivityDocument(
                id: "a", kind: "install", stream: "de_1", state: "claimed", attempt: 2,
                worker: "w", fence: 7, dueAt: "2026", leaseUntil: "2027", lastReason: "busy"),
            ActivityResource.self)
        try Self.expectSame(
            ActivityDocument(
                id: "a", kind: "install", stream: "de_1", state: "due", attempt: 0, dueAt: "2026"),
            ActivityResource.self)
        try Self.expectSame(
            WorkerDocument(
                id: "w", name: "one", state: "live", held: 3, startedAt: "2026",
                leaseUntil: "2027"), WorkerResource.self)
    }

    @Test func feedsAndFindingsAreResourcesAsWell() throws {
        var feed = FeedViewDocument(
            id: "fe_1", name: "kev", kind: "kev", track: "os", team: "t", silentAfterSeconds: 60,
            state: "watched", documents: 0, records: 0, refused: 0, version: 1)
        try Self.expectSame(feed, FeedResource.self)
        (feed.contents, feed.latest, feed.publisherVersion) = ("00", "2026", "7")
        (feed.takenAt, feed.confirmedAt) = ("2026", "2027")
        (feed.rejection, feed.rejectedAt) = ("it shrank", "2028")
        feed.sourceRejectedSince = "2027"
        (feed.failure, feed.failingSince) = ("timed-out: no answer", "2029")
        (feed.silentSince, feed.givenUpBecause) = ("2029", "nobody needs it")
        feed.source = FeedViewDocument.Source(
            FeedSource(
                url: "https://a.example/", everySeconds: 300,
                digestURL: "https://a.example/sums", signatureURL: "https://a.example/sig",
                signatureSuffix: ".asc", digestSuffix: ".sha512"))
        (feed.origins, feed.keys, feed.watchedAt) = (["Debian:*"], ["AA"], "2026")
        (feed.missing, feed.missingDocuments) = (1, [.init(name: "a", reason: "absent")])
        try Self.expectSame(feed, FeedResource.self)

        var finding = FindingViewDocument(
            id: "fi_1", asset: "as_1", assetName: "web", environment: "lab",
            vulnerability: "CVE-2026-0001", package: "curl", installedVersion: "1", state: "open",
            episode: 1, openedAt: "2026", clock: "stopped", isHeld: false, version: 1)
        try Self.expectSame(finding, FindingResource.self)
        (finding.site, finding.owner, finding.fixReleasedAt) = ("north", "team", "2026")
        (finding.deadline, finding.disputedFrom) = ("2027", "resolved")
        finding.treatment = .init(by: "ex_1", until: "2027")
        finding.end = .init(
            means: "patched", at: "2026", gatheredAt: "2025", reason: "r", evidence: "00",
            deployment: "de_1",
            isInTime: true)
        finding.deferral = .init(by: "ex_1", until: "2028", ungranted: "2027")
        finding.earlier = [
            .init(
                episode: 1, openedAt: "2024", riskClass: "urgent", clock: "remediation",
                clockStart: "2024", deadline: "2025", means: "removed", gatheredAt: "2025",
                isInTime: true, reopenedAt: "2026", reopenedBy: "foundAgain")
        ]
        finding.classification = .init(
            riskClass: "urgent", rank: 3, rows: ["cisa 1"], isLiftedByScore: false,
            mitigatedBy: "ct_1", knownExploited: true, exploitation: "active", cvss: "9.8",
            epss: "0.1", criticality: "high", assumed: ["cvss"], policyVersion: 1,
            clock: "remediation", clockStart: "2026")
        try Self.expectSame(finding, FindingResource.self)
    }

    @Test func patchesWithAllThatTheyHaveToDoWithAreResourcesAsWell() throws {
        var patch = PatchDocument(
            id: "pa_1", vendorId: "DSA-1", title: "t", kind: "servicePack", purpose: "security",
            sourcePackage: "curl", origin: "Debian", state: "excepted", packages: [],
            supersedes: [], counts: .init(), rollouts: [], identifiedAt: "2026",
            changedAt: "2027", version: 2)
        try Self.expectSame(patch, PatchResource.self)
        patch.holds = ["pa_2"]
        patch.parts = [.init(patch: "pa_3", sourcePackage: "curl", packages: ["libcurl4"])]
        patch.pack = .init(id: "pa_4", remaining: 3)
        patch.introducedFlaws = [
            .init(
                flaw: "f", riskClass: "urgent", reason: "r", linkedBy: "pe_1", mendedBy: "pa_5",
                acceptedBy: "pe_2")
        ]
        patch.mends = [.init(patch: "pa_6", flaw: "g")]
        patch.exceptions = ["ex_1"]
        try Self.expectSame(patch, PatchResource.self)
    }

    @Test func policiesAreResourcesAsWell() throws {
        var policy = PolicyViewDocument(
            id: "po_1", scope: "site:berlin", level: "site", state: "proposed",
            isReviewDue: false, version: 1)
        try Self.expectSame(policy, PolicyResource.self)
        let document = try CanonicalJSON.decode(
            PolicyDocument.self,
            from: Array(#"{"rollout":{"gate":{"max_failures":null,"max_percent":2}}}"#.utf8))
        policy.proposal = .init(
            version: 2, document: document, digest: "00", proposedBy: "pe_1", proposedAt: "2026",
            reason: "r")
        policy.proposal?.whatIf = .init(
            examinedAt: "2026", examinedBy: "pe_1", fields: 1, examined: 2, unexamined: 0,
            changed: 1, earlier: 1, faults: ["f"])
        policy.published = .init(
            version: 1, document: document, proposedBy: "pe_1", publishedBy: "pe_2",
            publishedAt: "2026", reason: "r")
        policy.reviewDueAt = "2027"
        try Self.expectSame(policy, PolicyResource.self)
    }

    @Test func generationsAndParkedEventsAreResourcesAsWell() async throws {
        try await withBooks { books in
            var history = History("generations as resources", books)
            try await history.live(steps: 60)
            try await books.project()
            _ = try await books.rebuild.replace()
            _ = try await books.rebuild.verify()
            let definition = PatchflowFold().definition
            try await books.generations.build(for: .verify, definition: definition) { one in
                try await books.generations.aim(one, at: 40)
                _ = try await one.store(
                    [], parked: [.init(position: 3, stream: nil, type: nil, reason: "torn")],
                    from: Generation.Stand(position: 0, lateFolds: 0), to: 10)
                var request = ListRequest(.projection)
                request.limit = 2
                let views = try await books.wholeList(request)
                #expect(views.map(\.state) == ["building", "live", "former"])
                for view in views { try Self.expectExact(view, ProjectionResource.self) }
                let building = try WireJSON.decode(
                    ProjectionResource.self, from: Data(views[0].document))
                #expect(
                    building.rebuild
                        == ProjectionResource.Rebuild(purpose: "verify", target: 40, percent: 25))
                #expect(building.parked == 1)
                let live = try WireJSON.decode(
                    ProjectionResource.self, from: Data(views[1].document))
                #expect(live.verified?.position == live.position)
                request.state = "former"
                #expect(try await books.wholeList(request).map(\.id) == [views[2].id])

                request = ListRequest(.parked)
                request.parent = views[0].id
                let parked = try await books.wholeList(request)
                #expect(parked.map(\.id) == ["3"])
                for view in parked { try Self.expectExact(view, ParkedEventResource.self) }
                request.parent = "99"
                await #expect(throws: NotFound.self) { try await books.reads.list(request) }
                #expect(
                    try await books.reads.find(ViewKey(.projection, views[1].id), asOf: nil)?.state
                        == "live")
            }
        }
    }

    private static func expectExact<Resource: Codable>(
        _ view: View, _ type: Resource.Type
    ) throws {
        let document = Data(view.document)
        let again = try WireJSON.encode(try WireJSON.decodeStrictly(type, from: document))
        #expect(String(decoding: again, as: UTF8.self) == String(decoding: document, as: UTF8.self))
    }

    private static func expectSame<Resource: Codable>(
        _ document: some Codable, _ type: Resource.Type
    ) throws {
        let bytes = Data(try ViewJSON.encode(document))
        let again = try WireJSON.encode(try WireJSON.decodeStrictly(type, from: bytes))
        #expect(String(decoding: again, as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
    }
}
