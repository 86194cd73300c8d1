import Advisories
import Application
import EventSourcing
import Foundation
import JSON
import PatchManagement
import Postgres
import Testing

/// From a proposal to what it changes, on a real database.
@Suite("Policies are proposed, looked at, published, and used", .timeLimit(.minutes(3)))
struct PublishingPoliciesTests {
    private static let feed = FeedRegistration(name: "debian", kind: .osv, team: "watch")

    private func json(_ text: String) throws -> JSONValue {
        try CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8))
    }

    private func propose(
        _ text: String, _ scope: String, _ house: House, by caller: Caller = alice
    ) async throws -> Written {
        try await house.useCases.proposePolicy(
            json(text), scope: scope, reason: "the audit", house.order(caller))
    }

    private func publish(_ text: String, _ scope: String, _ house: House) async throws {
        _ = try await propose(text, scope, house)
        let examined = try await house.useCases.examinePolicy(scope, house.order(alice))
        _ = try await house.useCases.publishPolicy(
            scope, digest: examined.whatIf.proposal.description, reason: "looked at it",
            house.order(rolf))
    }

    private func find(_ ids: [String], _ house: House) async throws {
        let documents = ids.map { id in
            FeedDocument(
                name: "\(id).json",
                bytes: Array(
                    """
                    {"id":"\(id)","modified":"2026-01-02T00:00:00Z",\
                    "published":"2026-01-01T00:00:00Z",\
                    "severity":[{"type":"CVSS_V3",\
                    "score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],\
                    "affected":[{"package":{"ecosystem":"Debian:12","name":"curl"},\
                    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},\
                    {"fixed":"\(TestHosts.new)"}]}]}]}
                    """.utf8))
        }
        let kept = try await house.useCases.keepFeedDocuments(
            of: Self.feed.name, documents, house.order(alice))
        _ = try await house.useCases.takeFeed(
            named: Self.feed.name,
            kept.map { FeedContents.Part(name: $0.name, digest: $0.digest) }, house.order(alice))
        for host in ["web-1", "web-4"] {
            for id in ids {
                try await house.wait("\(id) on \(host)") {
                    try await finding(id, on: host, house).deadline != nil
                }
            }
        }
    }

    private func finding(_ name: String, on host: String, _ house: House) async throws -> Finding {
        let id = try #require(VulnerabilityID(name))
        return try await house.bus.state(
            of: Finding.id(asset: House.asset(host), vulnerability: id), as: FindingDecider.self
        ).state
    }

    @Test("A published SLA moves open findings, decides new ones, and the events pin its version")
    func classification() async throws {
        try await withHouse { house in
            try await house.discover()
            _ = try await house.useCases.watchFeed(Self.feed, house.order(alice))
            try await find(["CVE-2026-1"], house)
            let before = try await finding("CVE-2026-1", on: "web-1", house)
            #expect(before.policy?.version == 1)
            #expect(before.classification?.slaSeconds == 30 * 86_400, "by its score")

            let text = """
                {"classification":{"sla":{"urgent_seconds":3600,"important_seconds":7200,\
                "important_by_score_seconds":7200}}}
                """
            _ = try await propose(text, "site:default", house)
            let order = house.order(alice)
            let examined = try await house.useCases.examinePolicy("site:default", order)
            let summary = examined.whatIf.summary
            #expect(summary.examined == 5)
            #expect(summary.unexamined == 0)
            #expect(
                summary.classes == [.init(before: .important, after: .important, findings: 5)])
            #expect(summary.earlier == 5)
            #expect(summary.faults.isEmpty)
            #expect(
                examined.whatIf.fields.map(\.field) == [
                    "classification.sla.urgent_seconds", "classification.sla.important_seconds",
                    "classification.sla.important_by_score_seconds",
                ])
            #expect(examined.whatIf.findings.count == 5)
            // I10: the same request is the same look.
            #expect(try await house.useCases.examinePolicy("site:default", order) == examined)
            // Nothing has changed by looking.
            #expect(try await finding("CVE-2026-1", on: "web-1", house) == before)

            let digest = examined.whatIf.proposal.description
            let own = Caller(person: alice.person, roles: [.riskOwner])
            #expect(
                try await house.code(house.order(own)) {
                    try await house.useCases.publishPolicy(
                        "site:default", digest: digest, reason: "mine", $0)
                } == "proposer-may-not-publish")
            _ = try await house.useCases.publishPolicy(
                "site:default", digest: digest, reason: "looked at it", house.order(rolf))
            try await house.wait("the deadline to move") {
                try await finding("CVE-2026-1", on: "web-1", house).policy?.version == 2
            }
            let after = try await finding("CVE-2026-1", on: "web-1", house)
            #expect(after.classification?.slaSeconds == 7200)
            #expect(try #require(after.deadline) <= #require(before.deadline))
            // Another process takes up from here what this one knows of policies.
            try await house.wait("the policy to be kept with the checkpoint") {
                let key = PolicyScope.site("default").policy.text
                let rows = try await house.database.query(
                    "select note::text from patchflow.subscription_notes where key = \(key)")
                guard let note = try rows.first?.decode(String.self, at: 0) else { return false }
                let kept = try CanonicalJSON.decode(
                    PublishedPolicy.self, from: Array(note.utf8))
                return kept.version == 1 && kept.scope == .site("default")
            }

            try await find(["CVE-2026-1", "CVE-2026-2"], house)
            let fresh = try await finding("CVE-2026-2", on: "web-4", house)
            #expect(fresh.classification?.slaSeconds == 7200)
            #expect(fresh.deadline == fresh.clock?.deadline(slaSeconds: 7200))
            let effective = try await house.useCases.effectivePolicy(
                site: nil, group: nil, asset: House.asset("web-4").text, gustav, Moment())
            #expect(fresh.policy == effective.policy.classification.pin)
            #expect(effective.policy.path.site == "default")
        }
    }

    @Test("A rollout is planned by the policy of its targets, and pins it")
    func rollouts() async throws {
        try await withHouse { house in
            let patch = try await house.approved()
            try await publish(
                """
                {"rollout":{"rollout_capacity":3,"approval_expiry_seconds":7200,\
                "gate":{"max_percent":1},"batches":{"important":"2,rest"},\
                "soak":{"important_first_seconds":11}}}
                """, "site:default", house)
            var request = PlanRequest(patch: patch.text, selection: House.production)
            let planned = try await house.useCases.plan(request, house.order(rita))
            #expect(planned.plan.batches.map(\.count) == [2, 2])
            #expect(planned.plan.soakSeconds.first == 11)
            #expect(planned.plan.capacity == 3)
            #expect(planned.plan.gate.maxPercent == 1)
            #expect(planned.plan.policy?.version == 2)
            // One asset has other rules: the strict one is not loosened by company.
            try await publish(
                #"{"rollout":{"gate":{"max_percent":0}}}"#,
                "asset:\(House.asset("web-2").text)", house)
            #expect(
                try await house.code(house.order(rita)) {
                    try await house.useCases.plan(request, $0)
                } == "invalid target")
            request = PlanRequest(
                patch: patch.text,
                selection: AssetSelection(assets: [House.asset("web-2").text]))
            let strict = try await house.useCases.plan(request, house.order(rita))
            #expect(strict.plan.gate.maxPercent == 0)
            #expect(strict.plan.policy?.version == 3)

            // A plan that was made by another policy is not applied any more.
            #expect(
                try await house.code(house.order(rita)) {
                    try await house.useCases.apply(
                        planned.plan.rollout.text, digest: planned.digest.description, $0)
                } == "stale-plan")
            try await publish("{}", "asset:\(House.asset("web-2").text)", house)
            let before = house.clock.now
            _ = try await house.schedule(planned)
            let approval = try await house.rollout(planned.plan.rollout).approvalExpires
            #expect(try #require(approval) <= before + .seconds(7300))
        }
    }

    @Test("The account's policy is copied into each patch that is identified after it")
    func patches() async throws {
        try await withHouse { house in
            try await publish(#"{"patch":{"approval_seconds":7200}}"#, "account", house)
            let patch = try await house.identified()
            #expect(try await house.patch(patch).policy.approvalSeconds == 7200)
            let group = TargetSelector(environments: [.production])
            #expect(
                try await house.useCases.exceptionPolicy(for: ExceptionScope(group: group))
                    == ExceptionPolicy())
        }
    }

    @Test("A year after its publication a policy is to be looked at; a review renews that")
    func review() async throws {
        try await withHouse { house in
            try await publish(#"{"review":{"interval_seconds":2592000}}"#, "account", house)
            let policy = PolicyScope.account.policy
            let due = try #require(
                try await house.bus.state(of: policy, as: PolicyDecider.self).state.reviewDue)
            #expect(due <= house.clock.now + .seconds(2_592_000))
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.reviewPolicy("account", reason: "fine", $0)
                } == "not-allowed")
            house.clock.pass(.seconds(86_400))
            _ = try await house.useCases.reviewPolicy(
                "account", reason: "still right", house.order(rolf))
            let renewed = try await house.bus.state(of: policy, as: PolicyDecider.self).state
            #expect(try #require(renewed.reviewDue) > due)

            // The database's clock says when a timer is due: what would come in a month comes now.
            house.clock.pass(.seconds(32 * 86_400))
            try await house.database.query(
                "update patchflow.timers set due = clock_timestamp() where stream = \(policy.text)")
            try await house.wait("the review to be due") {
                try await house.bus.state(of: policy, as: PolicyDecider.self).state.isReviewDue
            }
            var wish = ListWish()
            wish.limit = 1
            let list = try await house.useCases.list(.policy, gustav, wish, state: "reviewDue")
            #expect(list.documents.count == 1)
        }
    }

    @Test("What can't be is refused by its fields, and nothing is recorded")
    func refusals() async throws {
        try await withHouse { house in
            func faults(_ text: String, _ scope: String = "account") async throws -> [String] {
                let error = try await house.refusal(house.order(alice)) {
                    try await house.useCases.proposePolicy(
                        json(text), scope: scope, reason: "r", $0)
                }
                return (error as? InvalidInputs)?.inputs.map(\.field) ?? ["\(error)"]
            }
            #expect(
                try await faults(#"{"sla":1,"rollout":{"x":2}}"#)
                    == ["document.rollout.x", "document.sla"])
            #expect(
                try await faults(#"{"classification":{"warning_percent":100}}"#)
                    == ["document.classification.warning_percent"])
            #expect(
                try await faults(#"{"classification":{"sla":{"urgent_seconds":99999999}}}"#)
                    == ["document.classification.sla"])
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.proposePolicy(
                        json("{}"), scope: "team:a", reason: "r", $0)
                } == "invalid scope")
            #expect(
                try await house.code(house.order(gustav)) {
                    try await house.useCases.proposePolicy(
                        json("{}"), scope: "account", reason: "r", $0)
                } == "not-allowed")
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.examinePolicy("account", $0)
                } == "no policy")
            // A change above that breaks a site below shows in the what-if, and can't be published.
            try await publish(
                #"{"classification":{"sla":{"important_seconds":864000}}}"#, "site:berlin", house)
            _ = try await propose(
                #"{"classification":{"sla":{"urgent_seconds":950400}}}"#, "account", house)
            let examined = try await house.useCases.examinePolicy("account", house.order(alice))
            #expect(examined.whatIf.summary.faults.count == 1)
            #expect(examined.whatIf.summary.faults.first?.contains("site:berlin") == true)
            #expect(
                try await house.code(house.order(rolf)) {
                    try await house.useCases.publishPolicy(
                        "account", digest: examined.whatIf.proposal.description, reason: "r", $0)
                } == "policy-does-not-fit")
        }
    }

    @Test("What counted is shown as of any moment, with where each value comes from")
    func past() async throws {
        try await withHouse { house in
            try await publish(
                #"{"classification":{"sla":{"urgent_seconds":7200}}}"#, "account", house)
            let first = try await house.store.head()
            try await publish(
                #"{"classification":{"sla":{"urgent_seconds":3600}}}"#, "group:web", house)
            func value(_ moment: Moment) async throws -> EffectivePolicy.Value {
                try await house.useCases.effectivePolicy(
                    site: nil, group: "web", asset: nil, gustav, moment
                ).policy.values[0]
            }
            let now = try await value(Moment())
            #expect(now.value == .integer(3600))
            #expect(now.source.scope == .group("web"))
            #expect(now.hidden.map(\.source.scope) == [.account, nil])
            let then = try await value(Moment(asOf: "\(first)"))
            #expect(then.value == .integer(7200))
            #expect(try await value(Moment(asOf: "0")).source.scope == nil)
        }
    }
}
