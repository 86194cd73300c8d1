/// What happens when an installed patch needs a reboot to be in effect. Until the reboot it is
/// "installed, reboot pending", which is not compliant.
package enum RebootPolicy: String, Codable, Sendable, CaseIterable {
    /// Reboot when the host says that it needs one.
    case ifRequired
    /// Somebody else reboots.
    case never
    case always
    /// Reboot in the asset's next maintenance window.
    case deferToWindow
}
