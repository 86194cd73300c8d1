import EventSourcing
import PatchManagement

/// What the hosts of a history have, and are offered.
enum Goods {
    static let debian = PlatformStratum(os: "debian", version: "12", architecture: "amd64")
    static let old = PackageSelection(name: "curl", architecture: "amd64", version: "7.88.1-1")
    static let package = PackageSelection(
        name: "curl", architecture: "amd64", version: "7.88.1-2")
    static let pin = PinnedPackage(
        name: "curl", architecture: "amd64", version: "7.88.1-2", sha256: Digest(of: "curl"),
        size: 4711)
    static let prior = PriorPackage(
        name: "curl", architecture: "amd64", version: "7.88.1-1", keptFile: Digest(of: "old"))

    static let checks = [
        VerificationChecks(packages: ["curl"], services: ["cron"], command: "curl --version"),
        VerificationChecks(packages: ["curl"], services: [], command: nil),
    ]

    static func offer(
        _ name: String, security: Bool, installed: String = "1.0-1"
    ) -> OfferedUpdate {
        OfferedUpdate(
            name: name, source: "\(name)-source", architecture: "amd64",
            installedVersion: installed, offeredVersion: "1.0-2",
            origin: "Debian:12.10/stable", fromSecurityArchive: security,
            sha256: Digest(of: name), size: 1000 + name.utf8.count)
    }

    static func inventory(_ number: Int) -> InventoryReport {
        InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1.0-\(number)",
            bootID: "boot-\(number)",
            packages: [
                InstalledPackage(
                    name: "curl", architecture: "amd64", version: "7.88.1-\(number)",
                    source: "curl")
            ])
    }

    static func executed(_ exitCode: Int = 0) -> ExecutionReport {
        ExecutionReport(
            exitCode: exitCode, outputDigest: Digest(of: "output"), outputBytes: 6,
            outputTail: "output", seconds: 3, rebootRequired: false, bootID: "boot-1")
    }

    static func verification(
        _ package: PackageSelection, cron: VerificationReport.ServiceState = .running,
        rebootRequired: Bool = false, boot: Int = 1
    ) -> VerificationReport {
        VerificationReport(
            installed: [package], services: [VerificationReport.Service(name: "cron", state: cron)],
            commandExitCode: 0, commandOutput: "", rebootRequired: rebootRequired,
            bootID: "boot-\(boot)")
    }

    static func checked(boot: Int) -> CommandReport {
        CommandReport(
            exitCode: 0, outputDigest: Digest(of: ""), outputBytes: 0, outputTail: "",
            milliseconds: 20, bootID: "boot-\(boot)")
    }

    static func precheck(_ obstacles: [PrecheckReport.Obstacle] = []) -> PrecheckReport {
        PrecheckReport(
            obstacles: obstacles, installed: [old], freeBytes: 1_000_000, bootID: "boot-1")
    }
}
