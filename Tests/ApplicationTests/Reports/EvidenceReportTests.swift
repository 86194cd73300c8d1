import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("The evidence of a patch as a report", .timeLimit(.minutes(3)))
struct EvidenceReportTests {
    @Test("What is missing is named; what is there is shown to whoever asks for a part")
    func incomplete() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.submitted()
            await #expect(throws: EvidenceIncomplete.self) {
                try await useCases.evidence(of: patch.text, gustav, Moment(), isPartial: false)
            }
            do {
                _ = try await useCases.evidence(
                    of: patch.text, gustav, Moment(), isPartial: false)
            } catch let error as EvidenceIncomplete {
                #expect(error.code == "evidence-incomplete")
                #expect(
                    error.missing.map(\.item) == [
                        .patchApproval, .planApproval, .gateEvaluations, .assetVersions,
                        .laterVerification,
                    ])
                #expect(error.message.contains("nobody approved it"))
            }
            let pack = try await useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: true)
            #expect(pack.present.contains(.signOff))
            #expect(pack.state == "awaitingApproval")
        }
    }

    @Test("The past is shown as it was, and there is none before the patch")
    func past() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await useCases.identify(House.identification, house.order(alice))
            _ = try await useCases.withdraw(patch.id.text, reason: "recalled", house.order(alice))
            let then = try await useCases.evidence(
                of: patch.id.text, gustav, Moment(asOf: "\(patch.position)"), isPartial: true)
            #expect(then.state == "identified")
            #expect(then.position == patch.position)
            await #expect(throws: NotFound(.patch, patch.id.text)) {
                try await useCases.evidence(
                    of: patch.id.text, gustav, Moment(asOf: "0"), isPartial: true)
            }
            await #expect(throws: QueryError.self) {
                try await useCases.evidence(
                    of: patch.id.text, gustav, Moment(asOf: "1000000"), isPartial: true)
            }
            await #expect(throws: NotFound(.patch, unknownPatch.text)) {
                try await useCases.evidence(
                    of: unknownPatch.text, gustav, Moment(), isPartial: true)
            }
            await #expect(throws: NotAllowed.self) {
                try await useCases.evidence(
                    of: patch.id.text, person(9, .worker), Moment(), isPartial: true)
            }
        }
    }

    @Test("What still runs the old version is shown, with the deployment and in the evidence")
    func outdatedProcess() async throws {
        try await withHouse { house in
            let shell = OutdatedProcess(
                pid: 812, name: "bash", service: "ssh", file: "/usr/lib/libcurl.so.4.8.0")
            house.hosts.leave(running: shell, on: "web-1")
            let planned = try await house.scheduled()
            _ = try await house.useCases.startRollout(
                planned.plan.rollout.text, house.order(rita))
            try await house.wait(for: planned.plan.patch, .documented)

            let pack = try await house.useCases.evidence(
                of: planned.plan.patch.text, gustav, Moment(), isPartial: false)
            let outdated = pack.assets.map { ($0.name, $0.outdated) }.sorted { $0.0 < $1.0 }
            #expect(outdated.map(\.1) == [[shell], [], [], []])
            #expect(
                pack.markdown().contains("| web-1 | bash (812) | ssh | /usr/lib/libcurl.so.4.8.0 |")
            )
            let target = try #require(
                planned.plan.batches.joined().first { $0.host.name == "web-1" })
            try await house.wait("the deployment to be shown") {
                let shown = try await house.useCases.show(
                    .deployment,
                    StreamID.deployment(of: target.asset, in: planned.plan.rollout).text, gustav,
                    Moment())
                return String(decoding: shown.document, as: UTF8.self).contains(
                    "restart what still runs replaced files: bash (ssh, 812)")
            }
        }
    }
}
