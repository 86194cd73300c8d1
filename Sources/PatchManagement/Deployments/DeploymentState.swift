package import EventSourcing

/// Where a deployment is, by what it waits for.
package enum DeploymentPhase: String, Sendable, CaseIterable {
    /// Not ordered yet.
    case unqueued
    /// A precheck is scheduled: to prechecking, ended.
    case waiting
    /// A worker may run the precheck: to backingUp, waiting, ended.
    case prechecking
    /// A backup is scheduled or runs: to snapshotting, ready, waiting, ended.
    case backingUp
    /// The policy's snapshot is scheduled or runs: to ready, waiting, ended.
    case snapshotting
    /// The installation is scheduled, and its intent isn't recorded: to installing, waiting, ended.
    case ready
    /// The intent is recorded: to verifying, inDoubt, rollbackQueued, ended.
    case installing
    /// The installation may have run; a probe is scheduled: to waiting, verifying, rollbackQueued,
    /// ended.
    case installInDoubt
    /// Installed, and a scan is scheduled: to rebootQueued, rollbackQueued, ended.
    case verifying
    /// A reboot is due and scheduled, and its intent isn't recorded: to rebooting, rollbackQueued,
    /// ended.
    case rebootQueued
    /// The intent is recorded: to rebootInDoubt, awaitingBoot, rebootQueued, ended.
    case rebooting
    /// The order to reboot may have run; a probe is scheduled: to rebootQueued, awaitingBoot, ended.
    case rebootInDoubt
    /// It goes down, and is looked for until it shows another boot id: to verifying,
    /// rollbackQueued, ended.
    case awaitingBoot
    /// A rollback is scheduled, and its intent isn't recorded: to rollingBack, ended.
    case rollbackQueued
    /// The intent is recorded: to rollbackInDoubt, verifyingRollback, ended.
    case rollingBack
    /// The rollback may have run; a probe is scheduled: to rollbackQueued, verifyingRollback,
    /// ended.
    case rollbackInDoubt
    /// Rolled back, and a scan is scheduled: to ended.
    case verifyingRollback
    /// Absent, and looked for until the approval ends: to waiting, ended.
    case awaitingReturn
    /// It has an outcome. An order to roll back, or a reboot that was waited for, leads on.
    case ended

    /// The activity whose result is awaited; nil when none is.
    package var awaitedStep: DeploymentStep? {
        switch self {
        case .unqueued, .ended: nil
        case .waiting, .prechecking: .precheck
        case .backingUp: .backUp
        case .snapshotting: .snapshot
        case .ready, .installing: .install
        case .installInDoubt, .rebootInDoubt, .rollbackInDoubt: .probe
        case .awaitingReturn: .look
        case .rebootQueued, .rebooting: .reboot
        case .awaitingBoot: .awaitBoot
        case .verifying, .verifyingRollback: .verify
        case .rollbackQueued, .rollingBack: .rollBack
        }
    }

    /// Nothing of the patch has been begun on the asset.
    package var isBeforeInstall: Bool {
        switch self {
        case .waiting, .prechecking, .backingUp, .snapshotting, .ready: true
        case .unqueued, .installing, .installInDoubt, .verifying, .rebootQueued, .rebooting,
            .rebootInDoubt, .awaitingBoot, .rollbackQueued, .rollingBack, .rollbackInDoubt,
            .verifyingRollback, .awaitingReturn, .ended:
            false
        }
    }

    /// The host was told to reboot, or may have been.
    package var isInReboot: Bool {
        switch self {
        case .rebooting, .rebootInDoubt, .awaitingBoot: true
        case .unqueued, .waiting, .prechecking, .backingUp, .snapshotting, .ready, .installing,
            .installInDoubt, .verifying, .rebootQueued, .rollbackQueued, .rollingBack,
            .rollbackInDoubt,
            .verifyingRollback, .awaitingReturn, .ended:
            false
        }
    }
}

package struct DeploymentState: Sendable, Equatable {
    /// An asset that was absent when its batch had its turn.
    package struct Straggling: Sendable, Equatable {
        /// The batch of those that were absent.
        package let batch: Int
        /// Until then it may return.
        package let until: Timestamp
        /// The attempts that it had when it returned last: each return has its own budget.
        package var attemptsBeforeReturn = 0
    }

    package var order: DeploymentOrder?
    package var phase = DeploymentPhase.unqueued
    /// 1 for the first.
    package var attempt = 1
    /// Highest fence of an intent; results from before it are stale (I5).
    package var fence: Int64 = 0
    package var outcome: DeploymentOutcome?
    package var installedBefore: [PackageSelection] = []
    package var prior: [PriorPackage] = []
    package var reversible = false
    /// Of the installation, or of the scan that found a reboot due: one has happened when the host
    /// shows another.
    package var bootID: String?
    package var rebootRequired = false
    /// The scan that found a reboot due which hasn't happened yet.
    var dueReboot: VerificationReport?
    /// Reboots that were seen to have happened since the installation.
    package var reboots = 0
    /// Tries to reboot that the host refused or never heard of.
    var rebootRetries = 0
    package var rollbackOrdered = false
    package var cancelOrdered = false
    /// The step that may have run, until a probe has said what became of it.
    package var inDoubt: AttemptStep?
    /// Since when the asset is in doubt, or installed and not scanned.
    package var doubtSince: Timestamp?
    /// Looks that brought nothing since then.
    package var fruitlessProbes = 0
    /// Workers that were lost since the installation began.
    package var lostLeases = 0
    /// Rollbacks that a probe proved never to have begun.
    package var rollbackRetries = 0
    package var straggling: Straggling?
    /// Its owner has it patched later.
    package var postponedUntil: Timestamp?
    /// It waits for a forensic hold to end, and that was told.
    package var isHeld = false
    /// It waits for a window to open or for a freeze to end.
    var isClosed = false
    /// The freeze that it waits for.
    var closedBy: String?
    /// The cap that it waits for, as it was told.
    package var awaitedCap: CapScope?
    /// Attempts that a hold or the calendar ended: they count against no budget.
    var heldAttempts = 0

    package init() {}

    /// What the order brings to this asset: the packages that its precheck found there, or all of
    /// them before it.
    package var pins: [PinnedPackage] {
        let pins = order?.pins ?? []
        return installedBefore.isEmpty ? pins : pins.present(among: installedBefore)
    }

    /// Nothing of the patch has been begun, and it is in the batch of its plan.
    package var mayBePostponed: Bool {
        (phase == .unqueued || phase.isBeforeInstall) && straggling == nil && !rollbackOrdered
            && !cancelOrdered
    }

    /// The batch with which it is judged.
    package var batch: Int? { straggling?.batch ?? order?.batch }

    /// Attempts under the current budget of retries.
    var budgetedAttempts: Int {
        attempt - heldAttempts - (straggling?.attemptsBeforeReturn ?? 0)
    }

    /// The outcome of an asset on which something is under way.
    var openOutcome: DeploymentOutcome? { rollbackOrdered ? .rollingBack : nil }
}
