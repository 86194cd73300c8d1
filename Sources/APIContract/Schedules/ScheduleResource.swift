/// A schedule as `GET /schedules` lists it and `GET /schedules/{id}` shows it.
package struct ScheduleResource: Codable, Sendable, Equatable {
    /// `sd_` and a UUID.
    package let id: String
    package let name: String
    /// `active`, `suspended` or `over`.
    package let state: String
    /// By the clock on the wall.
    package let start: String
    package let timeZone: String
    package let rule: String
    package let riskClasses: [String]
    package let target: ScheduleTargetResource
    /// When it ticks next.
    package let nextAt: String?
    /// The last one that was planned for, or is being planned for.
    package let lastTick: TickResource?
    package let ticks: Int
    package let reason: String
    package let by: String
    package let createdAt: String
    package let suspended: SuspendedScheduleResource?
    package let version: Int

    package init(
        id: String, name: String, state: String, start: String, timeZone: String, rule: String,
        riskClasses: [String], target: ScheduleTargetResource, nextAt: String? = nil,
        lastTick: TickResource? = nil, ticks: Int = 0, reason: String, by: String,
        createdAt: String, suspended: SuspendedScheduleResource? = nil, version: Int
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.start = start
        self.timeZone = timeZone
        self.rule = rule
        self.riskClasses = riskClasses
        self.target = target
        self.nextAt = nextAt
        self.lastTick = lastTick
        self.ticks = ticks
        self.reason = reason
        self.by = by
        self.createdAt = createdAt
        self.suspended = suspended
        self.version = version
    }
}

/// The assets that it plans for: all that match every field that is there.
package struct ScheduleTargetResource: Codable, Sendable, Equatable {
    package let environment: String?
    package let site: String?
    package let group: String?

    package init(environment: String? = nil, site: String? = nil, group: String? = nil) {
        self.environment = environment
        self.site = site
        self.group = group
    }
}

package struct TickResource: Codable, Sendable, Equatable {
    package let dueAt: String
    /// Ticks that had passed as well when it came, and are caught up by it.
    package let missed: Int
    /// `planning`, `planned` or `nothingToDo`.
    package let state: String
    package let planned: [TickRolloutResource]
    package let left: [TickRefusalResource]
    /// More of them than are listed.
    package let unlisted: Int

    package init(
        dueAt: String, missed: Int, state: String, planned: [TickRolloutResource],
        left: [TickRefusalResource], unlisted: Int
    ) {
        self.dueAt = dueAt
        self.missed = missed
        self.state = state
        self.planned = planned
        self.left = left
        self.unlisted = unlisted
    }
}

package struct TickRolloutResource: Codable, Sendable, Equatable {
    package let patch: String
    package let rollout: String

    package init(patch: String, rollout: String) {
        self.patch = patch
        self.rollout = rollout
    }
}

package struct TickRefusalResource: Codable, Sendable, Equatable {
    package let patch: String
    package let reason: String

    package init(patch: String, reason: String) {
        self.patch = patch
        self.reason = reason
    }
}

package struct SuspendedScheduleResource: Codable, Sendable, Equatable {
    package let at: String
    package let reason: String
    package let by: String

    package init(at: String, reason: String, by: String) {
        self.at = at
        self.reason = reason
        self.by = by
    }
}

/// `POST /schedules`: what is left out is that of the default schedule `like`.
package struct CreateScheduleRequest: Codable, Sendable, Equatable {
    package let like: String?
    package let name: String?
    package let start: String?
    package let timeZone: String?
    package let rule: String?
    package let riskClasses: [String]?
    package let target: ScheduleTargetResource?
    package let reason: String

    package init(
        like: String? = nil, name: String? = nil, start: String? = nil, timeZone: String? = nil,
        rule: String? = nil, riskClasses: [String]? = nil, target: ScheduleTargetResource? = nil,
        reason: String
    ) {
        self.like = like
        self.name = name
        self.start = start
        self.timeZone = timeZone
        self.rule = rule
        self.riskClasses = riskClasses
        self.target = target
        self.reason = reason
    }
}

/// `GET /schedules/{id}/ticks` and `GET /schedule-ticks`.
package struct TickPreviewResource: Codable, Sendable, Equatable {
    package let timeZone: String
    package let ticks: [PreviewedTickResource]

    package init(timeZone: String, ticks: [PreviewedTickResource]) {
        self.timeZone = timeZone
        self.ticks = ticks
    }
}

package struct PreviewedTickResource: Codable, Sendable, Equatable {
    /// By the clock on the wall.
    package let local: String
    package let at: String

    package init(local: String, at: String) {
        self.local = local
        self.at = at
    }
}

/// `GET /schedule-defaults`: what `like` takes.
package struct DefaultSchedulesResource: Codable, Sendable, Equatable {
    package let data: [DefaultScheduleResource]

    package init(data: [DefaultScheduleResource]) {
        self.data = data
    }
}

package struct DefaultScheduleResource: Codable, Sendable, Equatable {
    package let like: String
    package let name: String
    package let start: String
    package let timeZone: String
    package let rule: String
    package let riskClasses: [String]
    package let target: ScheduleTargetResource

    package init(
        like: String, name: String, start: String, timeZone: String, rule: String,
        riskClasses: [String], target: ScheduleTargetResource
    ) {
        self.like = like
        self.name = name
        self.start = start
        self.timeZone = timeZone
        self.rule = rule
        self.riskClasses = riskClasses
        self.target = target
    }
}
