internal import EventSourcing
internal import PatchManagement

/// A security control counts by what a person has verified who may, not for longer than the evidence
/// allows, and not beyond its lapse.
struct ControlRules {
    enum Holding {
        case holds
        case lapsed
        /// It isn't in the bundle.
        case unknown
    }

    private struct Held {
        var control = SecurityControl()
        /// When its verification ended before its time; nil while it holds.
        var lapsed: Timestamp?
        /// Where in the log it lapsed last; 0 for never.
        var lastLapse: Int64 = 0
        /// The ends that its verifications had.
        var ends: Set<Timestamp> = []
    }

    private static let rule = "control"
    /// Between a look at a control and the record of what was decided by it.
    private static let slack = Duration.seconds(300)

    private var controls: [StreamKey: Held] = [:]

    func holding(_ control: StreamID, at moment: Timestamp) -> Holding {
        guard let held = controls[StreamKey(control)] else { return .unknown }
        guard let until = held.control.verification?.until, moment < until else { return .lapsed }
        guard let lapsed = held.lapsed else { return .holds }
        return moment < lapsed ? .holds : .lapsed
    }

    /// The position at which it lapsed last, whatever was verified since: 0 for never, nil when the
    /// control isn't known.
    func lastLapse(of control: StreamID) -> Int64? { controls[StreamKey(control)]?.lastLapse }

    /// Whether it was once verified up to that moment.
    func wasVerified(_ control: StreamID, until: Timestamp) -> Bool {
        controls[StreamKey(control)]?.ends.contains(until) == true
    }

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(ControlEvent.self, event) else { return }
        var held = controls[event.stream] ?? Held()
        switch read {
        case .registered(let registered): check(registered, held, event, people, &judgement)
        case .verified(let verified):
            check(verified, held, event, people, &judgement)
            held.lapsed = nil
            held.ends.insert(verified.until)
        case .lapsed(let lapsed):
            check(lapsed, held, event, people, &judgement)
            held.lapsed = Timestamp(microseconds: event.occurredAt)
            held.lastLapse = event.position
        }
        ControlDecider.evolve(&held.control, read)
        controls[event.stream] = held
    }

    private func check(
        _ registered: ControlRegistered, _ held: Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(registered.by, mayDo: [.registerControl], event, &judgement)
        if StreamKey(registered.control) != event.stream
            || StreamKey(registered.registration.control) != event.stream
        {
            judgement.violation(
                Self.rule, event, "the control '\(registered.registration.name)' is another one")
        }
        if held.control.phase == .verified {
            judgement.violation(
                Self.rule, event, "it is described anew, and what was verified goes on counting")
        }
    }

    private func check(
        _ verified: ControlVerified, _ held: Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(verified.by, mayDo: [.verifyControl], event, &judgement)
        if held.control.registration == nil {
            judgement.violation(Self.rule, event, "nobody registered it")
        }
        let moment = Timestamp(microseconds: event.occurredAt)
        if verified.gathered > moment + Self.slack {
            judgement.violation(
                Self.rule, event, "its evidence is from \(verified.gathered), which is to come")
        }
        if let last = held.control.verification, verified.gathered <= last.gathered {
            judgement.violation(
                Self.rule, event,
                "its evidence is from \(verified.gathered), and no newer than the last")
        }
        let latest = verified.gathered + ControlDecider.longestVerification
        if verified.until <= moment || verified.until > latest {
            judgement.violation(
                Self.rule, event, "it holds until \(verified.until), and may until \(latest)")
        }
    }

    private func check(
        _ lapsed: ControlLapsed, _ held: Held, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        let action: Action =
            switch lapsed.cause {
            case .verificationEnded: .fireControlTimer
            case .withdrawn: .withdrawControl
            case .changed: .registerControl
            }
        people.check(lapsed.by, mayDo: [action], event, &judgement)
        guard held.control.phase == .verified, let verification = held.control.verification else {
            return judgement.violation(Self.rule, event, "nothing was verified that could lapse")
        }
        if lapsed.until != verification.until {
            judgement.violation(
                Self.rule, event, "its verification holds until \(verification.until)")
        }
        if lapsed.cause == .verificationEnded,
            Timestamp(microseconds: event.occurredAt) < verification.until
        {
            judgement.violation(
                Self.rule, event, "its verification holds until \(verification.until)")
        }
    }
}

/// Baselines are set by people who may, each for the kind of assets that its stream is for.
struct BaselineRules {
    func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(BaselineEvent.self, event) else { return }
        switch read {
        case .set(let set):
            people.check(set.by, mayDo: [.setBaseline], event, &judgement)
            if StreamKey(set.baseline.id) != event.stream {
                judgement.violation(
                    "baseline", event, "the baseline of '\(set.baseline.kind)' is another one")
            }
            if let fault = set.baseline.faults.first {
                judgement.violation("baseline", event, fault.description)
            }
        }
    }
}
