import APIContract
import FoundationEssentials

enum EmergencyTable {
    /// - Parameter now: What the ends are counted from; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<EmergencyResource>] {
        [
            Column("state") { $0.state }, Column("patch") { $0.patch },
            Column("for") { Table.cut($0.target.words, to: 40) },
            Column("team") { Table.cut($0.team, to: 24) },
            Column("ends in", .right) { endsIn($0, now) },
            Column("review") { $0.review == "overdue" ? "OVERDUE" : $0.review },
            Column("due in", .right) { dueIn($0, now) },
            Column("reminders", .right) { $0.reminders > 0 ? String($0.reminders) : "-" },
            Column("emergency") { $0.id },
        ]
    }

    static func details(_ emergency: EmergencyResource, now: Date?) -> String {
        Table.details([
            ("emergency", emergency.id), ("state", emergency.state), ("patch", emergency.patch),
            ("for", emergency.target.words), ("team", emergency.team),
            ("because", emergency.reason), ("overrides freezes", emergency.freezeOverride),
            (
                "overrode",
                emergency.overriddenFreezes.map { freezes in
                    freezes.map { "\($0.freeze) for \($0.rollout) \(Moment.short($0.at))" }
                        .joined(separator: ", ")
                }
            ),
            ("digest", emergency.digest),
            ("proposed", "by \(emergency.proposedBy) \(Moment.short(emergency.proposedAt))"),
            (
                "confirmed",
                emergency.confirmedBy.map { by in
                    "by \(by) \(emergency.declaredAt.map(Moment.short) ?? "")"
                }
            ),
            ("overdue then", emergency.passedOver?.joined(separator: ", ")),
            ("until", Moment.short(emergency.until)), ("ends in", endsIn(emergency, now)),
            ("ended", emergency.end.map(words)),
            ("review", emergency.review == "overdue" ? "OVERDUE" : emergency.review),
            ("review by", emergency.reviewBy.map(Moment.short)),
            (
                "reminded",
                emergency.remindedAt.map { at in
                    "\(emergency.reminders) of it, last \(Moment.short(at)) for "
                        + (emergency.remindedRoles ?? []).joined(separator: ", ")
                }
            ),
            (
                "outcome",
                emergency.outcome.map {
                    "\($0.text), by \($0.by) \(Moment.short($0.at))"
                        + ($0.wasOverdue ? ", late" : "")
                }
            ),
            ("version", String(emergency.version)),
        ])
    }

    private static func endsIn(_ emergency: EmergencyResource, _ now: Date?) -> String {
        switch emergency.state {
        case "proposed", "declared": Remaining.text(until: emergency.until, now: now)
        default: "-"
        }
    }

    private static func dueIn(_ emergency: EmergencyResource, _ now: Date?) -> String {
        guard let by = emergency.reviewBy, emergency.review != "done" else { return "-" }
        return Remaining.text(until: by, now: now)
    }

    private static func words(_ end: EmergencyEndResource) -> String {
        var words = "\(end.cause) \(Moment.short(end.at))"
        if let by = end.by { words += " by \(by)" }
        return words + (end.reason.map { ": \($0)" } ?? "")
    }
}
