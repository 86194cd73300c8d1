import EventSourcing
import PatchManagement

/// How a step goes on a host, decided when it begins.
struct Course {
    enum Ending {
        case good(Product)
        case bad(exitCode: Int)
        case never
        /// The host goes down, and is back after that time, if at all.
        case death(Duration?)
    }

    enum Product {
        case execution
        case backUp([PriorPackage])
    }

    var duration: Duration
    var ending: Ending
    var change = HostChange()
    var output: String
    var outputBytes: Int
    var needsReboot = false
    /// After its end the host goes down, and is back after that time, if at all.
    var goesDown = false
    var isDownFor: Duration?
}

extension SimulatedHost {
    func course(of work: Work, _ settings: FleetSettings) -> Course {
        let chance = draw("order \(orders)", settings)
        let usual = Duration.milliseconds(250 + chance.below(750))
        switch work {
        case .backUp(_, let packages):
            let prior = prior(of: packages)
            return course(
                usual, .good(.backUp(prior)), settings,
                says: prior.map { "kept \($0.name) \($0.version ?? "(not installed)")" })
        case .install(_, let packages): return installation(of: packages, usual, settings)
        case .rollBack(_, let packages):
            let says = packages.map { "Setting up \($0.name) (\($0.version ?? "removed")) ..." }
            guard !faults.contains(.rollbackFails) else {
                return course(usual, .bad(exitCode: 1), settings, says: says + ["E: it is broken"])
            }
            var course = course(usual, .good(.execution), settings, says: says)
            course.change = HostChange(
                packages: packages, startsServices: true, interruptsDpkg: false)
            return course
        case .reboot(_, let bootID):
            guard bootID == self.bootID else {
                return course(usual, .good(.execution), settings, says: ["it has booted since"])
            }
            var course = course(usual, .good(.execution), settings, says: [])
            course.goesDown = true
            if !faults.contains(.deadAfterReboot) {
                course.isDownFor = pause(settings, .seconds(20 + chance.below(40)))
            }
            return course
        case .inventory, .discover, .acquire, .precheck, .verify, .probe, .check, .ask:
            return course(.zero, .bad(exitCode: 2), settings, says: [])
        }
    }

    func report(_ course: Course) -> ExecutionReport {
        let exitCode: Int
        if case .bad(let code) = course.ending { exitCode = code } else { exitCode = 0 }
        return ExecutionReport(
            exitCode: exitCode, outputDigest: Digest(of: course.output),
            outputBytes: course.outputBytes, outputTail: String(course.output.suffix(4000)),
            seconds: Int(course.duration.wholeSeconds),
            rebootRequired: needsReboot || course.needsReboot, bootID: bootID)
    }

    private func course(
        _ duration: Duration, _ ending: Course.Ending, _ settings: FleetSettings, says: [String]
    ) -> Course {
        let output = says.map { $0 + "\n" }.joined()
        return Course(
            duration: pause(settings, duration), ending: ending, output: output,
            outputBytes: output.utf8.count)
    }

    private func prior(of packages: [PinnedPackage]) -> [PriorPackage] {
        packages.map { pin in
            let present = installed.first {
                $0.name == pin.name && $0.architecture == pin.architecture
            }
            let entry = present.flatMap {
                SimulatedArchive.entry($0.name, $0.architecture, $0.version)
            }
            return PriorPackage(
                name: pin.name, architecture: pin.architecture, version: present?.version,
                keptFile: faults.contains(.noOldPackages) ? nil : entry?.pin.sha256)
        }
    }

    private func installation(
        of packages: [PinnedPackage], _ usual: Duration, _ settings: FleetSettings
    ) -> Course {
        let entries = packages.compactMap {
            SimulatedArchive.entry($0.name, $0.architecture, $0.version)
        }
        let faults = faults + entries.compactMap(\.fault)
        let says = packages.map { "Setting up \($0.name) (\($0.version)) ..." }
        if faults.contains(.vanishes) {
            return course(usual, .death(nil), settings, says: says)
        }
        if faults.contains(.crashes) {
            return course(usual, .death(.seconds(120)), settings, says: says)
        }
        if faults.contains(.hangs) { return course(usual, .never, settings, says: says) }
        let duration = faults.contains(.slow) ? .seconds(8) : usual
        guard !faults.contains(.fails) else {
            var course = course(
                duration, .bad(exitCode: 100), settings,
                says: says + ["E: Sub-process /usr/bin/dpkg returned an error code (1)"])
            course.change = HostChange(interruptsDpkg: true)
            return course
        }
        var course = course(duration, .good(.execution), settings, says: says)
        guard !faults.contains(.lies) else { return course }
        course.change.packages = packages.map {
            PriorPackage(
                name: $0.name, architecture: $0.architecture, version: $0.version, keptFile: nil)
        }
        if faults.contains(.breaksService) {
            let services = entries.compactMap(\.service)
            course.change.stoppedServices = services.isEmpty ? ["cron"] : services
        }
        course.change.needsReboot = faults.contains(.needsReboot)
        course.needsReboot = course.change.needsReboot
        if faults.contains(.floods) {
            course.output = String(repeating: "all work and no play\n", count: 250)
            course.outputBytes = 50_000_000
        }
        return course
    }
}
