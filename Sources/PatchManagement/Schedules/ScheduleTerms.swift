package import EventSourcing
internal import JSON

/// What a schedule says: when it ticks, and what a tick plans.
package struct ScheduleTerms: Codable, Hashable, Sendable {
    package let name: String
    /// The first time that it may tick, by the clock on the wall, such as `2026-01-06T02:00`.
    package let start: String
    /// Of the zone database, such as `Europe/Berlin`.
    package let timeZone: String
    /// RFC 5545, such as `FREQ=WEEKLY;BYDAY=TU,TH`.
    package let rule: String
    /// The classes of the patches that it plans, the most pressing first.
    package let riskClasses: [RiskClass]
    package let target: ScheduleTarget

    package init(
        name: String, start: String, timeZone: String, rule: String, riskClasses: [RiskClass],
        target: ScheduleTarget
    ) {
        self.name = name
        self.start = start
        self.timeZone = timeZone
        self.rule = rule
        self.riskClasses = RiskClass.allCases.filter(riskClasses.contains)
        self.target = target
    }

    private enum CodingKeys: String, CodingKey {
        case name, start, rule, target
        case timeZone = "time_zone"
        case riskClasses = "risk_classes"
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if let fault = FieldFault.inText("name", name, longest: 100) { faults.append(fault) }
        do throws(RecurrenceFault) {
            _ = try ScheduleCalendar(self)
        } catch {
            faults.append(FieldFault(field: "rule", value: rule, rule: error.description))
        }
        if riskClasses.isEmpty {
            faults.append(
                FieldFault(
                    field: "risk_classes", value: "",
                    rule: "name one or more of "
                        + RiskClass.allCases.map(\.rawValue).joined(separator: ", ")))
        }
        return faults + target.faults
    }
}

/// The assets that a schedule plans for: all that match every field that is there.
package struct ScheduleTarget: Codable, Hashable, Sendable {
    package let environment: Environment?
    package let site: String?
    /// Such as `desktops`: a track of its own.
    package let group: String?

    package init(environment: Environment? = nil, site: String? = nil, group: String? = nil) {
        self.environment = environment
        self.site = site
        self.group = group
    }

    var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if self == ScheduleTarget() {
            faults.append(
                FieldFault(
                    field: "target", value: "",
                    rule: "say which assets: environment, site or group"))
        }
        for (field, value) in [("target.site", site), ("target.group", group)] {
            guard let value, HostName(value) == nil else { continue }
            faults.append(
                FieldFault(
                    field: field, value: value,
                    rule: "it can't be such a name: list the assets to see them"))
        }
        return faults
    }
}

extension ScheduleTerms {
    /// The schedules that are proposed where nobody thought of others: two deployments a week for what
    /// presses, and once a month a track each for the desktops and the servers. By the name that
    /// `like` takes.
    package static let defaults: [(key: String, terms: ScheduleTerms)] = [
        (
            "twice-weekly",
            ScheduleTerms(
                name: "Twice a week", start: "2026-01-06T02:00", timeZone: "UTC",
                rule: "FREQ=WEEKLY;BYDAY=TU,TH", riskClasses: [.urgent, .important],
                target: ScheduleTarget(environment: .production))
        ),
        (
            "monthly-desktops",
            ScheduleTerms(
                name: "Desktops, monthly", start: "2026-01-14T12:00", timeZone: "UTC",
                rule: "FREQ=MONTHLY;BYDAY=2WE", riskClasses: RiskClass.allCases,
                target: ScheduleTarget(environment: .production, group: "desktops"))
        ),
        (
            "monthly-servers",
            ScheduleTerms(
                name: "Servers, monthly", start: "2026-01-17T22:00", timeZone: "UTC",
                rule: "FREQ=MONTHLY;BYDAY=3SA", riskClasses: RiskClass.allCases,
                target: ScheduleTarget(environment: .production, group: "servers"))
        ),
    ]
}

/// When a schedule ticks. Asked when it is made and at each tick, which records the moment of the next
/// one: a replay never asks the zone database.
package struct ScheduleCalendar: Sendable {
    /// A tick is a moment; the shortest window that there is begins with it.
    private static let tickSeconds = 60

    private let window: MaintenanceWindow

    /// - Throws: What is wrong with the rule, the zone or the start, in words.
    init(_ terms: ScheduleTerms) throws(RecurrenceFault) {
        window = try MaintenanceWindow(
            .object([
                "name": .string("tick"), "start": .string(terms.start),
                "time_zone": .string(terms.timeZone), "rule": .string(terms.rule),
                "duration_seconds": .integer(Int64(Self.tickSeconds)),
            ]))
    }

    /// nil where the terms can't be read (any more), as when a zone is gone.
    package init?(reading terms: ScheduleTerms) {
        do throws(RecurrenceFault) {
            try self.init(terms)
        } catch {
            return nil
        }
    }

    /// The next ticks after `moment`, in order; fewer where the rule ends.
    package func next(after moment: Timestamp, limit: Int) -> [ScheduleTick] {
        window.next(endingAfter: moment, limit: limit + 1).filter { moment < $0.start }
            .prefix(limit).map { ScheduleTick(due: $0.start, local: $0.localStart) }
    }
}

/// One time that a schedule ticks.
package struct ScheduleTick: Sendable, Equatable {
    package let due: Timestamp
    /// By the clock on the wall, such as `2026-01-06T02:00`.
    package let local: String
}
