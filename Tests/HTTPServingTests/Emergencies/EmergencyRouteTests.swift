import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

/// Emergencies, standing approvals and disasters over the wire.
@Suite(.timeLimit(.minutes(3))) struct EmergencyRouteTests {
    private struct People {
        let commander: String?
        let manager: String?
        let analyst: String?
        let first: String?
        let second: String?
        let owner: String?
        let administrator: String
    }

    private func withPeople(
        _ body: (ServedLog, People, _ patch: String) async throws -> Void
    ) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            // They outlast the days that a test lets pass.
            func token(_ person: String, _ roles: String...) async throws -> String? {
                let list = roles.map { "\"\($0)\"" }.joined(separator: ",")
                return try await log.post(
                    "/api/v1/tokens",
                    #"{"person":"\#(person)","roles":[\#(list)],"expires_in_seconds":2592000}"#,
                    as: administrator
                ).decode(TokenResource.self).secret
            }
            let people = People(
                commander: try await token("carl", "incidentCommander"),
                manager: try await token("rita", "releaseManager"),
                analyst: try await token("anna", "analyst", "vendorWatch"),
                first: try await token("peter", "approver"),
                second: try await token("paula", "approver"),
                owner: try await token("rolf", "riskOwner", "incidentCommander"),
                administrator: administrator)
            let made = try await log.post(
                "/api/v1/patches",
                #"{"vendor_id":"DSA-1","title":"curl","kind":"update","purpose":"security","#
                    + #""source_package":"curl","packages":[{"name":"curl","#
                    + #""architecture":"amd64","version":"7.88.1-2"}],"#
                    + #""origin":"Debian:12/stable-security","supersedes":[]}"#,
                as: people.analyst)
            #expect(made.status == 201, "\(made.text)")
            try await body(log, people, try made.decode(Receipt.self).id)
        }
    }

    private func declare(_ patch: String, team: String = "web", more: String = "") -> String {
        #"{"patch":"\#(patch)","target":{"environments":["production"]},"team":"\#(team)","#
            + #""reason":"it is attacked"\#(more)}"#
    }

    private func read(
        _ log: ServedLog, _ id: String, as token: String?
    ) async throws -> EmergencyResource {
        let head = try await log.useCases.store.head()
        return try await log.get(
            "/api/v1/emergencies/\(id)?min_position=\(head)", as: token
        ).decode()
    }

    @Test func twoDeclareItAndAnOverdueReviewKeepsTheNextOneBack() async throws {
        try await withPeople { log, people, patch in
            let made = try await log.post(
                "/api/v1/emergencies",
                declare(patch, more: #","freeze_override":"it can't wait""#),
                as: people.commander, key: "k")
            #expect(made.status == 201, "\(made.text)")
            let id = try made.decode(Receipt.self).id
            #expect(made.header("location") == "/api/v1/emergencies/\(id)")
            let proposed = try await read(log, id, as: people.analyst)
            #expect(proposed.state == "proposed" && proposed.review == "none")
            let confirm = #"{"digest":"\#(proposed.digest)","reason":"seen"}"#
            let path = "/api/v1/emergencies/\(id)"
            let own = try await log.post("\(path):confirm", confirm, as: people.commander)
            #expect(try own.problem.code == "proposer-may-not-confirm")
            #expect(own.status == 403)
            for stranger in [people.administrator, people.first, people.analyst] {
                let refused = try await log.post("\(path):confirm", confirm, as: stranger)
                #expect(refused.status == 403, "\(refused.text)")
            }
            let other = try await log.post(
                "\(path):confirm",
                confirm.replacing(proposed.digest, with: String(repeating: "0", count: 64)),
                as: people.manager)
            #expect(other.status == 412)
            let confirmed = try await log.post(
                "\(path):confirm", confirm, as: people.manager, key: "c")
            #expect(confirmed.status == 200, "\(confirmed.text)")
            let again = try await log.post(
                "\(path):confirm", confirm, as: people.manager, key: "c")
            #expect(try again.decode(Receipt.self) == confirmed.decode(Receipt.self))
            let declared = try await read(log, id, as: people.analyst)
            #expect(declared.state == "declared" && declared.review == "owed")
            #expect(declared.freezeOverride == "it can't wait")

            log.clock.advance(by: .seconds(6 * 86_400))
            let next = try await log.post(
                "/api/v1/emergencies", declare(patch, team: " WEB "), as: people.commander)
            #expect(next.status == 201, "\(next.text)")
            let nextID = try next.decode(Receipt.self).id
            let seen = try await read(log, nextID, as: people.analyst)
            let body = #"{"digest":"\#(seen.digest)","reason":"seen"}"#
            let barred = try await log.post(
                "/api/v1/emergencies/\(nextID):confirm", body, as: people.manager)
            #expect(try barred.problem.code == "reviews-overdue")
            #expect(try barred.problem.detail.contains(id))
            let lifted = try await log.post(
                "/api/v1/emergencies/\(nextID):confirm", body, as: people.owner)
            #expect(lifted.status == 200, "\(lifted.text)")
            #expect(try await read(log, nextID, as: people.owner).passedOver == [id])

            let review = #"{"outcome":"patch sooner"}"#
            let live = try await log.post("\(path):review", review, as: people.analyst)
            #expect(try live.problem.code == "wrong-state")
            _ = try await log.post("\(path):end", #"{"reason":"done"}"#, as: people.manager)
            let byDeclarer = try await log.post("\(path):review", review, as: people.commander)
            #expect(try byDeclarer.problem.code == "declarer-may-not-review")
            let reviewed = try await log.post("\(path):review", review, as: people.analyst)
            #expect(try reviewed.decode(Receipt.self).state == "reviewed")
            let done = try await read(log, id, as: people.analyst)
            #expect(done.review == "done" && done.outcome?.wasOverdue == true)
            let head = try await log.useCases.store.head()
            let list: ListPage<EmergencyResource> = try await log.get(
                "/api/v1/emergencies?review=owed&min_position=\(head)", as: people.analyst
            ).decode()
            #expect(list.data.map(\.id) == [nextID])
        }
    }

    @Test func whatCannotBeMeantIsRefusedByItsField() async throws {
        try await withPeople { log, people, patch in
            let nobody = "pa_00000000-0000-4000-8000-000000000000"
            for (body, status, field) in [
                (declare("x"), 422, "patch"), (declare(nobody), 422, "patch"),
                (declare(patch, more: #","colour":"red""#), 400, "colour"),
                (
                    declare(patch).replacing(#"["production"]"#, with: #"["moon"]"#), 422,
                    "target.environments"
                ),
            ] {
                let reply = try await log.post(
                    "/api/v1/emergencies", body, as: people.commander)
                #expect(reply.status == status, "\(reply.text)")
                #expect(try reply.problem.errors.first?.field == field)
            }
            let teamless = try await log.post(
                "/api/v1/emergencies", declare(patch, team: " "), as: people.commander)
            #expect(try teamless.problem.code == "bad-team")
            let filter = try await log.get(
                "/api/v1/emergencies?review=late", as: people.analyst)
            #expect(filter.status == 422)
        }
    }

    @Test func aStandingApprovalNeedsAPolicyAndTwoApprovers() async throws {
        try await withPeople { log, people, _ in
            let until = (log.clock.now + .seconds(30 * 86_400)).description
            let body =
                #"{"risk_class":"important","product":"curl","#
                + #""target":{"environments":["production"]},"until":"\#(until)","reason":"weekly"}"#
            let unallowed = try await log.post(
                "/api/v1/standing-approvals", body, as: people.first)
            #expect(try unallowed.problem.code == "standing-not-allowed")
            try await publish(
                log, #"{"patch":{"standing":{"important":true}}}"#, people)
            let made = try await log.post(
                "/api/v1/standing-approvals", body, as: people.first, key: "s")
            #expect(made.status == 201, "\(made.text)")
            let receipt: Receipt = try made.decode()
            let path = "/api/v1/standing-approvals/\(receipt.id)"
            let shown: StandingApprovalResource = try await log.get(
                "\(path)?min_position=\(receipt.position)", as: people.analyst
            ).decode()
            let grant = #"{"digest":"\#(shown.digest)","reason":"read"}"#
            let own = try await log.post("\(path):grant", grant, as: people.first)
            #expect(try own.problem.code == "proposer-may-not-grant")
            let byManager = try await log.post("\(path):grant", grant, as: people.manager)
            #expect(byManager.status == 403)
            let granted = try await log.post("\(path):grant", grant, as: people.second)
            #expect(try granted.decode(Receipt.self).state == "granted")
            let revoked = try await log.post(
                "\(path):revoke", #"{"reason":"it broke"}"#, as: people.owner)
            #expect(try revoked.decode(Receipt.self).state == "revoked")
            let head = try await log.useCases.store.head()
            let list: ListPage<StandingApprovalResource> = try await log.get(
                "/api/v1/standing-approvals?state=revoked&product=curl&min_position=\(head)",
                as: people.analyst
            ).decode()
            #expect(list.data.map(\.id) == [receipt.id])
            #expect(list.data[0].end?.cause == "revoked")
        }
    }

    private func publish(_ log: ServedLog, _ document: String, _ people: People) async throws {
        let made = try await log.post(
            "/api/v1/policies",
            #"{"scope":"account","document":\#(document),"reason":"agreed"}"#,
            as: people.analyst)
        #expect(made.status < 300, "\(made.text)")
        let receipt: Receipt = try made.decode()
        let what = try await log.post(
            "/api/v1/policies/\(receipt.id):what-if", "{}", as: people.analyst)
        #expect(what.status < 300, "\(what.text)")
        let head = try await log.useCases.store.head()
        let shown: PolicyResource = try await log.get(
            "/api/v1/policies/\(receipt.id)?min_position=\(head)", as: people.analyst
        ).decode()
        let digest = shown.proposal?.digest ?? ""
        let published = try await log.post(
            "/api/v1/policies/\(receipt.id):publish",
            #"{"digest":"\#(digest)","reason":"read"}"#, as: people.owner)
        #expect(published.status < 300, "\(published.text)")
    }

    @Test func manyAreDecidedOneByOne() async throws {
        try await withPeople { log, people, patch in
            let digest = String(repeating: "0", count: 64)
            let nobody = "ro_00000000-0000-4000-8000-000000000000"
            func items(_ ids: [String]) -> String {
                let list = ids.map { #"{"id":"\#($0)","digest":"\#(digest)"}"# }
                return #"{"items":[\#(list.joined(separator: ","))],"reason":"read"}"#
            }
            let reply = try await log.post(
                "/api/v1/approvals", items([patch, nobody, "x"]), as: people.first)
            #expect(reply.status == 200, "\(reply.text)")
            let answer: ApproveManyResource = try reply.decode()
            #expect(answer.refused == 3 && answer.approved == 0)
            #expect(
                answer.data.map { $0.problem?.code } == [
                    "wrong-state", "not-found", "invalid-field",
                ])
            #expect(answer.data.map(\.id) == [patch, nobody, "x"])
            let twice = try await log.post(
                "/api/v1/approvals", items([patch, patch]), as: people.first)
            #expect(try twice.problem.errors.first?.field == "items")
            let none = try await log.post("/api/v1/approvals", items([]), as: people.first)
            #expect(none.status == 422)
            for stranger in [people.administrator, people.manager] {
                let refused = try await log.post(
                    "/api/v1/approvals", items([patch]), as: stranger)
                #expect(refused.status == 403)
            }
        }
    }

    @Test func aDisasterIsWorkedOffStepByStep() async throws {
        try await withPeople { log, people, _ in
            let goal = (log.clock.now + .seconds(7200)).description
            let body =
                #"{"name":"the north burns","owner":"web","steps":["cut off","restore"],"#
                + #""goal":"\#(goal)","reason":"all of it is down"}"#
            let refused = try await log.post("/api/v1/disasters", body, as: people.manager)
            #expect(refused.status == 403)
            let made = try await log.post("/api/v1/disasters", body, as: people.commander)
            #expect(made.status == 201, "\(made.text)")
            let path = "/api/v1/disasters/\(try made.decode(Receipt.self).id)"
            let step = try await log.post(
                "\(path):finish-step", #"{"step":1,"note":"cut"}"#, as: people.manager)
            #expect(step.status == 200, "\(step.text)")
            let open = try await log.post(
                "\(path):close", #"{"reason":"up"}"#, as: people.commander)
            #expect(try open.problem.code == "steps-open")
            let closed = try await log.post(
                "\(path):close", #"{"reason":"rebuilt","leaves_open":true}"#,
                as: people.commander)
            let receipt: Receipt = try closed.decode()
            let shown: DisasterResource = try await log.get(
                "\(path)?min_position=\(receipt.position)", as: people.analyst
            ).decode()
            #expect(shown.state == "closed" && shown.closing?.leftOut == [2])
            #expect(shown.steps.map { $0.doneBy != nil } == [true, false])
        }
    }
}
