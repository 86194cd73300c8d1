import APIContract
import Application
import EventSourcing
import FoundationEssentials
import JSON
import PatchManagement
import Testing

/// Policies over the wire.
@Suite(.timeLimit(.minutes(2))) struct PolicyRouteTests {
    private static let body =
        #"{"scope":"site:berlin","reason":"the audit","#
        + #""document":{"classification":{"sla":{"urgent_seconds":86400}}}}"#

    @Test func aPolicyIsProposedLookedAtAndPublishedByAnother() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let rolf = try await log.token("rolf", "riskOwner", by: administrator).secret
            let path = "/api/v1/policies/site%3Aberlin"

            let proposed = try await log.post("/api/v1/policies", Self.body, as: anna, key: "k")
            #expect(proposed.status == 200, "\(proposed.text)")
            let receipt: Receipt = try proposed.decode()
            #expect(receipt.state == "proposed")
            #expect(
                try await log.post("/api/v1/policies", Self.body, as: anna, key: "k").text
                    == proposed.text, "I10")

            let whatIf: PolicyWhatIfResource = try await log.post(
                "\(path):what-if", "{}", as: anna
            ).decode()
            #expect(whatIf.scope == "site:berlin")
            #expect(whatIf.fields.map(\.field) == ["classification.sla.urgent_seconds"])
            #expect(whatIf.fields.first?.after == .integer(86_400))
            #expect(whatIf.examined == 0)

            let publication = #"{"digest":"\#(whatIf.digest)","reason":"read"}"#
            let refused = try await log.post("\(path):publish", publication, as: anna)
            #expect(refused.status == 403)
            let stale = try await log.post(
                "\(path):publish",
                publication.replacing(whatIf.digest, with: Digest(of: "x").description),
                as: rolf)
            #expect(stale.status == 412)
            #expect(try stale.problem.code == "stale-proposal")
            let published = try await log.post("\(path):publish", publication, as: rolf)
            #expect(published.status == 200, "\(published.text)")

            let policy: PolicyResource = try await log.get(path, as: anna).decode()
            #expect(policy.id == receipt.id)
            #expect(policy.state == "published")
            #expect(policy.published?.version == 1)
            #expect(
                policy.published?.document["classification"]?["sla"]?["urgent_seconds"]
                    == .integer(86_400))
            #expect(policy.proposal == nil)
            #expect(policy.reviewDueAt != nil)
            let list: ListPage<PolicyResource> = try await log.get(
                "/api/v1/policies?level=site&state=published", as: anna
            ).decode()
            #expect(list.data.map(\.id) == [receipt.id])
            #expect(
                try await log.get("/api/v1/policies?state=odd", as: anna).status == 422)

            let effective: EffectivePolicyResource = try await log.get(
                "/api/v1/policies/effective?site=berlin", as: anna
            ).decode()
            #expect(effective.values.first?.value == .integer(86_400))
            #expect(effective.values.first?.scope == "site:berlin")
            #expect(effective.values.first?.hidden.map(\.value) == [.integer(259_200)])
            #expect(effective.sections.first?.version == 2)
        }
    }

    @Test func windowsAreShownAsTheyCome() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let rolf = try await log.token("rolf", "riskOwner", by: administrator).secret
            let body =
                #"{"scope":"site:berlin","reason":"r","document":{"windows":{"maintenance":["#
                + #"{"name":"nightly","start":"2026-01-06T22:00","time_zone":"Europe/Berlin","#
                + #""rule":"FREQ=WEEKLY;BYDAY=TU","duration_seconds":7200,"cutoff_seconds":600}],"#
                + #""freezes":[{"name":"holidays","from":"2026-01-13T00:00:00Z","#
                + #""to":"2026-01-14T00:00:00Z"}]}}}"#
            let path = "/api/v1/policies/site%3Aberlin"
            #expect(try await log.post("/api/v1/policies", body, as: anna).status == 200)
            let whatIf: PolicyWhatIfResource = try await log.post(
                "\(path):what-if", "{}", as: anna
            ).decode()
            let published = try await log.post(
                "\(path):publish", #"{"digest":"\#(whatIf.digest)","reason":"read"}"#, as: rolf)
            #expect(published.status == 200, "\(published.text)")

            let at = "from=2026-01-06T21:30:00Z"
            let windows: WindowsResource = try await log.get(
                "/api/v1/policies/windows?site=berlin&limit=2&\(at)", as: anna
            ).decode()
            #expect(windows.state == "open")
            #expect(windows.openings.map(\.localStart) == ["2026-01-06T22:00", "2026-01-13T22:00"])
            #expect(windows.openings.first?.startsAt == "2026-01-06T21:00:00.000000Z")
            #expect(windows.openings.first?.lastStartAt == "2026-01-06T22:50:00.000000Z")
            #expect(windows.openings.map(\.frozenBy) == [[], ["holidays"]])
            let elsewhere: WindowsResource = try await log.get(
                "/api/v1/policies/windows?site=bonn&\(at)", as: anna
            ).decode()
            #expect(elsewhere.openings.isEmpty && elsewhere.state == "unrestricted")
            for wrong in ["limit=0", "limit=101", "from=tomorrow", "site=a%20b", "asset=as_x"] {
                let reply = try await log.get("/api/v1/policies/windows?\(wrong)", as: anna)
                #expect([404, 422].contains(reply.status), "\(wrong): \(reply.text)")
            }
        }
    }

    @Test func everyWrongFieldIsNamedAtOnceAndNothingIsWritten() async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let anna = try await log.token("anna", "analyst", by: administrator).secret
            let before = try await log.useCases.store.head()
            let cases: [(String, Int, [String])] = [
                (
                    #"{"scope":"account","reason":"r","document":{"sla":{},"tracks":{"os":1}}}"#,
                    422, ["document.sla", "document.tracks.os"]
                ),
                (
                    #"{"scope":"account","reason":"r","document":"#
                        + #"{"tracks":{"os":1},"rollout":{"rollout_capacity":0}}}"#,
                    422, ["document.rollout.rollout_capacity", "document.tracks.os"]
                ),
                (
                    #"{"scope":"site:a","reason":"r","document":{"retention":{"online_seconds":1}}}"#,
                    422, ["document.retention.online_seconds"]
                ),
                (
                    #"{"scope":"site:a","reason":"r","document":{"windows":{"maintenance":[{}]}}}"#,
                    422, ["document.windows.maintenance"]
                ),
                (#"{"scope":"x","reason":"r","document":{}}"#, 422, ["scope"]),
                (#"{"scope":"account","reason":"r"}"#, 422, ["document"]),
                (#"{"scope":"account","reason":"r","document":{},"x":1}"#, 400, ["x"]),
            ]
            for (body, status, fields) in cases {
                let reply = try await log.post("/api/v1/policies", body, as: anna)
                #expect(reply.status == status, "\(reply.text)")
                #expect(try reply.problem.errors.map(\.field) == fields, "\(reply.text)")
            }
            let empty = try await log.post(
                "/api/v1/policies", #"{"scope":"account","reason":"r","document":{}}"#, as: anna)
            #expect(try empty.problem.code == "changes-nothing")
            #expect(try await log.get("/api/v1/policies/team:x", as: anna).status == 404)
            #expect(
                try await log.get("/api/v1/policies/effective?site=a%20b", as: anna).status
                    == 422)
            #expect(try await log.useCases.store.head() == before)
        }
    }
}
