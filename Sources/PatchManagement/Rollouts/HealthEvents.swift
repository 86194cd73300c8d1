package import EventSourcing

/// The hosts of a batch are asked for their health before it begins.
package struct BaselineOrdered: EventPayload {
    package static let type = "BaselineOrdered"
    /// The batch that is to begin.
    package let batch: Int
    package let planDigest: Digest
    /// When it is no longer waited for.
    package let deadline: Timestamp

    private enum CodingKeys: String, CodingKey {
        case batch, deadline
        case planDigest = "plan_digest"
    }
}

/// A round of probes was judged.
package struct HealthRecorded: EventPayload {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case good, bad, missing
    }

    package static let type = "HealthRecorded"
    package let round: HealthRound
    package let verdict: Verdict
    /// nil for a good one.
    package let cause: HealthCause?
    /// For each probe of the plan, in its order.
    package let probes: [HealthSummary]
    /// Digest of the `HealthReport`.
    package let report: Digest
}
