import APIContract

enum ScheduleTable {
    static let columns: [Column<ScheduleResource>] = [
        Column("name") { $0.name }, Column("state") { $0.state },
        Column("next tick") { $0.nextAt.map(Moment.short) ?? "-" },
        Column("rule") { "\($0.rule) \($0.timeZone)" },
        Column("classes") { $0.riskClasses.joined(separator: " ") },
        Column("for") { words($0.target) },
        Column("last tick") { $0.lastTick.map(words) ?? "-" }, Column("schedule") { $0.id },
    ]

    static let defaults: [Column<DefaultScheduleResource>] = [
        Column("like") { $0.like }, Column("name") { $0.name }, Column("start") { $0.start },
        Column("zone") { $0.timeZone }, Column("rule") { $0.rule },
        Column("classes") { $0.riskClasses.joined(separator: " ") },
        Column("for") { words($0.target) },
    ]

    static let ticks: [Column<PreviewedTickResource>] = [
        Column("local") { $0.local }, Column("UTC") { Moment.short($0.at) },
    ]

    static func details(_ schedule: ScheduleResource) -> String {
        var text = Table.details([
            ("schedule", schedule.id), ("name", schedule.name), ("state", schedule.state),
            ("next tick", schedule.nextAt.map(Moment.short)),
            ("start", "\(schedule.start) \(schedule.timeZone)"), ("rule", schedule.rule),
            ("classes", schedule.riskClasses.joined(separator: " ")),
            ("for", words(schedule.target)), ("because", schedule.reason), ("by", schedule.by),
            ("created", Moment.short(schedule.createdAt)),
            (
                "suspended",
                schedule.suspended.map { "\(Moment.short($0.at)) by \($0.by): \($0.reason)" }
            ),
            ("ticks", String(schedule.ticks)), ("last tick", schedule.lastTick.map(words)),
            ("version", String(schedule.version)),
        ])
        if let tick = schedule.lastTick, !tick.planned.isEmpty {
            text += "\n" + Table.text(tick.planned, planned)
        }
        if let tick = schedule.lastTick, !tick.left.isEmpty {
            text += "\n" + Table.text(tick.left, left)
        }
        return text
    }

    private static let planned: [Column<TickRolloutResource>] = [
        Column("planned") { $0.rollout }, Column("of patch") { $0.patch },
    ]

    private static let left: [Column<TickRefusalResource>] = [
        Column("not planned") { $0.patch }, Column("because") { $0.reason },
    ]

    private static func words(_ target: ScheduleTargetResource) -> String {
        [target.environment, target.site, target.group].compactMap(\.self).joined(separator: " ")
    }

    private static func words(_ tick: TickResource) -> String {
        let outcome =
            switch tick.state {
            case "planned": "planned \(tick.planned.count), left \(tick.left.count)"
            case "nothingToDo": "nothing to do, left \(tick.left.count)"
            default: "being planned"
            }
        let missed = tick.missed == 0 ? "" : ", \(tick.missed) missed before it"
        return "\(Moment.short(tick.dueAt)): \(outcome)\(missed)"
    }
}
