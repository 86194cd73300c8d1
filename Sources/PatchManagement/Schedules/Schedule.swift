package import EventSourcing

/// A schedule, whose ticks plan rollouts of what is approved.
package struct Schedule: Sendable, Equatable {
    package enum Phase: String, Codable, Sendable, CaseIterable {
        case active
        /// Somebody stopped it; what passes meanwhile is not caught up.
        case suspended
        /// Its rule has ended, or can't be read any more.
        case over
    }

    package var id: StreamID?
    package var terms: ScheduleTerms?
    /// nil before it was created.
    package var phase: Phase?
    package var creator: Actor?
    /// When it ticks next; nil when it doesn't.
    package var next: Timestamp?
    /// Ticks of which nobody has said yet what they planned, in their order.
    package var unplanned: [Timestamp] = []

    package init() {}
}

package enum ScheduleCommand: Sendable, Equatable {
    case create(StreamID, ScheduleTerms, reason: String)
    case suspend(reason: String)
    case resume(reason: String)
    /// The timer: what was missed before it is caught up with it, once.
    case tick
    /// What the tick that was due then has planned.
    case report(due: Timestamp, TickOutcome)

    package var action: Action {
        switch self {
        case .create, .resume: .makeSchedule
        case .suspend: .suspendSchedule
        case .tick: .fireScheduleTimer
        case .report: .planBySchedule
        }
    }
}

/// The only timer of a schedule, by its stored name.
package enum ScheduleTimer: String, Sendable, CaseIterable {
    case tick
}

/// What a worker is told that plans for a tick.
package struct TickTask: Codable, Sendable, Equatable {
    package let due: Timestamp
}

/// What became of a tick: with neither list there was nothing to do.
package struct TickOutcome: Sendable, Equatable {
    package static let mostListed = 200

    /// In the order in which they were planned: the most pressing first.
    package var planned: [TickRollout]
    /// Patches that are approved, and that it planned nothing for.
    package var left: [TickRefusal]
    /// More of them than are listed.
    package var unlisted = 0

    package init(planned: [TickRollout] = [], left: [TickRefusal] = []) {
        self.planned = planned
        self.left = left
    }

    /// At most `mostListed` of each, so that it fits into an event.
    var listed: TickOutcome {
        var listed = self
        listed.planned = Array(planned.prefix(Self.mostListed))
        listed.left = Array(left.prefix(Self.mostListed))
        listed.unlisted += planned.count + left.count - listed.planned.count - listed.left.count
        return listed
    }
}

/// A rollout that a tick has planned, and asked an approval for.
package struct TickRollout: Codable, Hashable, Sendable {
    package let patch: StreamID
    package let rollout: StreamID
    package let planDigest: Digest

    package init(patch: StreamID, rollout: StreamID, planDigest: Digest) {
        self.patch = patch
        self.rollout = rollout
        self.planDigest = planDigest
    }

    private enum CodingKeys: String, CodingKey {
        case patch, rollout
        case planDigest = "plan_digest"
    }
}

package struct TickRefusal: Codable, Hashable, Sendable {
    package let patch: StreamID
    /// One sentence.
    package let reason: String

    package init(patch: StreamID, reason: String) {
        self.patch = patch
        self.reason = reason.utf8.count > 300 ? String(reason.prefix(75)) + "…" : reason
    }
}

/// The tick that a rollout was planned by.
package struct PlanSchedule: Codable, Hashable, Sendable {
    package let schedule: StreamID
    package let due: Timestamp
    /// Who made the schedule, and so doesn't decide on what it plans.
    package let by: String

    package init(schedule: StreamID, due: Timestamp, by: String) {
        self.schedule = schedule
        self.due = due
        self.by = by
    }

    /// The one rollout of `patch` that the tick may plan, however often it is tried: its id follows
    /// from the tick.
    package func rollout(of patch: StreamID) -> StreamID {
        StreamID(
            prefix: RolloutDecider.prefix,
            .version5(namespace: schedule.uuid, name: "tick/\(due.microseconds)/\(patch.text)"))
    }
}

package enum ScheduleEvent: DomainEvent {
    case created(ScheduleCreated)
    case suspended(ScheduleSuspended)
    case resumed(ScheduleResumed)
    case ticked(ScheduleTicked)
    case planned(TickPlanned)

    package var payload: any EventPayload {
        switch self {
        case .created(let payload): payload
        case .suspended(let payload): payload
        case .resumed(let payload): payload
        case .ticked(let payload): payload
        case .planned(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case ScheduleCreated.type: self = .created(try .decode(schemaVersion: version, data: data))
        case ScheduleSuspended.type:
            self = .suspended(try .decode(schemaVersion: version, data: data))
        case ScheduleResumed.type: self = .resumed(try .decode(schemaVersion: version, data: data))
        case ScheduleTicked.type: self = .ticked(try .decode(schemaVersion: version, data: data))
        case TickPlanned.type: self = .planned(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct ScheduleCreated: EventPayload {
    package static let type = "ScheduleCreated"
    package let schedule: StreamID
    package let terms: ScheduleTerms
    /// The first tick.
    package let next: Timestamp
    package let reason: String
    package let by: Actor
}

package struct ScheduleSuspended: EventPayload {
    package static let type = "ScheduleSuspended"
    package let reason: String
    package let by: Actor
}

package struct ScheduleResumed: EventPayload {
    package static let type = "ScheduleResumed"
    /// The first tick from then on.
    package let next: Timestamp
    package let reason: String
    package let by: Actor
}

/// A tick's moment has come. What it plans is told by `TickPlanned`.
package struct ScheduleTicked: EventPayload {
    package static let type = "ScheduleTicked"
    package let due: Timestamp
    /// Ticks that were due after it and had passed as well, when nobody was there: caught up by this
    /// one.
    package let missed: Int
    /// nil when there is none any more.
    package let next: Timestamp?
}

/// What a tick has planned; nothing, when both lists are empty.
package struct TickPlanned: EventPayload {
    package static let type = "TickPlanned"
    package let due: Timestamp
    package let planned: [TickRollout]
    package let left: [TickRefusal]
    /// More of them than are listed.
    package let unlisted: Int
}
