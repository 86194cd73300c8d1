import APIContract
import FoundationEssentials

enum ExceptionTable {
    /// - Parameter now: What the ends are counted from; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<ExceptionResource>] {
        [
            Column("state") { $0.state }, Column("kind") { $0.kind },
            Column("ends") { Moment.minute($0.until) },
            Column("ends in", .right) { endsIn($0, now) },
            Column("reminders", .right) { $0.reminders > 0 ? String($0.reminders) : "-" },
            Column("forgotten") { $0.isForgotten ? "yes" : "-" },
            Column("for") { Table.cut(scope($0), to: 48) },
            Column("control") { $0.control ?? "-" },
            Column("asked by") { $0.requestedBy },
            Column("decided by") { $0.decision?.by ?? "-" },
            Column("exception") { $0.id },
        ]
    }

    static func details(_ exception: ExceptionResource, now: Date?) -> String {
        let decision = exception.decision
        return Table.details([
            ("exception", exception.id), ("kind", exception.kind), ("state", exception.state),
            ("for", scope(exception, isWhole: true)), ("because", exception.reason),
            ("control", exception.control), ("until", Moment.short(exception.until)),
            ("ends in", endsIn(exception, now)),
            ("asked", "by \(exception.requestedBy) \(Moment.short(exception.requestedAt))"),
            ("digest", exception.digest),
            (
                "decided",
                decision.map {
                    "\($0.outcome) by \($0.by) \(Moment.short($0.at)): \($0.reason)"
                }
            ),
            (
                "afterwards",
                decision?.restart.map {
                    $0 == "restarts" ? "the time of the class anew" : "the old deadlines"
                }
            ),
            (
                "reminded",
                exception.remindedAt.map {
                    "\(exception.reminders) of it, last \(Moment.short($0))"
                }
            ),
            ("forgotten", exception.isForgotten ? "yes: nobody has decided anything since" : nil),
            ("ended", exception.end.map { end($0) }), ("version", String(exception.version)),
        ])
    }

    /// What it is for, in words: ids where there are few, or `isWhole`.
    static func scope(_ exception: ExceptionResource, isWhole: Bool = false) -> String {
        let scope = exception.scope
        var parts: [String] = []
        for (ids, noun) in [
            (scope.findings, "finding"), (scope.assets, "asset"), (scope.patches, "patch"),
        ] {
            guard let ids, !ids.isEmpty else { continue }
            parts.append(
                ids.count == 1 || isWhole
                    ? ids.joined(separator: ", ")
                    : "\(ids.count) \(noun)\(noun == "patch" ? "es" : "s")")
        }
        if let group = scope.group { parts.append(group.words) }
        return parts.joined(separator: " and ")
    }

    private static func endsIn(_ exception: ExceptionResource, _ now: Date?) -> String {
        switch exception.state {
        case "requested", "granted": Remaining.text(until: exception.until, now: now)
        default: "-"
        }
    }

    private static func end(_ end: ExceptionEndResource) -> String {
        var words = "\(end.cause) \(Moment.short(end.at))"
        if let by = end.by { words += " by \(by)" }
        return words + (end.reason.map { ": \($0)" } ?? "")
    }
}
