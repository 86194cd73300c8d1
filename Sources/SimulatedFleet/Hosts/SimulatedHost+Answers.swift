import EventSourcing
import PatchManagement

/// What a host says of itself. Nothing here changes it.
extension SimulatedHost {
    var inventory: InventoryReport {
        InventoryReport(
            osName: "debian", osVersion: "12", architecture: "amd64",
            kernel: SimulatedArchive.kernel, bootID: bootID, packages: installed)
    }

    func discover() -> WorkResult {
        if faults.contains(.unsigned) {
            return failed(.badSignature, "the package lists are not signed by a known key")
        }
        return .offers(
            SimulatedArchive.updates.compactMap { update in
                let present = installed.first {
                    $0.name == update.name && $0.architecture == update.architecture
                }
                guard let present, present.version != update.version else { return nil }
                return OfferedUpdate(
                    name: update.name, source: update.source, architecture: update.architecture,
                    installedVersion: present.version, offeredVersion: update.version,
                    origin: SimulatedArchive.origin, fromSecurityArchive: true,
                    sha256: update.pin.sha256, size: update.pin.size)
            })
    }

    func acquire(_ packages: [PackageSelection]) -> WorkResult {
        if faults.contains(.unsigned) {
            return failed(.badSignature, "the package lists are not signed by a known key")
        }
        var pins: [PinnedPackage] = []
        for package in packages {
            guard
                let entry = SimulatedArchive.entry(
                    package.name, package.architecture, package.version)
            else {
                return failed(
                    .notAvailable, "\(package.name) \(package.version) is not in the archive")
            }
            if faults.contains(.editedPackage) {
                return failed(
                    .digestMismatch, "\(package.name) is not the file that the lists describe")
            }
            pins.append(entry.pin)
        }
        return .acquired(pins)
    }

    func precheck(_ packages: [PinnedPackage], at moment: Timestamp) -> PrecheckReport {
        var obstacles: [PrecheckReport.Obstacle] = []
        if faults.contains(.diskFull) { obstacles.append(.diskFull) }
        if isDpkgInterrupted || faults.contains(.dpkgInterrupted) {
            obstacles.append(.dpkgInterrupted)
        }
        if isLocked(at: moment) { obstacles.append(.lockHeld) }
        if faults.contains(.packageHeld) { obstacles.append(.packageHeld) }
        let isOffered = packages.allSatisfy {
            version(of: $0.name) == nil
                || SimulatedArchive.entry($0.name, $0.architecture, $0.version) != nil
        }
        if !isOffered { obstacles.append(.notOffered) }
        return PrecheckReport(
            obstacles: obstacles, installed: selections(of: packages.map(\.name)),
            freeBytes: faults.contains(.diskFull) ? 0 : 8_000_000_000, bootID: bootID)
    }

    /// Something of dpkg's runs, or somebody else holds its lock.
    func isLocked(at moment: Timestamp) -> Bool {
        faults.contains(.lockHeld) || records.contains { $0.isRunning(at: moment) }
    }

    func verify(_ checks: VerificationChecks) -> VerificationReport {
        var exitCode: Int?
        var output = ""
        if let command = checks.command { (exitCode, output) = run(command) }
        return VerificationReport(
            installed: selections(of: checks.packages),
            services: checks.services.map { .init(name: $0, state: state(ofService: $0)) },
            commandExitCode: exitCode, commandOutput: output, rebootRequired: needsReboot,
            bootID: bootID)
    }

    /// Programs are called as the commands of a verification are, whichever folder they are in.
    func check(_ argv: [String]) -> CommandReport {
        let name = argv.first?.split(separator: "/").last.map(String.init) ?? ""
        let (exitCode, output) = run(name)
        return CommandReport(
            exitCode: exitCode, outputDigest: Digest(of: output), outputBytes: output.utf8.count,
            outputTail: output, milliseconds: 20, bootID: bootID)
    }

    func selections(of names: [String]) -> [PackageSelection] {
        installed.filter { names.contains($0.name) }.map {
            PackageSelection(
                name: $0.name, architecture: $0.architecture, version: $0.version)
        }
    }

    private func state(ofService name: String) -> VerificationReport.ServiceState {
        if stoppedServices.contains(name) { return .stopped }
        let isKnown =
            SimulatedArchive.services.contains(name)
            || installed.contains { package in
                SimulatedArchive.entry(package.name, package.architecture, package.version)?
                    .service == name
            }
        return isKnown ? .running : .missing
    }

    /// The commands that a simulated host has: `true`, `false`, and `NAME-check`, which is good when
    /// that package is installed and nothing of it is stopped.
    private func run(_ command: String) -> (exitCode: Int, output: String) {
        switch command {
        case "true": return (0, "")
        case "false": return (1, "")
        default:
            let name = String(command.dropLast("-check".count))
            guard command.hasSuffix("-check"), version(of: name) != nil else {
                return (127, "sh: \(command): not found")
            }
            return stoppedServices.isEmpty
                ? (0, "\(name) is well") : (1, "\(name) does not run")
        }
    }
}
