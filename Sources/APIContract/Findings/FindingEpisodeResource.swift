/// A life of a finding that ended before it came back.
package struct FindingEpisodeResource: Codable, Sendable, Equatable {
    package let episode: Int
    package let openedAt: String
    package let riskClass: String?
    /// `treatment` or `remediation`, and from when on it ran.
    package let clock: String?
    package let clockStart: String?
    package let deadline: String?
    /// How it was closed: `patched`, `outOfBand`, `removed`, or why it was dismissed.
    package let means: String
    /// When what shows that was seen.
    package let gatheredAt: String?
    package let isInTime: Bool?
    package let reopenedAt: String
    /// `foundAgain`, or `takenBack` when the end had been wrong.
    package let reopenedBy: String

    package init(
        episode: Int, openedAt: String, riskClass: String? = nil, clock: String? = nil,
        clockStart: String? = nil, deadline: String? = nil, means: String,
        gatheredAt: String? = nil, isInTime: Bool? = nil, reopenedAt: String, reopenedBy: String
    ) {
        self.episode = episode
        self.openedAt = openedAt
        self.riskClass = riskClass
        self.clock = clock
        self.clockStart = clockStart
        self.deadline = deadline
        self.means = means
        self.gatheredAt = gatheredAt
        self.isInTime = isInTime
        self.reopenedAt = reopenedAt
        self.reopenedBy = reopenedBy
    }
}
