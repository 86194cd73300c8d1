/// The windows of some targets of a plan, as it pins them.
package struct PlannedCalendarResource: Codable, Sendable, Equatable {
    package let windows: [String]
    /// By their start. After the last one it is closed.
    package let openings: [PlannedOpeningResource]

    package init(windows: [String], openings: [PlannedOpeningResource]) {
        self.windows = windows
        self.openings = openings
    }
}

package struct PlannedOpeningResource: Codable, Sendable, Equatable {
    package let startsAt: String
    /// Nothing starts at it or later.
    package let lastStartAt: String
    package let endsAt: String

    package init(startsAt: String, lastStartAt: String, endsAt: String) {
        self.startsAt = startsAt
        self.lastStartAt = lastStartAt
        self.endsAt = endsAt
    }
}
