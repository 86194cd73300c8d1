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
    /// No reboot is needed: it is in effect when nothing runs replaced files any more.
    case servicesSuffice

    /// patchflow reboots hosts by itself.
    package var reboots: Bool {
        switch self {
        case .ifRequired, .always: true
        case .never, .deferToWindow, .servicesSuffice: false
        }
    }

    /// Those that a plan can have: under `ifRequired` a reboot waits for an open window as well, so
    /// nothing has to be deferred to one.
    package static let carriedOut: [RebootPolicy] = [
        .never, .ifRequired, .always, .servicesSuffice,
    ]
}

/// Whether patchflow reboots hosts that a patch needs to be rebooted, and how long they may be gone.
package struct RebootRules: Codable, Sendable, Equatable {
    package static let usualReturnSeconds = 900

    package var policy = RebootPolicy.never
    /// A host that isn't back by then is dead after its reboot.
    package var returnSeconds = usualReturnSeconds

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case policy
        case returnSeconds = "return_seconds"
    }
}
