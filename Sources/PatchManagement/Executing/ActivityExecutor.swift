package import EventSourcing
package import FoundationEssentials

/// The port through which activities reach the world: ssh with apt, or the simulated fleet.
///
/// An executor never throws: whatever happens is a `WorkResult`, since it has to be recorded.
package protocol ActivityExecutor: Sendable {
    /// Performs `order` on its host, at most once per attempt and step (I4): the host's own record
    /// refuses a second run and any fence lower than the highest it has seen (I5).
    ///
    /// Cancelling the task stops the waiting, never what runs on the host (I6).
    ///
    /// - Parameter mayBegin: Asked when the host is there, right before it gets the order, since
    ///   reaching it may have taken long. When it says no, the host never hears of the order.
    func perform(
        _ order: WorkOrder, mayBegin: @escaping @Sendable () async -> Bool
    ) async -> WorkResult
}

extension ActivityExecutor {
    package func perform(_ order: WorkOrder) async -> WorkResult {
        await perform(order) { true }
    }
}

/// One activity, with all that an executor needs.
package struct WorkOrder: Sendable, Equatable {
    package let activity: UUID
    package let fence: Int64
    /// Where to do it.
    package let host: HostAddress
    package let work: Work
    /// How long the whole may take; on expiry the executor reports `.timedOut` or `.lost`.
    package let timeLimit: Duration

    package init(
        activity: UUID, fence: Int64, host: HostAddress, work: Work, timeLimit: Duration
    ) {
        self.activity = activity
        self.fence = fence
        self.host = host
        self.work = work
        self.timeLimit = timeLimit
    }
}

/// How to reach an asset. Names and addresses are checked against an allow-list when an inventory
/// is imported (`HostName`), so none can be read as an option or a shell word.
package struct HostAddress: Codable, Hashable, Sendable {
    package let asset: StreamID
    /// As people call it; also what the host key is looked up by.
    package let name: String
    package let address: String
    package let port: Int
    package let user: String

    package init(asset: StreamID, name: String, address: String, port: Int, user: String) {
        self.asset = asset
        self.name = name
        self.address = address
        self.port = port
        self.user = user
    }
}

/// What is to be done on a host. This is the `data` of an activity, so it is stored: golden files
/// guard its form.
package enum Work: Codable, Sendable, Equatable {
    /// Report operating system, packages, boot id.
    case inventory
    /// Refresh the signed package lists and report the updates that they offer.
    case discover
    /// Download `packages` and check size and SHA-256 against the signed lists, without installing.
    case acquire(packages: [PackageSelection])
    /// May the host be touched now? Changes nothing.
    case precheck(packages: [PinnedPackage])
    /// Record the installed versions and keep their old package files.
    case backUp(attempt: UUID, packages: [PinnedPackage])
    /// Install exactly these versions, whose files have exactly these digests.
    case install(attempt: UUID, packages: [PinnedPackage])
    /// Reboot, as long as the host shows that boot id.
    case reboot(attempt: UUID, bootID: String)
    /// A later, separate scan: versions, services, check commands. Changes nothing.
    case verify(checks: VerificationChecks)
    /// Bring back what `backUp` of `attempt` kept.
    case rollBack(attempt: UUID, packages: [PriorPackage])
    /// What became of step `step` of `attempt`? Raises the host's fence, so that nothing older
    /// can start any more.
    case probe(attempt: UUID, step: AttemptStep)
    /// Run a command of the policy by its words, without a shell, for at most `seconds`.
    case check(argv: [String], seconds: Int)
    /// Ask the host by each of these probes. The worker does it by itself, its executor only runs the
    /// commands among them.
    case ask(probes: [HealthProbe])

    /// The stored name of the kind, and the activity's `kind`.
    package var kind: String {
        switch self {
        case .inventory: "inventory"
        case .discover: "discover"
        case .acquire: "acquire"
        case .precheck: "precheck"
        case .backUp: "back-up"
        case .install: "install"
        case .reboot: "reboot"
        case .verify: "verify"
        case .rollBack: "roll-back"
        case .probe: "probe"
        case .check: "check"
        case .ask: "ask"
        }
    }
}

/// The steps that change a host, each with a record of its own there.
package enum AttemptStep: String, Codable, Sendable {
    case backUp = "back-up"
    case install
    case reboot
    case rollBack = "roll-back"
}

/// A package by name and the version that is wanted.
package struct PackageSelection: Codable, Hashable, Sendable {
    package let name: String
    package let architecture: String
    package let version: String

    package init(name: String, architecture: String, version: String) {
        self.name = name
        self.architecture = architecture
        self.version = version
    }
}

/// A package file by its content.
package struct PinnedPackage: Codable, Hashable, Sendable {
    package let name: String
    package let architecture: String
    package let version: String
    package let sha256: Digest
    package let size: Int

    package init(name: String, architecture: String, version: String, sha256: Digest, size: Int) {
        self.name = name
        self.architecture = architecture
        self.version = version
        self.sha256 = sha256
        self.size = size
    }
}

/// A package as it was before an attempt.
package struct PriorPackage: Codable, Hashable, Sendable {
    package let name: String
    package let architecture: String
    /// nil when it wasn't installed, so that rolling back removes it.
    package let version: String?
    /// Digest of the old package file that was kept; nil when none could be had, and the patch is
    /// irreversible on that host.
    package let keptFile: Digest?

    package init(name: String, architecture: String, version: String?, keptFile: Digest?) {
        self.name = name
        self.architecture = architecture
        self.version = version
        self.keptFile = keptFile
    }
}

/// What must hold for a patch to be in effect.
package struct VerificationChecks: Codable, Hashable, Sendable {
    /// Names whose installed version is to be reported, in order.
    package let packages: [String]
    /// Services whose state is to be reported, in order.
    package let services: [String]
    /// One command for `/bin/sh -c`, written by the analyst, never made from host output; exit 0
    /// is good.
    package let command: String?

    package init(packages: [String], services: [String], command: String?) {
        self.packages = packages
        self.services = services
        self.command = command
    }
}
