import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// What goes wrong with hosts and archives, and the cause that each fault is given.
extension RealHosts {
    @Suite struct Faults {
        @Test func aHostThatRefusesSSHIsUnreachable() async throws {
            let scene = try Scene(19)
            #expect(await scene.perform(.inventory, fence: 1).failure == nil)
            try await scene.fleet.fault("refuse-ssh", on: scene.number)
            let result = await scene.perform(.inventory, fence: 1)
            #expect(result.failure?.cause == .unreachable, "\(result)")
            try await scene.fleet.heal(scene.number)
            #expect(await scene.perform(.inventory, fence: 1).failure == nil)
        }

        @Test func aHostWithAnotherKeyIsRefused() async throws {
            let scene = try Scene(20)
            let host = scene.host
            // host-21 answers where host-20 is expected.
            let impostor = HostAddress(
                asset: host.asset, name: host.name, address: scene.fleet.host(21).address,
                port: host.port, user: host.user)
            let unknown = HostAddress(
                asset: host.asset, name: "host-unheard-of", address: host.address,
                port: host.port, user: host.user)
            for host in [impostor, unknown] {
                let result = await scene.executor.perform(
                    WorkOrder(
                        activity: UUID(), fence: 1, host: host, work: .inventory,
                        timeLimit: .seconds(20)))
                #expect(result.failure?.cause == .hostKeyMismatch, "\(result)")
            }
        }

        @Test func aKeyThatTheHostDoesNotKnowIsUnreachable() async throws {
            let scene = try Scene(20) { $0.keyFile = "\($0.knownHostsFile)" }
            let result = await scene.perform(.inventory, fence: 1)
            #expect(result.failure?.cause == .unreachable, "\(result)")
        }

        @Test func aLockThatIsHeldForEverIsSeenBeforeAnythingIsTouched() async throws {
            let scene = try Scene(22)
            let pin = try await scene.pin("pf-demo")
            try await scene.fleet.fault("hold-lock", on: scene.number)
            let check = await scene.perform(
                .precheck(packages: [pin]), fence: 1, limit: .seconds(7))
            guard case .precheck(let report) = check else { throw Surprise(check) }
            #expect(report.obstacles == [.lockHeld])
            let attempt = UUID()
            let result = await scene.install(
                pin, attempt: attempt, fence: 11, limit: .seconds(7))
            #expect(result.failure?.cause == .lockHeld, "\(result)")
            // Who has not heard that hears it by a probe.
            let told = await scene.probe(attempt, fence: 12)
            #expect(told.execution?.refusal == result.failure, "\(told)")
            #expect(try await scene.version("pf-demo") == "installed 1.0-1")
            try await scene.fleet.heal(scene.number)
            #expect(await scene.install(pin, fence: 13).execution?.exitCode == 0)
        }

        @Test func aFullDiskIsSeenBeforeAnythingIsTouched() async throws {
            let scene = try Scene(23)
            let pin = try await scene.pin("pf-demo")
            try await scene.fleet.fault("fill-disk", on: scene.number)
            let check = await scene.perform(.precheck(packages: [pin]), fence: 1)
            guard case .precheck(let report) = check else { throw Surprise(check) }
            #expect(report.obstacles == [.diskFull])
            let attempt = UUID()
            let backup = await scene.perform(.backUp(attempt: attempt, packages: [pin]), fence: 10)
            #expect(backup.failure?.cause == .diskFull, "\(backup)")
            let result = await scene.install(pin, attempt: attempt, fence: 11)
            #expect(result.failure?.cause == .diskFull, "\(result)")
            let selection = PackageSelection(
                name: "pf-slow", architecture: "all", version: "1.0-2")
            let acquired = await scene.perform(.acquire(packages: [selection]), fence: 1)
            #expect(acquired.failure?.cause == .diskFull, "\(acquired)")
            try await scene.fleet.heal(scene.number)
            #expect(try await scene.version("pf-demo") == "installed 1.0-1")
            #expect(await scene.probe(attempt, fence: 20) == .probe(.neverStarted))
            #expect(await scene.install(pin, fence: 21).execution?.exitCode == 0)
        }

        @Test func anEditedPackageFileIsRefused() async throws {
            let scene = try Scene(24)
            let pin = try await Scene(25).pin("pf-demo")
            try await scene.fleet.fault("edited-deb", on: scene.number)
            let selection = PackageSelection(
                name: pin.name, architecture: pin.architecture, version: pin.version)
            let acquired = await scene.perform(.acquire(packages: [selection]), fence: 1)
            #expect(acquired.failure?.cause == .digestMismatch, "\(acquired)")
            let installed = await scene.install(pin, fence: 11)
            #expect(installed.failure?.cause == .digestMismatch, "\(installed)")
            #expect(try await scene.version("pf-demo") == "installed 1.0-1")
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 0)
        }

        @Test func aFileThatWasEditedOnTheHostIsNotInstalled() async throws {
            let scene = try Scene(25)
            let pin = try await scene.pin("pf-fails", "1.0-1")
            try await scene.fleet.shell(
                scene.number,
                "printf edited | dd of=/var/lib/patchflow/files/\(pin.sha256).deb bs=1 seek=200 "
                    + "conv=notrunc status=none")
            try await scene.fleet.shell(scene.number, "dpkg --purge pf-fails")
            let installed = await scene.install(pin, fence: 11)
            // It is downloaded anew, and that one is right.
            #expect(installed.execution?.exitCode == 0, "\(installed)")
            try await scene.fleet.shell(
                scene.number,
                "sha256sum /var/lib/patchflow/files/\(pin.sha256).deb | "
                    + "grep \(pin.sha256)")
        }

        @Test func anotherDigestThanThePinnedOneIsRefused() async throws {
            let scene = try Scene(26)
            let pin = try await scene.pin("pf-demo")
            let other = PinnedPackage(
                name: pin.name, architecture: pin.architecture, version: pin.version,
                sha256: Digest(of: "another"), size: pin.size)
            let installed = await scene.install(other, fence: 11)
            #expect(installed.failure?.cause == .digestMismatch, "\(installed)")
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 0)
        }

        @Test(arguments: [(27, "altered-release"), (28, "unsigned")])
        func listsThatCannotBeTrustedAreRefused(number: Int, fault: String) async throws {
            let scene = try Scene(number)
            try await scene.fleet.fault(fault, on: number)
            let result = await scene.perform(.discover, fence: 1)
            #expect(result.failure?.cause == .badSignature, "\(result)")
            let selection = PackageSelection(
                name: "pf-slow", architecture: "all", version: "1.0-2")
            let acquired = await scene.perform(.acquire(packages: [selection]), fence: 1)
            #expect(acquired.failure?.cause == .badSignature, "\(acquired)")
            // Also when such lists were trusted before.
            try await scene.fleet.heal(number)
            #expect(await scene.perform(.discover, fence: 1).failure == nil)
            try await scene.fleet.fault(fault, on: number)
            let again = await scene.perform(.discover, fence: 1)
            #expect(again.failure?.cause == .badSignature, "\(again)")
        }
    }
}
