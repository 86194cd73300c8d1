import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

@Suite("A patch rests while exceptions are for all of its assets", .timeLimit(.minutes(3)))
struct ExceptedPatchWorkflowTests {
    private func exception(
        _ scope: ExceptionScope, _ house: House, seconds: Int = 86_400
    ) async throws -> StreamID {
        try await house.granted(
            ExceptionRequest(
                kind: .acceptRisk, scope: scope, until: house.clock.now + .seconds(seconds),
                reason: "they are replaced"))
    }

    @Test("Two exceptions together are for all: it is excepted, and goes on when one ends")
    func together() async throws {
        try await withHouse { house in
            let patch = try await house.acquired()
            let web = try await exception(
                ExceptionScope(group: TargetSelector(environments: [.production])), house)
            let lab = try await exception(ExceptionScope(assets: [House.lab]), house)
            try await house.wait(for: patch, .excepted)
            #expect(try await house.patch(patch).exceptions == [web, lab].sorted())
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.test(
                        patch.text, sample: [House.lab.text], $0)
                } == "wrong-state")
            let page = try await house.useCases.list(
                .patch, gustav, ListWish(), state: "excepted")
            #expect(page.documents.count == 1)
            let pack = try await house.useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: true)
            #expect(pack.exceptions?.map(\.exception) == [web, lab].sorted())
            #expect(pack.exceptions?.allSatisfy { $0.grantedBy == rolf.person.text } == true)

            _ = try await house.useCases.revokeException(
                lab.text, reason: "it stays", house.order(rolf))
            try await house.wait(for: patch, .acquired)
            // What was granted stays in the evidence when it is over.
            let after = try await house.useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: true)
            #expect(after.exceptions?.count == 2)
        }
    }

    @Test("One that names the patch is for all of its assets; its end leads back by itself")
    func named() async throws {
        try await withHouse { house in
            let patch = try await house.acquired()
            let id = try await exception(ExceptionScope(patches: [patch]), house, seconds: 15)
            try await house.wait(for: patch, .excepted)
            try await house.wait("the exception to end") {
                try await house.exception(id).phase == .expired
            }
            try await house.wait(for: patch, .acquired)
        }
    }
}
