package import EventSourcing

/// The plan as the rollout's stream keeps it: everything but the targets, which lie in the
/// document that `planDigest` names.
package struct RolloutPlanned: EventPayload {
    package static let type = "RolloutPlanned"
    package let patch: StreamID
    package let planDigest: Digest
    package let artefactDigest: Digest
    package let batchSizes: [Int]
    package let targetsDigest: Digest
    package let skipped: Int
    package let gate: GateSettings
    package let soakSeconds: [Int]
    package let progressDeadlineSeconds: Int
    package let capacity: Int
    package let predictedEnd: Timestamp
    package let by: String

    private enum CodingKeys: String, CodingKey {
        case patch, skipped, gate, capacity, by
        case planDigest = "plan_digest"
        case artefactDigest = "artefact_digest"
        case batchSizes = "batch_sizes"
        case targetsDigest = "targets_digest"
        case soakSeconds = "soak_seconds"
        case progressDeadlineSeconds = "progress_deadline_seconds"
        case predictedEnd = "predicted_end"
    }
}
