package import EventSourcing
package import FoundationEssentials
package import PatchManagement

/// A host that behaves as real ones do, with all that it remembers.
///
/// It has no clock: whoever performs something says when, and what has begun ends by itself at its
/// time, whether anyone waits for it or not.
package struct SimulatedHost: Codable, Sendable, Equatable {
    package let name: String
    /// Address and port, from which everything about it is drawn.
    package let identity: String
    package var faults: [HostFault]
    /// Sorted by name, then architecture.
    package internal(set) var installed: [InstalledPackage]
    /// Nothing with a lower one is begun any more (I5).
    package internal(set) var highestFence: Int64 = 0
    package internal(set) var records: [StepRecord] = []
    package internal(set) var executions: [Execution] = []
    /// The package files that were kept, by the text of the attempt's id.
    var kept: [String: [PriorPackage]] = [:]
    package internal(set) var boots = 1
    /// When it went down, and when it is back; for good when that is nil.
    var died: Timestamp?
    var returns: Timestamp?
    package internal(set) var needsReboot = false
    package internal(set) var isDpkgInterrupted = false
    package internal(set) var stoppedServices: [String] = []
    /// How many orders it has had.
    var orders = 0

    /// The host at `address` on its first day.
    package init(_ address: HostAddress, _ settings: FleetSettings) {
        let identity = Self.identity(of: address)
        name = address.name
        self.identity = identity
        faults = settings.faults.faults(of: address.name, at: address.address) {
            Draw(settings.seed, identity, $0)
        }
        installed = SimulatedArchive.base
            .map {
                InstalledPackage(
                    name: $0.name, architecture: $0.architecture, version: $0.version,
                    source: $0.source)
            }
            .sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    }

    package static func identity(of address: HostAddress) -> String {
        "\(address.address) \(address.port)"
    }

    /// A new one with every boot.
    package var bootID: String {
        let bytes = Digest(of: "\(identity)/boot \(boots)").bytes
        let id = UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14],
                bytes[15]
            ))
        return id.text
    }

    package func version(of package: String) -> String? {
        installed.first { $0.name == package }?.version
    }

    /// How often `step` really ran for `attempt`.
    package func runs(of step: AttemptStep, for attempt: UUID) -> Int {
        executions.count { $0.attempt == attempt && $0.step == step }
    }

    /// Takes a fault away, with what it did to the host's power.
    package mutating func heal(_ fault: HostFault) {
        faults.removeAll { $0 == fault }
        if fault == .vanishes || fault == .deadAfterReboot, let died { returns = died }
    }

    package mutating func reboot() {
        boots += 1
        needsReboot = false
    }

    /// Makes everything happen that was to happen by `moment`.
    package mutating func settle(at moment: Timestamp) {
        for index in records.indices where !records[index].isSettled {
            guard !records[index].isRunning(at: moment) else { continue }
            records[index].isSettled = true
            switch records[index].end {
            case .finishes: apply(records[index].change)
            case .dies: isDpkgInterrupted = true
            case .hangs: break
            }
        }
        if let returns, moment >= returns {
            died = nil
            self.returns = nil
            reboot()
        }
    }

    private mutating func apply(_ change: HostChange) {
        for package in change.packages {
            installed.removeAll {
                $0.name == package.name && $0.architecture == package.architecture
            }
            guard let version = package.version else { continue }
            let source = SimulatedArchive.entry(package.name, package.architecture, version)?.source
            installed.append(
                InstalledPackage(
                    name: package.name, architecture: package.architecture, version: version,
                    source: source ?? package.name))
        }
        installed.sort { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
        if change.startsServices { stoppedServices = [] }
        stoppedServices += change.stoppedServices
        if change.needsReboot { needsReboot = true }
        if let interrupts = change.interruptsDpkg { isDpkgInterrupted = interrupts }
    }
}
