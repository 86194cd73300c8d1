internal import TransparencyLog

extension DeploymentRules {
    /// Of the attempt that is under way: what was begun.
    struct Steps: OptionSet {
        let rawValue: UInt8
        static let precheck = Steps(rawValue: 1)
        static let backUp = Steps(rawValue: 2)
        static let install = Steps(rawValue: 4)
        static let rollBack = Steps(rawValue: 8)
        static let reboot = Steps(rawValue: 16)
        static let snapshot = Steps(rawValue: 32)
        /// It ended well.
        static let hasSnapshot = Steps(rawValue: 64)
    }

    static func step(_ data: inout JSONMembers) -> Steps {
        guard let step = data.text("step") else { return [] }
        switch step.first {
        case UInt8(ascii: "b"): return .backUp
        case UInt8(ascii: "s"): return .snapshot
        default: return .precheck
        }
    }
}

extension DeploymentRules {
    /// What is known of one deployment.
    struct Deployed {
        var rollout: Int32
        var asset: Int32
        var batch: Int32
        var attempt: Int32 = 1
        var steps = Steps()
        var isInDoubt = false
        /// It is in effect only after a boot that wasn't seen yet.
        var awaitsBoot = false
        /// Its order has a snapshot taken before anything is installed.
        var needsSnapshot = false
        /// The boot id of the host that was told to reboot.
        var bootBefore: String?
        var hasSucceeded = false
        var installFinishedBy: IDKey?
        /// Of its rollout's plan; -1 where windows don't hold it back.
        var calendar: Int32 = -1
        /// Where it belongs, by its place in `places`.
        var place: Int32
        var key: StreamKey
    }
}
