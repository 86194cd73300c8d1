import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// The same with a real update of Debian's security archive: for a machine whose mirror can be
/// reached, so only when `PATCHFLOW_TEST_DEBIAN_SECURITY` is set.
@Suite(
    .enabled(
        if: TestFleet.obstacle == nil, "real Debian hosts need root on a Debian machine"),
    .enabled(
        if: ProcessInfo.processInfo.environment["PATCHFLOW_TEST_DEBIAN_SECURITY"] != nil,
        "set PATCHFLOW_TEST_DEBIAN_SECURITY=1 where a Debian mirror can be reached"),
    .fleet(1, options: ["--debian-security", "--packages", "pf-demo"]))
struct DebianSecurityTests {
    @Test func aRealUpdateIsInstalledVerifiedAndRolledBack() async throws {
        let scene = try Scene(1)
        let found = await scene.perform(.discover, fence: 1, limit: .seconds(180))
        guard case .offers(let offers) = found else { throw Surprise(found) }
        let updates = offers.filter { $0.origin.hasPrefix("Debian-Security:") }
        #expect(updates.allSatisfy { $0.fromSecurityArchive })
        // The smallest source that is one package here, so that it can be installed alone.
        let bySource = Dictionary(grouping: updates, by: \.source)
        let alone = bySource.values.filter { $0.count == 1 }.map { $0[0] }
        let update = try #require(
            alone.min { $0.size < $1.size }, "the security archive offers none: \(offers)")
        print("updating \(update.name) \(update.installedVersion) to \(update.offeredVersion)")

        let selection = PackageSelection(
            name: update.name, architecture: update.architecture, version: update.offeredVersion)
        let acquired = await scene.perform(.acquire(packages: [selection]), fence: 1)
        guard case .acquired(let pins) = acquired else { throw Surprise(acquired) }
        #expect(pins.map(\.sha256) == [update.sha256])
        let check = await scene.perform(.precheck(packages: pins), fence: 1)
        guard case .precheck(let report) = check else { throw Surprise(check) }
        #expect(report.obstacles == [])

        let attempt = UUID()
        let backup = await scene.perform(.backUp(attempt: attempt, packages: pins), fence: 10)
        guard case .backUp(let prior) = backup else { throw Surprise(backup) }
        #expect(prior.map(\.version) == [update.installedVersion])
        #expect(prior.allSatisfy { $0.keptFile != nil }, "Debian's archive still has it")
        let installed = await scene.perform(.install(attempt: attempt, packages: pins), fence: 11)
        #expect(installed.execution?.exitCode == 0, "\(installed)")
        #expect(
            try await scene.verify(update.name).installed.map(\.version)
                == [update.offeredVersion])
        let back = await scene.perform(.rollBack(attempt: attempt, packages: prior), fence: 12)
        #expect(back.execution?.exitCode == 0, "\(back)")
        #expect(
            try await scene.verify(update.name).installed.map(\.version)
                == [update.installedVersion])
    }
}
