/// What became of one asset in a rollout, as the gate counts it. An asset without one is open.
package enum DeploymentOutcome: String, Codable, Sendable, CaseIterable {
    /// The installation may have run, and nobody knows: it is being probed.
    case unknown
    /// Ordered to go back, and not there yet.
    case rollingBack
    /// Proven by a scan after the installation.
    case succeeded
    /// Installed and healthy, and not in effect before a reboot.
    case installedPendingReboot
    /// Failed before the installation began: the asset is as it was.
    case failedBeforeInstall
    /// The installation began and failed.
    case failed
    /// Installed, and a later scan found version, service or check wrong.
    case verificationFailed
    /// Not to be reached since the installation began.
    case unreachable
    /// Told to reboot after the installation, and not back within the policy's time.
    case deadAfterReboot
    /// Never reached while nothing had been begun.
    case absent
    case skipped
    case cancelled
    case rolledBack
    case rollbackFailed

    /// The four words of invariant I7.
    package enum Summary: String, Sendable {
        case success, failed, skipped, unknown
    }

    package var summary: Summary {
        switch self {
        case .succeeded, .installedPendingReboot: .success
        case .skipped, .cancelled, .absent: .skipped
        case .unknown, .unreachable, .rollingBack: .unknown
        case .failedBeforeInstall, .failed, .verificationFailed, .deadAfterReboot, .rolledBack,
            .rollbackFailed:
            .failed
        }
    }

    /// Nothing more happens by itself.
    package var isFinal: Bool {
        switch self {
        case .unknown, .rollingBack: false
        case .succeeded, .installedPendingReboot, .failedBeforeInstall, .failed,
            .verificationFailed, .unreachable, .deadAfterReboot, .absent, .skipped, .cancelled,
            .rolledBack, .rollbackFailed:
            true
        }
    }

    /// Another attempt may bring what this one didn't. What was brought back was judged, and needs a
    /// new test first; an asset that was absent has a turn of its own.
    package var mayBeRetried: Bool {
        switch self {
        case .failedBeforeInstall, .failed, .verificationFailed, .unreachable, .deadAfterReboot,
            .rollbackFailed:
            true
        case .unknown, .rollingBack, .succeeded, .installedPendingReboot, .absent, .skipped,
            .cancelled, .rolledBack:
            false
        }
    }

    /// There is nothing (left) for a rollback to do.
    package var isSettledInRollback: Bool {
        switch self {
        case .failedBeforeInstall, .absent, .skipped, .cancelled, .rolledBack, .rollbackFailed:
            true
        case .unknown, .rollingBack, .succeeded, .installedPendingReboot, .failed,
            .verificationFailed, .unreachable, .deadAfterReboot:
            false
        }
    }

    /// Counts against the gate's failure rules.
    package var isBad: Bool {
        switch self {
        case .failedBeforeInstall, .failed, .verificationFailed, .unreachable, .deadAfterReboot,
            .rolledBack, .rollbackFailed:
            true
        case .unknown, .rollingBack, .succeeded, .installedPendingReboot, .absent, .skipped,
            .cancelled:
            false
        }
    }
}
