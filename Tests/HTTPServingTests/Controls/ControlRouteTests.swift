import APIContract
import Application
import EventSourcing
import FoundationEssentials
import Testing

/// Security controls over the wire.
@Suite(.timeLimit(.minutes(2))) struct ControlRouteTests {
    @Test func aControlIsRegisteredVerifiedAndWithdrawn() async throws {
        try await withRiskPeople { log, people, asset in
            let body = """
                {"name":"edge","kind":"firewall","description":"in front",\
                "assets":["\(asset)"],"group":{"environments":["lab"],"groups":["db"]}}
                """
            let made = try await log.post("/api/v1/controls", body, as: people.analyst)
            #expect(made.status == 200, "\(made.text)")
            let id = try made.decode(Receipt.self).id
            let again = try await log.post("/api/v1/controls", body, as: people.analyst)
            #expect(try again.decode(Receipt.self).version == 1, "a name is one control")

            let digest = String(repeating: "ab", count: 32)
            let verification =
                #"{"evidence":"\#(digest)","method":"scan","until":"\#(log.end())"}"#
            let denied = try await log.post(
                "/api/v1/controls/\(id):verify", verification, as: people.owner)
            #expect(denied.status == 403)
            let short = try await log.post(
                "/api/v1/controls/\(id):verify", verification.replacing(digest, with: "ab"),
                as: people.analyst)
            #expect(try short.problem.errors.first?.field == "evidence")
            let verified = try await log.post(
                "/api/v1/controls/\(id):verify", verification, as: people.analyst)
            #expect(try verified.decode(Receipt.self).state == "verified", "\(verified.text)")
            let withdrawn = try await log.post(
                "/api/v1/controls/\(id):withdraw", #"{"reason":"gone"}"#, as: people.analyst)
            #expect(try withdrawn.decode(Receipt.self).state == "lapsed")
            let lapsed: ListPage<ControlResource> = try await log.get(
                "/api/v1/controls?state=lapsed", as: people.owner
            ).decode()
            #expect(lapsed.data.map(\.lapse?.cause) == ["withdrawn"])
            #expect(lapsed.data[0].group?.groups == ["db"])
            #expect(lapsed.data[0].verification?.evidence == digest)
        }
    }
}
