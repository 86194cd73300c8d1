import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// What hosts tell, and what they are asked before and after a change.
extension RealHosts {
    @Suite struct Reports {
        @Test func aHostTellsItsPackages() async throws {
            let scene = try Scene(1)
            let result = await scene.perform(.inventory, fence: 1)
            guard case .inventory(let report) = result else { throw Surprise(result) }
            #expect(report.osName == "debian")
            #expect(report.architecture == (try await scene.native()))
            #expect(report.bootID.count == 36)
            #expect(report.packages.count > 80)
            let demo = try #require(report.packages.first { $0.name == "pf-demo" })
            #expect(demo.version == "1.0-1" && demo.source == "pf-demo-source")
            let names = report.packages.map(\.name)
            #expect(names == names.sorted())
        }

        @Test func aHostTellsWhatItsSignedListsOffer() async throws {
            let scene = try Scene(2)
            let result = await scene.perform(.discover, fence: 1)
            guard case .offers(let offers) = result else { throw Surprise(result) }
            #expect(
                offers.map(\.name) == [
                    "pf-breaks", "pf-demo", "pf-fails", "pf-floods", "pf-hangs", "pf-reboot",
                    "pf-slow",
                ])
            let demo = try #require(offers.first { $0.name == "pf-demo" })
            #expect(demo.installedVersion == "1.0-1" && demo.offeredVersion == "1.0-2")
            #expect(demo.origin == "Patchflow-Fleet-Security:stable-security")
            #expect(demo.fromSecurityArchive && demo.source == "pf-demo-source")
            #expect(offers.first { $0.name == "pf-slow" }?.architecture == "all")

            let pin = try await scene.pin("pf-demo")
            #expect(pin.sha256 == demo.sha256 && pin.size == demo.size)
            let file =
                "\(scene.fleet.directory)/repository/pool/pf-demo_1.0-2_\(pin.architecture).deb"
            let bytes = try Data(contentsOf: URL(filePath: file))
            #expect(pin.sha256 == Digest(of: bytes) && pin.size == bytes.count)
            #expect(try await scene.version("pf-demo") == "installed 1.0-1")
        }

        @Test func aVersionThatIsNotOfferedIsNotAvailable() async throws {
            let scene = try Scene(3)
            let wanted = PackageSelection(
                name: "pf-demo", architecture: try await scene.native(), version: "9.9-9")
            let result = await scene.perform(.acquire(packages: [wanted]), fence: 1)
            #expect(result.failure?.cause == .notAvailable)
            #expect(result.failure?.detail.contains("pf-demo 9.9-9") == true)
        }

        @Test func aHostThatMayBeTouchedHasNoObstacles() async throws {
            let scene = try Scene(4)
            let pin = try await scene.pin("pf-demo")
            let result = await scene.perform(.precheck(packages: [pin]), fence: 1)
            guard case .precheck(let report) = result else { throw Surprise(result) }
            #expect(report.obstacles == [])
            #expect(report.installed.map(\.version) == ["1.0-1"])
            #expect(report.freeBytes > 50_000_000)
            // A package on hold, one of another digest, and a dpkg that was stopped halfway.
            try await scene.fleet.shell(scene.number, "apt-mark hold pf-demo")
            let other = PinnedPackage(
                name: "pf-demo", architecture: pin.architecture, version: "1.0-2",
                sha256: Digest(of: "another"), size: pin.size)
            try await scene.fleet.shell(scene.number, "touch /var/lib/dpkg/updates/0001")
            let obstructed = await scene.perform(.precheck(packages: [other]), fence: 1)
            guard case .precheck(let report) = obstructed else { throw Surprise(obstructed) }
            #expect(report.obstacles == [.dpkgInterrupted, .packageHeld, .notOffered])
        }

        @Test func aCheckCommandsExitCodeAndOutputAreReported() async throws {
            let scene = try Scene(5)
            let well = try await scene.verify("pf-demo", command: "pf-demo-check")
            #expect(well.installed.map(\.version) == ["1.0-1"])
            #expect(well.services == [.init(name: "pf-demo", state: .running)])
            #expect(well.commandExitCode == 0 && well.commandOutput.hasSuffix("pf-demo is well\n"))
            #expect(!well.rebootRequired)

            let ill = try await scene.verify(
                "pf-slow", command: #"printf 'a\033[2Jb\033]0;title\007c\a\n'; exit 7"#)
            #expect(ill.services == [.init(name: "pf-slow", state: .missing)])
            #expect(ill.commandExitCode == 7 && ill.commandOutput == "abc\n")

            try await scene.fleet.shell(scene.number, "service pf-demo stop")
            let flood = try await scene.verify("pf-demo", command: "yes flood | head -c 20000000")
            #expect(flood.services.first?.state == .stopped)
            #expect(flood.commandExitCode == 0 && flood.commandOutput.count <= 4000)
        }

        @Test func aCheckCommandThatHangsIsEnded() async throws {
            let scene = try Scene(5)
            let checks = VerificationChecks(
                packages: [], services: [], command: "sleep 3600 & sleep 3600")
            let result = await scene.perform(.verify(checks: checks), fence: 1, limit: .seconds(2))
            // Either the host ends the command, or the whole conversation runs out of time.
            if case .verification(let report) = result {
                #expect(report.commandExitCode == 124)
            } else {
                #expect(result.failure?.cause == .timedOut)
            }
            try await scene.waitUntil("! pgrep -f 'sleep 360[0] & sleep'")
        }
    }
}
