package import EventSourcing

/// What is done instead of patching.
package enum ExceptionKind: String, Codable, Sendable, CaseIterable {
    case acceptRisk
    case compensatingControl
    case `defer`
}

/// What is asked for. The grant confirms its digest.
package struct ExceptionRequest: Codable, Hashable, Sendable {
    package let kind: ExceptionKind
    package let scope: ExceptionScope
    package let until: Timestamp
    package let reason: String
    /// The security control whose lapse ends the exception; a compensating control is one.
    package let control: StreamID?

    package init(
        kind: ExceptionKind, scope: ExceptionScope, until: Timestamp, reason: String,
        control: StreamID? = nil
    ) {
        self.kind = kind
        self.scope = scope
        self.until = until
        self.reason = reason
        self.control = control
    }

    package var digest: Digest { Digest(of: storedForm(self)) }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults = scope.faults
        if let fault = FieldFault.inText("reason", reason, longest: 4000) { faults.append(fault) }
        if let control, control.prefix != ControlDecider.prefix[...] {
            faults.append(
                FieldFault(
                    field: "control", value: control.text,
                    rule: "it does not begin with '\(ControlDecider.prefix)_'"))
        }
        if kind == .compensatingControl, control == nil {
            faults.append(
                FieldFault(
                    field: "control", value: "",
                    rule: "a compensating control has to be named: register and verify it first"))
        }
        return faults
    }
}

/// The numbers by which exceptions are granted, as data. Copied into the request's event.
package struct ExceptionPolicy: Codable, Hashable, Sendable {
    /// The longest life of an exception, from its request on.
    package var longestSeconds = 365 * 86_400
    /// How long before the end somebody is reminded, the longest time first.
    package var reminderSeconds = [30 * 86_400, 7 * 86_400, 86_400]

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case longestSeconds = "longest_seconds"
        case reminderSeconds = "reminder_seconds"
    }

    /// For what is under several policies at once: the shortest life, and the reminders of all, those
    /// nearest to the end where they are too many. What is built in where there are none.
    package static func strictest(of policies: some Collection<ExceptionPolicy>) -> ExceptionPolicy
    {
        guard let longest = policies.map(\.longestSeconds).min() else { return ExceptionPolicy() }
        var strictest = ExceptionPolicy()
        strictest.longestSeconds = longest
        let reminders = Set(policies.flatMap(\.reminderSeconds)).sorted(by: >)
        strictest.reminderSeconds = Array(reminders.suffix(mostReminders))
        return strictest
    }

    private static let mostReminders = 10

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if !(1...10 * 366 * 86_400).contains(longestSeconds) {
            faults.append(
                FieldFault(
                    field: "longest_seconds", value: "\(longestSeconds)",
                    rule: "it is between 1 second and 10 years"))
        }
        let isFalling = zip(reminderSeconds, reminderSeconds.dropFirst()).allSatisfy { $0 > $1 }
        if reminderSeconds.count > Self.mostReminders || !isFalling
            || reminderSeconds.contains(where: { $0 < 1 })
        {
            faults.append(
                FieldFault(
                    field: "reminder_seconds",
                    value: reminderSeconds.map(String.init).joined(separator: ", "),
                    rule: "at most 10, each shorter than the one before and at least 1"))
        }
        return faults
    }
}

/// An exception, as its events leave it.
package struct RiskException: Sendable, Equatable {
    package var id: StreamID?
    /// nil before it was requested.
    package var phase: ExceptionPhase?
    package var request: ExceptionRequest?
    package var requester: Actor?
    package var requested: Timestamp?
    package var policy = ExceptionPolicy()
    package var grantedBy: Actor?
    package var granted: Timestamp?
    /// When it ends; before the grant, when the request does.
    package var until: Timestamp?
    /// What its end does to the clocks of its findings.
    package var restart: ClockRestart?
    /// The end that was last reminded of, counted from the end on.
    package var remindedSeconds: Int?

    package init() {}

    /// Whether it stands in for patching at `moment`.
    package func isLive(at moment: Timestamp) -> Bool {
        phase == .granted && until.map { moment < $0 } ?? false
    }

    /// The next reminder: how long before the end, and when. nil when there is none to come.
    ///
    /// Those that lay before the grant are left out: nobody needs to be told on the same day.
    package var nextReminder: (seconds: Int, due: Timestamp)? {
        guard let until, let granted else { return nil }
        for seconds in policy.reminderSeconds where seconds < remindedSeconds ?? .max {
            let due = until + .seconds(-seconds)
            if due > granted { return (seconds, due) }
        }
        return nil
    }
}

package enum ExceptionPhase: String, Codable, Sendable, CaseIterable {
    case requested
    case granted
    case denied
    /// Its time, the request's time or its control has come to the end.
    case expired
    case revoked

    package var isTerminal: Bool { self != .requested && self != .granted }
}
