import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// A host goes down when it is told to, once, and shows another boot id when it is back.
extension RealHosts {
    @Suite struct OrderedReboots {
        private func bootID(_ scene: Scene) async -> String? {
            let result = await scene.perform(
                .check(argv: ["/bin/true"], seconds: 10), fence: 1, limit: .seconds(20))
            guard case .checked(let report) = result else { return nil }
            return report.bootID
        }

        private func wait(for scene: Scene, besides before: String) async throws -> String {
            for _ in 0..<60 {
                if let now = await bootID(scene), now != before { return now }
                try await Task.sleep(for: .milliseconds(500))
            }
            throw Surprise(.failed(WorkFailure(.unreachable, "it is not back after 30 s")))
        }

        @Test func aHostThatNeedsARebootIsRebootedOnce() async throws {
            let scene = try Scene(30)
            let pin = try await scene.pin("pf-reboot")
            let attempt = UUID()
            let installed = await scene.install(pin, attempt: attempt, fence: 11)
            let before = try #require(installed.execution, "\(installed)")
            #expect(before.rebootRequired)

            let told = await scene.perform(
                .reboot(attempt: attempt, bootID: before.bootID), fence: 12)
            let report = try #require(told.execution, "\(told)")
            #expect(report.exitCode == 0 && report.bootID == before.bootID)
            let after = try await wait(for: scene, besides: before.bootID)
            let verified = try await scene.verify("pf-reboot")
            #expect(!verified.rebootRequired && verified.bootID == after)

            // Its record has outlived the boot: the same order is not carried out again (I4).
            let probed = await scene.probe(attempt, .reboot, fence: 13)
            guard case .probe(.finished(let known)) = probed else { throw Surprise(probed) }
            #expect(known.bootID == before.bootID)
            let again = await scene.perform(
                .reboot(attempt: attempt, bootID: before.bootID), fence: 14)
            #expect(again.failure?.cause == .refusedByHost, "\(again)")
            // Nor one of another attempt that was made for the boot before.
            let late = await scene.perform(
                .reboot(attempt: UUID(), bootID: before.bootID), fence: 15)
            #expect(try #require(late.execution, "\(late)").exitCode == 0)
            try await Task.sleep(for: .seconds(4))
            #expect(await bootID(scene) == after)
        }

        @Test func whatIsNoBootIDIsRefused() async throws {
            let result = await (try Scene(30)).perform(
                .reboot(attempt: UUID(), bootID: "x; reboot"), fence: 1)
            #expect(result.failure?.cause == .invalidOrder)
        }
    }
}
