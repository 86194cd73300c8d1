internal import Application
internal import EventSourcing
internal import PatchManagement

/// Who acts in the demonstration. Separation of duties holds for it as for everybody: who asks for
/// something or tested it may not approve it, so there are three.
enum DemonstrationPerson: String, CaseIterable {
    case alice = "demo-alice"
    case rita = "demo-rita"
    case peter = "demo-peter"

    var roles: [Role] {
        switch self {
        case .alice: [.vendorWatch, .analyst, .tester, .securityTester]
        case .rita: [.releaseManager]
        case .peter: [.approver]
        }
    }

    var stream: StreamID {
        get throws { try PersonName.stream(of: rawValue) }
    }

    /// What this person asks for in a step of the demonstration. The same step has the same key
    /// whenever it is taken, so a demonstration that was interrupted goes on where it was, and
    /// nothing of it is done twice (I10).
    func order(_ step: String) throws -> Order {
        Order(
            caller: Caller(person: try stream, roles: roles),
            idempotencyKey: "demonstration/\(step)",
            requestDigest: Digest(of: "demonstration/\(step)"))
    }
}
