import EventSourcing
import FoundationEssentials
import PatchManagement

/// The people of every story, one for each duty; approvers are three, so that somebody can always
/// decide on what others have asked for.
enum Cast {
    static let watcher = person(1, .vendorWatch)
    static let analyst = person(2, .analyst)
    static let tester = person(3, .tester)
    static let securityTester = person(4, .securityTester)
    static let manager = person(5, .releaseManager)
    static let approver = person(6, .approver)
    static let commander = person(7, .incidentCommander)
    /// A release manager who is an approver as well.
    static let second = person(8, .approver)

    static let all = [
        watcher, analyst, tester, securityTester, manager, approver, commander, second,
    ]

    private static func person(_ number: UInt64, _ role: Role) -> Actor {
        let id = UUID.version7(at: Timestamp(seconds: 1_767_225_600), random: (7, number))
        return Actor(id: StreamID(prefix: "pe", id).text, role: role.rawValue)
    }
}
