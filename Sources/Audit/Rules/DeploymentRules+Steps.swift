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
