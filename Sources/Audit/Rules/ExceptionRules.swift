internal import EventSourcing
internal import PatchManagement

/// Exceptions are granted by another person than the one who asked, as the risk owner that the person
/// was then, for exactly what was asked, with an end, and while the control that they lean on holds
/// (I14); what is over doesn't come back.
struct ExceptionRules {
    private static let rule = "exception"
    /// Clocks of two servers differ by less.
    private static let slack = Duration.seconds(300)

    private var exceptions: [StreamKey: RiskException] = [:]
    /// Where in the log each was asked for.
    private var requests: [StreamKey: Int64] = [:]

    /// Whether the exception was granted up to that moment, whatever became of it since.
    func wasGranted(_ exception: StreamID, until: Timestamp) -> Bool {
        guard let held = exceptions[StreamKey(exception)], held.granted != nil else { return false }
        return held.until == until
    }

    mutating func read(
        _ event: EntryView, _ controls: ControlRules, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(ExceptionEvent.self, event) else { return }
        var exception = exceptions[event.stream] ?? ExceptionDecider.initialState
        switch read {
        case .requested(let requested):
            check(requested, exception, event, people, &judgement)
            requests[event.stream] = event.position
        case .granted(let granted):
            check(granted, exception, controls, event, people, &judgement)
        case .denied(let denied):
            need([.requested], exception, event, &judgement)
            people.check(denied.by, mayDo: [.decideException], event, &judgement)
        case .reminded:
            need([.granted], exception, event, &judgement)
            people.check(writerOf: event, mayDo: [.fireExceptionTimer], &judgement)
        case .expired(let expired):
            check(expired, exception, controls, event, people, &judgement)
        case .revoked(let revoked):
            need([.granted], exception, event, &judgement)
            people.check(revoked.by, mayDo: [.revokeException], event, &judgement)
        }
        ExceptionDecider.evolve(&exception, read)
        exceptions[event.stream] = exception
    }

    private func need(
        _ needed: [ExceptionPhase], _ exception: RiskException, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let phase = exception.phase else {
            return judgement.violation(Self.rule, event, "nobody asked for it")
        }
        if !needed.contains(phase) {
            judgement.violation(Self.rule, event, "it is \(phase.rawValue) already")
        }
    }

    private func check(
        _ requested: ExceptionRequested, _ exception: RiskException, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        if exception.phase != nil {
            judgement.violation(Self.rule, event, "it was asked for before")
        }
        people.check(requested.by, mayDo: [.requestException], event, &judgement)
        if StreamKey(requested.exception) != event.stream {
            judgement.violation(Self.rule, event, "it is for \(requested.exception)")
        }
        if requested.digest != requested.request.digest {
            judgement.violation("I14", event, "the digest is not that of the request")
        }
        let longest = requested.requested + .seconds(requested.policy.longestSeconds)
        if requested.request.until <= requested.requested || requested.request.until > longest {
            judgement.violation(
                Self.rule, event,
                "its end, \(requested.request.until), is not by \(longest), as its policy asks")
        }
    }

    private func check(
        _ granted: ExceptionGranted, _ exception: RiskException, _ controls: ControlRules,
        _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        need([.requested], exception, event, &judgement)
        people.check(author: granted.by, event, &judgement)
        people.check(
            riskOwner: granted.by.id, role: granted.by.role, event, &judgement)
        guard let request = exception.request, let requester = exception.requester,
            let requested = exception.requested
        else { return }
        for person in granted.by.people where requester.people.contains(person) {
            judgement.violation("I14", event, "\(person) grants it and asked for it")
        }
        if granted.digest != exception.request?.digest {
            judgement.violation("I14", event, "the digest is not that of what was asked for")
        }
        if granted.granted + Self.slack < requested {
            judgement.violation("I14", event, "it is granted before it was asked for")
        }
        if granted.until > request.until || granted.until <= granted.granted {
            judgement.violation(
                Self.rule, event, "it ends at \(granted.until), and \(request.until) was asked for")
        }
        Deadline.check(request.until, event, &judgement)
        guard let control = request.control else { return }
        switch controls.holding(control, at: granted.granted) {
        case .holds: break
        case .lapsed:
            judgement.violation(
                "I14", event, "\(control), which it leans on, is not verified at that time")
        case .unknown: judgement.absent("I14", event, "there is no control \(control)")
        }
    }

    private func check(
        _ expired: ExceptionExpired, _ exception: RiskException, _ controls: ControlRules,
        _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        let moment = Timestamp(microseconds: event.occurredAt)
        switch expired.cause {
        case .timeOver, .notDecided:
            need([expired.cause == .timeOver ? .granted : .requested], exception, event, &judgement)
            people.check(writerOf: event, mayDo: [.fireExceptionTimer], &judgement)
            if let until = exception.until, moment < until {
                judgement.violation(Self.rule, event, "its end is at \(until)")
            }
        case .controlLapsed:
            need([.requested, .granted], exception, event, &judgement)
            people.check(writerOf: event, mayDo: [.endException], &judgement)
            guard let control = expired.control, control == exception.request?.control else {
                return judgement.violation(Self.rule, event, "it doesn't lean on that control")
            }
            // Whoever ends it follows the log, and may be late: it may be verified again by now.
            guard let lapse = controls.lastLapse(of: control) else {
                return judgement.absent(Self.rule, event, "there is no control \(control)")
            }
            if lapse <= requests[event.stream] ?? 0 {
                judgement.violation(Self.rule, event, "\(control) has not lapsed")
            }
        }
    }
}
