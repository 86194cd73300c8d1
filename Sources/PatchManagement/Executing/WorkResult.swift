package import EventSourcing

/// What came of a `WorkOrder`. Text from hosts is hostile: capped, and stripped of control
/// characters by the executor before it gets here.
package enum WorkResult: Codable, Sendable, Equatable {
    case inventory(InventoryReport)
    case offers([OfferedUpdate])
    case acquired([PinnedPackage])
    case precheck(PrecheckReport)
    case backUp([PriorPackage])
    case executed(ExecutionReport)
    case verification(VerificationReport)
    case probe(ProbeReport)
    case checked(CommandReport)
    /// One for each probe, in their order.
    case asked([HealthMeasurement])
    case failed(WorkFailure)
}

package struct InventoryReport: Codable, Sendable, Equatable {
    /// `ID` and `VERSION_ID` of os-release, such as `debian` and `12`.
    package let osName: String
    package let osVersion: String
    /// As dpkg says it, such as `amd64`.
    package let architecture: String
    package let kernel: String
    package let bootID: String
    /// Sorted by name, then architecture.
    package let packages: [InstalledPackage]

    package init(
        osName: String, osVersion: String, architecture: String, kernel: String, bootID: String,
        packages: [InstalledPackage]
    ) {
        self.osName = osName
        self.osVersion = osVersion
        self.architecture = architecture
        self.kernel = kernel
        self.bootID = bootID
        self.packages = packages
    }
}

package struct InstalledPackage: Codable, Hashable, Sendable {
    package let name: String
    package let architecture: String
    package let version: String
    package let source: String
    /// Of the source package; nil when it is the package's own, as it mostly is.
    package let sourceVersion: String?

    package init(
        name: String, architecture: String, version: String, source: String,
        sourceVersion: String? = nil
    ) {
        self.name = name
        self.architecture = architecture
        self.version = version
        self.source = source
        self.sourceVersion = sourceVersion == version ? nil : sourceVersion
    }

    private enum CodingKeys: String, CodingKey {
        case name, architecture, version, source
        case sourceVersion = "source_version"
    }
}

/// An update that a host's signed package lists offer.
package struct OfferedUpdate: Codable, Hashable, Sendable {
    package let name: String
    package let source: String
    package let architecture: String
    package let installedVersion: String
    package let offeredVersion: String
    /// Such as `Debian:12.10/stable-security`.
    package let origin: String
    package let fromSecurityArchive: Bool
    package let sha256: Digest
    package let size: Int

    package init(
        name: String, source: String, architecture: String, installedVersion: String,
        offeredVersion: String, origin: String, fromSecurityArchive: Bool, sha256: Digest,
        size: Int
    ) {
        self.name = name
        self.source = source
        self.architecture = architecture
        self.installedVersion = installedVersion
        self.offeredVersion = offeredVersion
        self.origin = origin
        self.fromSecurityArchive = fromSecurityArchive
        self.sha256 = sha256
        self.size = size
    }
}

package struct PrecheckReport: Codable, Sendable, Equatable {
    /// Why the host may not be touched; empty when it may. A held lock is waited for up to the
    /// order's time limit first.
    package enum Obstacle: String, Codable, Sendable, CaseIterable {
        case diskFull = "disk-full"
        case dpkgInterrupted = "dpkg-interrupted"
        case lockHeld = "lock-held"
        case packageHeld = "package-held"
        case notOffered = "not-offered"
    }

    package let obstacles: [Obstacle]
    /// The installed versions of the packages asked about; those not installed are left out.
    package let installed: [PackageSelection]
    package let freeBytes: Int
    package let bootID: String

    package init(
        obstacles: [Obstacle], installed: [PackageSelection], freeBytes: Int, bootID: String
    ) {
        self.obstacles = obstacles
        self.installed = installed
        self.freeBytes = freeBytes
        self.bootID = bootID
    }
}

/// A step that ran to its end on the host.
package struct ExecutionReport: Codable, Sendable, Equatable {
    package let exitCode: Int
    /// Digest of the whole output, which is kept on the host.
    package let outputDigest: Digest
    package let outputBytes: Int
    /// The end of the output, at most 4,000 characters.
    package let outputTail: String
    package let seconds: Int
    /// The host says that a reboot is needed for the change to be in effect.
    package let rebootRequired: Bool
    package let bootID: String
    /// The host's own reason for not doing what the step asked, such as a full disk. Only a probe
    /// tells it so: who follows the step itself gets it as a failure. nil also in reports from
    /// before it was told.
    package let refusal: WorkFailure?

    package init(
        exitCode: Int, outputDigest: Digest, outputBytes: Int, outputTail: String, seconds: Int,
        rebootRequired: Bool, bootID: String, refusal: WorkFailure? = nil
    ) {
        self.exitCode = exitCode
        self.outputDigest = outputDigest
        self.outputBytes = outputBytes
        self.outputTail = outputTail
        self.seconds = seconds
        self.rebootRequired = rebootRequired
        self.bootID = bootID
        self.refusal = refusal
    }
}

/// A command of the policy that ran to its end, or was ended for taking too long.
package struct CommandReport: Codable, Sendable, Equatable {
    /// `timedOut` when it was ended.
    package let exitCode: Int
    /// Digest of what was kept of the output: its first 4 MB and its last 64 kB.
    package let outputDigest: Digest
    package let outputBytes: Int
    /// The end of the output, at most 4,000 characters.
    package let outputTail: String
    package let milliseconds: Int
    package let bootID: String

    /// What `timeout` of the coreutils ends with.
    package static let timedOut = 124

    package init(
        exitCode: Int, outputDigest: Digest, outputBytes: Int, outputTail: String,
        milliseconds: Int, bootID: String
    ) {
        self.exitCode = exitCode
        self.outputDigest = outputDigest
        self.outputBytes = outputBytes
        self.outputTail = outputTail
        self.milliseconds = milliseconds
        self.bootID = bootID
    }

    private enum CodingKeys: String, CodingKey {
        case milliseconds
        case exitCode = "exit_code"
        case outputDigest = "output_digest"
        case outputBytes = "output_bytes"
        case outputTail = "output_tail"
        case bootID = "boot_id"
    }
}

package struct VerificationReport: Codable, Sendable, Equatable {
    package enum ServiceState: String, Codable, Sendable {
        case running, stopped, missing
    }

    package struct Service: Codable, Sendable, Equatable {
        package let name: String
        package let state: ServiceState

        package init(name: String, state: ServiceState) {
            self.name = name
            self.state = state
        }
    }

    /// Installed versions; packages that aren't installed are left out.
    package let installed: [PackageSelection]
    package let services: [Service]
    /// nil when no check command was asked for.
    package let commandExitCode: Int?
    package let commandOutput: String
    package let rebootRequired: Bool
    package let bootID: String
    /// What still runs the old version, at most `mostOutdated` of it; nil in reports from before it
    /// was looked for.
    ///
    /// It fails no verification. Only a restart mends it, and patchflow restarts nothing by itself;
    /// a login shell, or process 1, may rightly live on for weeks. What must run the new version at
    /// once is for the checks to say, whose services and command do fail it. So it is recorded,
    /// shown with the deployment and in the evidence, and left to the asset's owner.
    package let outdated: [OutdatedProcess]?

    package static let mostOutdated = 50

    package init(
        installed: [PackageSelection], services: [Service], commandExitCode: Int?,
        commandOutput: String, rebootRequired: Bool, bootID: String,
        outdated: [OutdatedProcess]? = nil
    ) {
        self.installed = installed
        self.services = services
        self.commandExitCode = commandExitCode
        self.commandOutput = commandOutput
        self.rebootRequired = rebootRequired
        self.bootID = bootID
        self.outdated = outdated
    }
}

/// A process that has a program or library of a patched package in memory whose file has been
/// replaced since: it runs the old version until it is restarted.
package struct OutdatedProcess: Codable, Hashable, Sendable {
    package let pid: Int
    package let name: String
    /// The unit that started it; nil on hosts without systemd, and for what people started.
    package let service: String?
    /// The file as it was called.
    package let file: String

    package init(pid: Int, name: String, service: String?, file: String) {
        self.pid = pid
        self.name = name
        self.service = service
        self.file = file
    }
}

extension VerificationReport {
    /// A sentence on what still runs the old version; nil when nothing does, or nobody looked.
    package var outdatedWords: String? {
        guard let outdated, !outdated.isEmpty else { return nil }
        let named = outdated.prefix(5).map { process in
            let service = process.service.map { "\($0), " } ?? ""
            return "\(process.name) (\(service)\(process.pid))"
        }
        let more = outdated.count > 5 ? " and \(outdated.count - 5) more" : ""
        return "restart what still runs replaced files: \(named.joined(separator: ", "))\(more)"
    }
}

package enum ProbeReport: Codable, Sendable, Equatable {
    /// The host has no record of the step, and with the fence raised it can't get one any more.
    case neverStarted
    case running
    case finished(ExecutionReport)
    /// The record says that it started, and nothing runs: the host died in the middle.
    case interrupted
}

/// A step that did not come to its end, or may not have.
package struct WorkFailure: Codable, Sendable, Equatable, Error {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        /// Never reached; nothing began.
        case unreachable
        /// The host's key isn't the one that is known; nothing began.
        case hostKeyMismatch = "host-key-mismatch"
        /// The host has seen a higher fence, or has a record of this step already.
        case refusedByHost = "refused-by-host"
        /// It may have begun, and nothing more is known: probe before anything else.
        case lost
        /// It began, and did not end in time: probe before anything else.
        case timedOut = "timed-out"
        /// Size or digest of a package file differ from what was pinned.
        case digestMismatch = "digest-mismatch"
        /// The package lists' signature could not be verified.
        case badSignature = "bad-signature"
        /// The version can't be had any more.
        case notAvailable = "not-available"
        case diskFull = "disk-full"
        case lockHeld = "lock-held"
        /// The host answered something that can't be understood.
        case badAnswer = "bad-answer"
        /// The order itself can't be carried out, such as a name outside the allow-list.
        case invalidOrder = "invalid-order"
    }

    package let cause: Cause
    package let detail: String

    package init(_ cause: Cause, _ detail: String) {
        self.cause = cause
        self.detail = detail
    }
}
