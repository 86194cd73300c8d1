import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

@Suite("Exceptions are asked for by one person and granted by another", .timeLimit(.minutes(2)))
struct ExceptionUseCaseTests {
    private func request(
        _ house: House, _ kind: ExceptionKind = .acceptRisk, assets: [StreamID] = [],
        findings: [StreamID] = [], patches: [StreamID] = [], control: StreamID? = nil,
        days: Int = 90
    ) -> ExceptionRequest {
        ExceptionRequest(
            kind: kind, scope: ExceptionScope(findings: findings, patches: patches, assets: assets),
            until: house.clock.now + .seconds(days * 86_400), reason: "the vendor is slow",
            control: control)
    }

    private func grant(_ request: ExceptionRequest) -> ExceptionGrant {
        ExceptionGrant(
            digest: request.digest.description, restart: .keeps, reason: "it is worth it")
    }

    @Test("I14: who asked does not grant, who grants has seen what was asked")
    func twoPeople() async throws {
        try await withHouse { house in
            try await house.discover()
            let roberta = person(9, .riskOwner)
            let wanted = request(house, assets: [House.asset("web-1")])
            let id = try await house.useCases.requestException(wanted, house.order(roberta)).id
            #expect(
                try await house.code(house.order(roberta)) {
                    try await house.useCases.approveException(id.text, grant(wanted), $0)
                } == "requester-may-not-grant")
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.approveException(id.text, grant(wanted), $0)
                } == "not-allowed")
            let other = request(house, assets: [House.asset("web-2")])
            #expect(
                try await house.code(house.order(rolf)) {
                    try await house.useCases.approveException(id.text, grant(other), $0)
                } == "stale-request")
            let written = try await house.useCases.approveException(
                id.text, grant(wanted), house.order(rolf))
            #expect(written.state == "granted")
            let shown = try await house.useCases.show(.exception, id.text, gustav, Moment())
            #expect(shown.state == "granted")
            let text = String(decoding: shown.document, as: UTF8.self)
            #expect(text.contains(roberta.person.text) && text.contains(rolf.person.text))
        }
    }

    @Test("I10: the same request under the same key is one exception")
    func once() async throws {
        try await withHouse { house in
            try await house.discover()
            let wanted = request(house, assets: [House.asset("web-1")])
            let order = house.order(alice)
            let first = try await house.useCases.requestException(wanted, order)
            let again = try await house.useCases.requestException(wanted, order)
            #expect(first.id == again.id && first.position == again.position)
            let other = try await house.useCases.requestException(wanted, house.order(alice))
            #expect(other.id != first.id)
            let list = try await house.useCases.list(
                .exception, gustav, ListWish(), state: "requested")
            #expect(list.documents.count == 2)
        }
    }

    @Test("What its scope names has to be there, and its control to be verified")
    func scope() async throws {
        try await withHouse { house in
            try await house.discover()
            let nobody = UUID()
            let unknown: [(ExceptionRequest, String)] = [
                (request(house, assets: [StreamID(prefix: "as", nobody)]), "scope.assets"),
                (request(house, findings: [StreamID(prefix: "fi", nobody)]), "scope.findings"),
                (request(house, patches: [StreamID(prefix: "pa", nobody)]), "scope.patches"),
                (
                    request(
                        house, .compensatingControl, assets: [House.asset("web-1")],
                        control: StreamID(prefix: "ct", nobody)), "control"
                ),
            ]
            for (wanted, field) in unknown {
                #expect(
                    try await house.code(house.order(alice)) {
                        try await house.useCases.requestException(wanted, $0)
                    } == "invalid \(field)")
            }
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.requestException(request(house), $0)
                } == "bad-scope")
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.requestException(
                        request(house, assets: [House.asset("web-1")], days: 4000), $0)
                } == "end-out-of-range")

            let control = try await house.verifiedControl()
            let wanted = request(
                house, .compensatingControl, assets: [House.asset("web-1")], control: control)
            let id = try await house.useCases.requestException(wanted, house.order(alice)).id
            _ = try await house.useCases.withdrawControl(
                control.text, reason: "the rule is gone", house.order(alice))
            // The lapse ends the request as well, whichever comes first.
            let code = try await house.code(house.order(rolf)) {
                try await house.useCases.approveException(id.text, grant(wanted), $0)
            }
            #expect(["control-not-verified", "wrong-state"].contains(code))
            try await house.wait("the request to end") {
                try await house.exception(id).phase == .expired
            }
        }
    }

    @Test("A denial, and a revocation, say why; what nobody decides on is counted as forgotten")
    func ends() async throws {
        try await withHouse { house in
            try await house.discover()
            let wanted = request(house, assets: [House.asset("web-1")])
            let denied = try await house.useCases.requestException(wanted, house.order(alice)).id
            #expect(
                try await house.code(house.order(rolf)) {
                    try await house.useCases.denyException(denied.text, reason: " ", $0)
                } == "reason-missing")
            let written = try await house.useCases.denyException(
                denied.text, reason: "patch it", house.order(rolf))
            #expect(written.state == "denied")
            let scope = ExceptionScope(assets: [House.asset("web-1")])
            let brief = ExceptionRequest(
                kind: .acceptRisk, scope: scope, until: house.clock.now + .seconds(1),
                reason: "for a second")
            let forgotten = try await house.useCases.requestException(brief, house.order(alice)).id
            try await house.wait("its end") {
                try await house.exception(forgotten).phase == .expired
            }
            var wish = ListWish()
            wish.filter = ["is_forgotten": "true"]
            let list = try await house.useCases.list(.exception, gustav, wish)
            #expect(list.documents.count == 1)
            let text = String(decoding: list.documents[0], as: UTF8.self)
            #expect(text.contains(forgotten.text) && text.contains("notDecided"))
        }
    }
}
