internal import EventSourcing
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
        // Whose stream is there is known, with or without a role.
        var held = roles[event.stream] ?? []
        switch read {
        case .roleGranted(let granted):
            check(writerOf: event, mayDo: [.grantRole], &judgement)
            if event.plainActor().flatMap({ StreamKey($0.id) }) == event.stream {
                judgement.violation("I14", event, "\(event.stream) grants a role to themselves")
            }
            held.insert(granted.role)
        case .roleRevoked(let revoked):
            check(writerOf: event, mayDo: [.revokeRole], &judgement)
            held.remove(revoked.role)
        case .tokenIssued(let issued):
            check(writerOf: event, mayDo: [.issueToken], &judgement)
            for role in issued.roles where !held.contains(role) {
                judgement.violation(
                    "I14", event,
                    "the token is for a \(role.rawValue), which \(event.stream) is not")
            }
        case .tokenRevoked: check(writerOf: event, mayDo: [.revokeToken], &judgement)
        case .erasureRequested: break
        case .subjectErased: held = []
        }
        roles[event.stream] = held
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

    /// I14: whoever decides holds the role that it is asked for in.
    func check(
        holding role: Role, by id: String, _ event: EntryView, _ judgement: inout Judgement
    ) {
        check(role, "a \(role.rawValue)", by: id, as: role.rawValue, event, &judgement)
    }

    /// I14: the event is by whom it says.
    ///
    /// - Returns: Who wrote it; nil when that can't be read, which is then said.
    @discardableResult
    func check(author by: Actor, _ event: EntryView, _ judgement: inout Judgement) -> Actor? {
        do {
            let actor = try event.actor()
            if actor != by {
                judgement.violation(
                    "I14", event, "it is said to be by \(by.id), and is by \(actor.id)")
            }
            return actor
        } catch {
            judgement.unreadable(event)
            return nil
        }
    }

    /// I14: the event is by whom it says, who may do that in the role given, and holds it then.
    func check(
        _ by: Actor, mayDo actions: [Action], _ event: EntryView, _ judgement: inout Judgement
    ) {
        guard check(author: by, event, &judgement) != nil else { return }
        check(role: by, mayDo: actions, event, &judgement)
    }

    /// I14: whoever wrote the event may do that in the role given, and holds it then.
    func check(
        writerOf event: EntryView, mayDo actions: [Action], _ judgement: inout Judgement
    ) {
        do {
            check(role: try event.actor(), mayDo: actions, event, &judgement)
        } catch {
            judgement.unreadable(event)
        }
    }

    /// I14: whoever wrote the event did so in one of these roles, and holds it then.
    func check(
        writerOf event: EntryView, as roles: RoleWords, _ judgement: inout Judgement
    ) {
        if isSurely(event, by: roles) { return }
        do {
            check(role: try event.actor(), among: roles.roles, event, &judgement)
        } catch {
            judgement.unreadable(event)
        }
    }

    /// Told without making texts of the actor; false says nothing.
    private func isSurely(_ event: EntryView, by roles: RoleWords) -> Bool {
        guard let (id, word) = event.plainActor(), let role = roles.role(word) else { return false }
        let key = StreamKey(id)
        if role.isService || role == .worker { return key == nil }
        return key.flatMap { self.roles[$0]?.contains(role) } ?? false
    }

    private func check(
        role by: Actor, mayDo actions: [Action], _ event: EntryView, _ judgement: inout Judgement
    ) {
        let roles = actions.flatMap { Authorisation.roles(for: $0) }
        check(role: by, among: roles, event, &judgement)
    }

    private func check(
        role by: Actor, among roles: [Role], _ event: EntryView, _ judgement: inout Judgement
    ) {
        guard let role = roles.first(where: { $0.rawValue == by.role }) else {
            return judgement.violation("I14", event, "\(by.id) may not do that as '\(by.role)'")
        }
        if role.isService || role == .worker {
            // These are nobody's roles: whoever has a stream is a person.
            if StreamKey(by.id) != nil {
                judgement.violation("I14", event, "\(by.id) is no \(role.rawValue) of patchflow")
            }
            return
        }
        switch holding(of: role, by: by.id) {
        case .held: break
        case .notHeld:
            judgement.violation("I14", event, "\(by.id) is no \(role.rawValue) at that time")
        case .unknown:
            judgement.absent("I14", event, "nobody made \(by.id) a \(role.rawValue)")
        }
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

/// Roles as they stand in entries.
struct RoleWords: Sendable {
    let roles: [Role]
    private let words: [[UInt8]]

    init(roles: [Role]) {
        self.roles = roles
        words = roles.map { Array($0.rawValue.utf8) }
    }

    /// The roles that may do one of these.
    init(_ actions: [Action]) {
        self.init(roles: Set(actions.flatMap { Authorisation.roles(for: $0) }).sorted())
    }

    func role(_ word: UnsafeBufferPointer<UInt8>) -> Role? {
        words.firstIndex { $0.elementsEqual(word) }.map { roles[$0] }
    }
}
