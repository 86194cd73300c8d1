internal import PatchManagement

/// Which role each person holds, by the grants so far (I14).
struct PeopleRules {
    enum Holding {
        case held
        case notHeld
        /// The person's grants are not in the bundle.
        case unknown
    }

    private var roles: [StreamKey: Set<Role>] = [:]
    private var erasures = ErasureRules()

    mutating func read(_ event: EntryView, _ judgement: inout Judgement) {
        guard let read = judgement.decode(PersonEvent.self, event) else { return }
        erasures.read(read, event, self, &judgement)
        switch read {
        case .roleGranted(let granted): roles[event.stream, default: []].insert(granted.role)
        case .roleRevoked(let revoked): roles[event.stream, default: []].remove(revoked.role)
        case .tokenIssued, .tokenRevoked, .erasureRequested:
            roles[event.stream, default: []].formUnion([])
        case .subjectErased: roles[event.stream] = []
        }
    }

    /// - Parameter person: The id of an actor.
    func holding(of role: Role, by person: String) -> Holding {
        guard let key = StreamKey(person), let held = roles[key] else { return .unknown }
        return held.contains(role) ? .held : .notHeld
    }

    /// I14: whoever decides does so as an approver, and is one at that time.
    func check(
        approver id: String, role: String, _ event: EntryView, _ judgement: inout Judgement
    ) {
        check(.approver, "an approver", by: id, as: role, event, &judgement)
    }

    /// I14: likewise for what a risk owner decides.
    func check(
        riskOwner id: String, role: String, _ event: EntryView, _ judgement: inout Judgement
    ) {
        check(.riskOwner, "a riskOwner", by: id, as: role, event, &judgement)
    }

    private func check(
        _ needed: Role, _ name: String, by id: String, as role: String, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard role == needed.rawValue else {
            return judgement.violation(
                "I14", event, "\(id) decides as '\(role)', not as \(needed.rawValue)")
        }
        switch holding(of: needed, by: id) {
        case .held: break
        case .notHeld:
            judgement.violation("I14", event, "\(id) is no \(needed.rawValue) at that time")
        case .unknown: judgement.absent("I14", event, "nobody made \(id) \(name)")
        }
    }
}
