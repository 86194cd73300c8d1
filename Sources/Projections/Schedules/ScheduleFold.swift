internal import Application
internal import EventSourcing
internal import PatchManagement

/// A schedule in lists and details.
struct ScheduleDocument: ViewDocument {
    static let kind = ViewKind.schedule

    var id: String
    var name: String
    var state: String
    var start: String
    var timeZone: String
    var rule: String
    var riskClasses: [String]
    var target: Target
    var nextAt: String?
    var lastTick: Tick?
    var ticks: Int
    var reason: String
    var by: String
    var createdAt: String
    var suspended: Suspended?
    var version: Int

    struct Target: Codable, Equatable {
        var environment: String?
        var site: String?
        var group: String?
    }

    struct Tick: Codable, Equatable {
        var dueAt: String
        var missed: Int
        var state: String
        var planned: [Rollout]
        var left: [Refusal]
        var unlisted: Int
    }

    struct Rollout: Codable, Equatable {
        var patch: String
        var rollout: String
    }

    struct Refusal: Codable, Equatable {
        var patch: String
        var reason: String
    }

    struct Suspended: Codable, Equatable {
        var at: String
        var reason: String
        var by: String
    }

    /// Those that tick first come first.
    var sortKey: String { nextAt ?? "9" }
}

/// Schedules from their streams.
enum ScheduleFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try ScheduleEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .created(let created) = decoded {
            return try document(created, event).write(to: &views)
        }
        let id = event.stream.text
        guard var schedule = try ScheduleDocument.read(id, in: views) else {
            throw MissingView(kind: .schedule, id: id)
        }
        schedule.version = event.version
        switch decoded {
        case .created: break
        case .suspended(let suspended):
            schedule.state = Schedule.Phase.suspended.rawValue
            schedule.nextAt = nil
            schedule.suspended = .init(
                at: event.recordedAt.description, reason: suspended.reason, by: suspended.by.id)
        case .resumed(let resumed):
            schedule.state = Schedule.Phase.active.rawValue
            schedule.nextAt = resumed.next.description
            schedule.suspended = nil
        case .ticked(let ticked):
            schedule.ticks += 1
            schedule.nextAt = ticked.next?.description
            if ticked.next == nil { schedule.state = Schedule.Phase.over.rawValue }
            schedule.lastTick = .init(
                dueAt: ticked.due.description, missed: ticked.missed, state: "planning",
                planned: [], left: [], unlisted: 0)
        case .planned(let planned):
            guard schedule.lastTick?.dueAt == planned.due.description else { break }
            schedule.lastTick?.state = planned.planned.isEmpty ? "nothingToDo" : "planned"
            schedule.lastTick?.planned = planned.planned.map {
                .init(patch: $0.patch.text, rollout: $0.rollout.text)
            }
            schedule.lastTick?.left = planned.left.map {
                .init(patch: $0.patch.text, reason: $0.reason)
            }
            schedule.lastTick?.unlisted = planned.unlisted
        }
        try schedule.write(to: &views)
    }

    private static func document(
        _ created: ScheduleCreated, _ event: RecordedEvent
    ) -> ScheduleDocument {
        let terms = created.terms
        return ScheduleDocument(
            id: event.stream.text, name: terms.name, state: Schedule.Phase.active.rawValue,
            start: terms.start, timeZone: terms.timeZone, rule: terms.rule,
            riskClasses: terms.riskClasses.map(\.rawValue),
            target: .init(
                environment: terms.target.environment?.rawValue, site: terms.target.site,
                group: terms.target.group),
            nextAt: created.next.description, ticks: 0, reason: created.reason,
            by: created.by.id, createdAt: event.recordedAt.description, version: event.version)
    }
}
