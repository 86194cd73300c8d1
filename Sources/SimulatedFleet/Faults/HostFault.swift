/// What can be wrong with a simulated host. The stored names are those of the command line.
package enum HostFault: String, Codable, Sendable, CaseIterable {
    // Never reached
    /// No ssh connection is taken.
    case refuseSSH = "refuse-ssh"
    /// Another machine answers at its address.
    case replaced

    // Not to be touched
    case lockHeld = "lock-held"
    case diskFull = "disk-full"
    case dpkgInterrupted = "dpkg-interrupted"
    case packageHeld = "package-held"
    /// Old package files can't be had, so there is no way back.
    case noOldPackages = "no-old-packages"

    // Wrong files
    /// Another file than the pinned one is delivered under its name.
    case editedPackage = "edited-package"
    /// The package lists have no good signature.
    case unsigned

    // While it installs
    /// Gone for good in the middle of the installation.
    case vanishes
    /// Goes down in the middle of the installation, and is back two minutes later.
    case crashes
    /// The installation never ends.
    case hangs
    /// The installation ends badly.
    case fails
    /// The installation writes 50 MB of output.
    case floods
    /// The installation takes eight seconds.
    case slow

    // After it
    /// Reports a good end and has installed nothing.
    case lies
    /// The new version doesn't start.
    case breaksService = "breaks-service"
    case needsReboot = "needs-reboot"
    case rollbackFails = "rollback-fails"
    /// Goes down when it is told to reboot, and never comes back.
    case deadAfterReboot = "dead-after-reboot"
    /// Scans and probes answer something that can't be understood.
    case garbles

    /// Those that a storm draws from: what every rollout meets, whatever its plan says of reboots.
    static let inStorms = allCases.filter { $0 != .deadAfterReboot }
}
