/// A time in which steps may begin: from `start` on, before `lastStart`. What has begun may finish
/// until `end`, and after it.
package struct Opening: Sendable, Hashable {
    package let start: Timestamp
    /// Nothing starts at it or later.
    package let lastStart: Timestamp
    package let end: Timestamp

    package init(start: Timestamp, lastStart: Timestamp, end: Timestamp) {
        self.start = start
        self.lastStart = lastStart
        self.end = end
    }

    /// How long a permit lives: a step begins within that time after it was granted, so that it is
    /// granted only while so much time is left.
    package static let grantLife = Duration.seconds(2)

    /// Whether a permit may be granted when some clocks show `earliest` and none later than
    /// `latest`: it has to be open by all of them, for the whole life of the permit.
    package func grants(from earliest: Timestamp, to latest: Timestamp) -> Bool {
        start <= earliest && latest + Self.grantLife < lastStart
    }
}

/// Stored as the three moments, in their order: plans and events hold many of them.
extension Opening: Codable {
    package init(from decoder: any Decoder) throws {
        var moments = try decoder.unkeyedContainer()
        start = try moments.decode(Timestamp.self)
        lastStart = try moments.decode(Timestamp.self)
        end = try moments.decode(Timestamp.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var moments = encoder.unkeyedContainer()
        for moment in [start, lastStart, end] { try moments.encode(moment) }
    }
}

/// A freeze as it is looked at where intents commit.
package struct FreezeBar: Codable, Sendable, Equatable {
    /// Of the freeze, or of a policy with the name of one of its freezes.
    package let freeze: String
    package let from: Timestamp
    /// The first moment after it; nil for one without an end.
    package let to: Timestamp?

    package init(freeze: String, from: Timestamp, to: Timestamp?) {
        self.freeze = freeze
        self.from = from
        self.to = to
    }

    /// Whether it stands in the way of a permit, by any clock (see `Opening.grants`).
    package func bars(from earliest: Timestamp, to latest: Timestamp) -> Bool {
        from <= latest + Opening.grantLife && (to.map { earliest < $0 } ?? true)
    }
}

/// A change of when, and of how much at once may be dispatched, committed with the event that decides
/// it.
package enum CalendarChange: Sendable, Equatable {
    /// The openings of a rollout's calendars, by their number: steps that name one begin in them only.
    case open(rollout: StreamID, [[Opening]])
    /// The rollout has ended.
    case forget(rollout: StreamID)
    /// Nothing begins in `scope` while it lasts.
    case freeze(FreezeBar, scope: String)
    /// Ends a freeze. What waits for its end is due at once.
    case lift(freeze: String)
    /// It no longer stands in the way of that rollout. What waits for its end is due at once, and is
    /// asked again. With `until` it holds again from then on.
    case override(freeze: String, rollout: StreamID, until: Timestamp? = nil)
    /// An override that had an end is over before it.
    case restore(freeze: String, rollout: StreamID)
    /// The freezes of a policy, instead of those that it had; nil where it says nothing of freezes. A
    /// policy of a lower level, the higher number, stands before those above it.
    case policy(String, scope: String, level: Int, [FreezeBar]?)
    /// So many attempts at most are under way in `scope` at once, those that are now among them; nil
    /// for no cap.
    case cap(scope: String, Int?)

    /// Which row of `dispatch_control` has to be locked for it. Every permit relies on the globe's, so
    /// that whatever commits after a freeze sees it.
    package var scope: String {
        switch self {
        case .open(let rollout, _), .forget(let rollout): ControlChange.rolloutScope(rollout)
        case .freeze, .lift, .override, .restore, .policy, .cap: ControlChange.globe
        }
    }
}

extension CalendarChange {
    /// As `change_calendar` takes it. Source: sql/functions/change_calendar.sql.
    private struct Form: Encodable {
        struct Row: Encodable {
            var freeze: String?
            var calendar: Int?
            let from: Timestamp
            let to: Timestamp?
        }

        let kind: String
        var scope: String?
        var level: Int?
        var policy: String?
        var freeze: String?
        var until: Timestamp?
        var rows: [Row]?
        var capacity: Int?
    }

    /// Canonical JSON.
    package var stored: [UInt8] {
        let form: Form =
            switch self {
            case .open(_, let calendars):
                Form(
                    kind: "open", scope: scope,
                    rows: calendars.enumerated().flatMap { number, openings in
                        openings.map {
                            Form.Row(calendar: number, from: $0.start, to: $0.lastStart)
                        }
                    })
            case .forget: Form(kind: "forget", scope: scope)
            case .freeze(let bar, let scope):
                Form(kind: "freeze", scope: scope, rows: [Self.row(bar)])
            case .lift(let freeze): Form(kind: "lift", freeze: freeze)
            case .override(let freeze, let rollout, let until):
                Form(
                    kind: "override", scope: ControlChange.rolloutScope(rollout), freeze: freeze,
                    until: until)
            case .restore(let freeze, let rollout):
                Form(
                    kind: "restore", scope: ControlChange.rolloutScope(rollout), freeze: freeze)
            case .policy(let policy, let scope, let level, let bars):
                Form(
                    kind: "policy", scope: scope, level: level, policy: policy,
                    rows: bars?.map(Self.row))
            case .cap(let scope, let capacity):
                Form(kind: "cap", scope: scope, capacity: capacity)
            }
        do {
            return try CanonicalJSON.encode(form)
        } catch {
            preconditionFailure("a change of the calendar is texts and moments: \(error)")
        }
    }

    private static func row(_ bar: FreezeBar) -> Form.Row {
        Form.Row(freeze: bar.freeze, from: bar.from, to: bar.to)
    }
}

/// The way out of a closed window or a freeze, by the store's clock.
package struct DispatchWait: Sendable, Equatable {
    /// When it may be asked again; nil when nothing opens any more.
    package let until: Timestamp?
    /// From now on, by the store's clock: clocks elsewhere may differ.
    package let delay: Duration?
    /// What is in the way, if it is a freeze.
    package let freeze: String?

    package init(until: Timestamp?, delay: Duration?, freeze: String? = nil) {
        self.until = until
        self.delay = delay
        self.freeze = freeze
    }
}
