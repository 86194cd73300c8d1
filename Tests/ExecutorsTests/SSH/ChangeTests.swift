import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// Back up, install, verify, roll back: on real hosts with real packages.
extension RealHosts {
    @Suite struct Changes {
        @Test func aPackageIsInstalledVerifiedAndRolledBack() async throws {
            let scene = try Scene(6)
            let pin = try await scene.pin("pf-demo")
            let attempt = UUID()
            let backup = await scene.perform(.backUp(attempt: attempt, packages: [pin]), fence: 10)
            guard case .backUp(let prior) = backup else { throw Surprise(backup) }
            #expect(prior.map(\.version) == ["1.0-1"])
            let kept = try #require(prior[0].keptFile)
            _ = try await scene.fleet.shell(
                scene.number, "sha256sum /var/lib/patchflow/kept/\(kept).deb | grep \(kept)")

            let installed = await scene.install(pin, attempt: attempt, fence: 11)
            let report = try #require(installed.execution, "\(installed)")
            #expect(report.exitCode == 0 && !report.rebootRequired)
            #expect(report.outputTail.contains("Setting up pf-demo (1.0-2)"))
            let output = try await scene.fleet.shell(
                scene.number,
                "cat /var/lib/patchflow/attempts/\(attempt.uuidString.lowercased()).install/output")
            #expect(Digest(of: output) == report.outputDigest)
            #expect(output.utf8.count == report.outputBytes)
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 1)

            let verified = try await scene.verify("pf-demo", command: "pf-demo-check")
            #expect(verified.installed.map(\.version) == ["1.0-2"])
            #expect(verified.services.first?.state == .running && verified.commandExitCode == 0)

            let back = await scene.perform(
                .rollBack(attempt: attempt, packages: prior), fence: 12)
            #expect(try #require(back.execution, "\(back)").exitCode == 0)
            let old = try await scene.verify("pf-demo", command: "pf-demo-check")
            #expect(old.installed.map(\.version) == ["1.0-1"])
            #expect(old.services.first?.state == .running && old.commandExitCode == 0)
        }

        @Test func whatStillRunsReplacedFilesIsToldByTheVerification() async throws {
            let scene = try Scene(21)
            let pin = try await scene.pin("pf-demo")
            // A program that has the same name in both versions, one that only the old one has, as
            // libraries do, and one that isn't the package's.
            let oldOnly = "/usr/share/pf-demo/old-only"
            try await scene.fleet.shell(
                scene.number,
                """
                echo \(oldOnly) >>/var/lib/dpkg/info/pf-demo.list
                for file in /usr/bin/pf-demo-check \(oldOnly) /usr/local/bin/stranger; do
                    cp /bin/sleep $file
                    setsid $file 600 </dev/null >/dev/null 2>&1 &
                done
                sleep 0.5
                rm /usr/local/bin/stranger
                """)
            #expect(try await scene.verify("pf-demo").outdated == [])

            #expect(await scene.install(pin, fence: 11).execution?.exitCode == 0)
            let told = try #require(try await scene.verify("pf-demo").outdated)
            #expect(Set(told.map(\.file)) == ["/usr/bin/pf-demo-check", oldOnly], "\(told)")
            #expect(Set(told.map(\.name)) == ["pf-demo-check", "old-only"])
            #expect(told.allSatisfy { $0.pid > 1 && $0.service == nil })

            try await scene.fleet.shell(
                scene.number, "kill \(told.map { "\($0.pid)" }.joined(separator: " "))")
            try await scene.waitUntil("! pgrep -x 'pf-demo-check|old-only'")
            #expect(try await scene.verify("pf-demo").outdated == [])
        }

        @Test func aServiceThatItsNewVersionBreaksIsFoundAndBroughtBack() async throws {
            let scene = try Scene(7)
            let pin = try await scene.pin("pf-breaks")
            let attempt = UUID()
            let backup = await scene.perform(.backUp(attempt: attempt, packages: [pin]), fence: 10)
            guard case .backUp(let prior) = backup else { throw Surprise(backup) }
            let installed = await scene.install(pin, attempt: attempt, fence: 11)
            #expect(installed.execution?.exitCode == 0, "the script hides that its service fails")
            let broken = try await scene.verify("pf-breaks", command: "pf-breaks-check")
            #expect(broken.installed.map(\.version) == ["1.0-2"])
            #expect(broken.services == [.init(name: "pf-breaks", state: .stopped)])
            #expect(broken.commandExitCode == 1)

            let back = await scene.perform(
                .rollBack(attempt: attempt, packages: prior), fence: 12)
            #expect(try #require(back.execution, "\(back)").exitCode == 0)
            let old = try await scene.verify("pf-breaks", command: "pf-breaks-check")
            #expect(old.installed.map(\.version) == ["1.0-1"])
            #expect(old.services.first?.state == .running && old.commandExitCode == 0)
        }

        @Test func aScriptThatFailsIsReportedAndItsPackageBroughtBack() async throws {
            let scene = try Scene(8)
            let pin = try await scene.pin("pf-fails")
            let attempt = UUID()
            let backup = await scene.perform(.backUp(attempt: attempt, packages: [pin]), fence: 10)
            guard case .backUp(let prior) = backup else { throw Surprise(backup) }
            let installed = await scene.install(pin, attempt: attempt, fence: 11)
            let report = try #require(installed.execution, "\(installed)")
            #expect(report.exitCode != 0)
            #expect(report.outputTail.contains("pf-fails: cannot configure"))
            #expect(try await scene.verify("pf-fails").installed == [], "unpacked is not installed")
            // The host still says what it has and what it lacks.
            let found = await scene.perform(.discover, fence: 1)
            guard case .offers(let offers) = found else { throw Surprise(found) }
            #expect(offers.contains { $0.name == "pf-demo" })

            let back = await scene.perform(
                .rollBack(attempt: attempt, packages: prior), fence: 12)
            #expect(try #require(back.execution, "\(back)").exitCode == 0)
            #expect(try await scene.version("pf-fails") == "installed 1.0-1")
        }

        @Test func aRebootThatIsNeededIsReported() async throws {
            let scene = try Scene(9)
            let pin = try await scene.pin("pf-reboot")
            let installed = await scene.install(pin, fence: 11)
            let report = try #require(installed.execution, "\(installed)")
            #expect(report.exitCode == 0 && report.rebootRequired)
            #expect(try await scene.verify("pf-reboot").rebootRequired)
            try await scene.fleet.command("reboot", "host-\(scene.number)")
            // The kept connection is dead by now.
            let after = try await scene.verify("pf-reboot")
            #expect(!after.rebootRequired && after.bootID != report.bootID)
        }

        @Test func aFloodOfOutputIsCapped() async throws {
            let scene = try Scene(10)
            let pin = try await scene.pin("pf-floods")
            let installed = await scene.install(pin, fence: 11)
            let report = try #require(installed.execution, "\(installed)")
            #expect(report.exitCode == 0)
            #expect(report.outputBytes < 4_200_000 && report.outputBytes > 4_000_000)
            #expect(report.outputTail.count <= 4000)
            #expect(report.outputTail.contains("all work and no play"))
        }

        @Test func aPackageThatTheAttemptBroughtIsRemovedAgain() async throws {
            let scene = try Scene(11)
            try await scene.fleet.shell(scene.number, "dpkg --purge pf-slow pf-hangs")
            let pin = try await scene.pin("pf-demo")
            let brought = try await scene.pin("pf-slow", "1.0-1")
            let attempt = UUID()
            let backup = await scene.perform(
                .backUp(attempt: attempt, packages: [pin, brought]), fence: 10)
            guard case .backUp(let prior) = backup else { throw Surprise(backup) }
            #expect(prior.map(\.version) == ["1.0-1", nil])
            let installed = await scene.perform(
                .install(attempt: attempt, packages: [pin, brought]), fence: 11)
            #expect(installed.execution?.exitCode == 0, "\(installed)")
            #expect(try await scene.version("pf-slow") == "installed 1.0-1")
            let back = await scene.perform(
                .rollBack(attempt: attempt, packages: prior), fence: 12)
            #expect(back.execution?.exitCode == 0, "\(back)")
            #expect(try await !scene.version("pf-slow").hasPrefix("installed"))
            #expect(try await scene.version("pf-demo") == "installed 1.0-1")
        }

        @Test func anOldFileThatCannotBeHadMakesThePatchIrreversible() async throws {
            let scene = try Scene(12)
            let pin = try await scene.pin("pf-demo")
            // A version that no archive has: as if it had been withdrawn long ago.
            try await scene.fleet.shell(
                scene.number,
                "sed -i '/^Package: pf-demo$/,/^$/s/^Version: .*/Version: 0.9-9/' "
                    + "/var/lib/dpkg/status")
            let attempt = UUID()
            let backup = await scene.perform(.backUp(attempt: attempt, packages: [pin]), fence: 10)
            guard case .backUp(let prior) = backup else { throw Surprise(backup) }
            #expect(prior.map(\.version) == ["0.9-9"] && prior[0].keptFile == nil)
            let back = await scene.perform(
                .rollBack(attempt: attempt, packages: prior), fence: 12)
            #expect(back.failure?.cause == .notAvailable, "\(back)")
        }
    }
}
