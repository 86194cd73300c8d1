package import FoundationEssentials

/// Activities and timers, as workers and the rescuer see them. Whatever an activity's end means is
/// recorded by an append that carries its `Claim`; these calls only move the right to work.
package protocol ActivityQueue: Sendable {
    /// Makes a worker known, or renews it: its claims hold until `lease` from now, by the
    /// database's clock.
    ///
    /// - Throws: `ActivityQueueError.workerExpired` when the worker's last lease ran out: it must
    ///   stop, and come back under a new id.
    func heartbeat(worker: UUID, name: String, lease: Duration) async throws

    /// Takes up to `limit` due activities of `queues`, highest priority first, then oldest.
    func claim(worker: UUID, queues: [String], limit: Int) async throws -> [ClaimedActivity]

    /// What a worker holds: for one that never heard the answer to a claim.
    func held(by worker: UUID) async throws -> [ClaimedActivity]

    /// Gives an activity back, to be claimed again after `delay`: for a passing fault before
    /// anything happened in the world. No effect when the claim is stale.
    ///
    /// - Parameter scope: The rollout's scope in which it found no slot, in the words of
    ///   `ControlChange`: it is due as soon as one is free there, or after `delay`.
    func release(
        _ claim: Claim, after delay: Duration, reason: String, until scope: String?
    ) async throws

    /// Activities whose worker's lease has run out, under that worker's claim.
    func expired(limit: Int) async throws -> [ClaimedActivity]

    /// Timers whose moment has come. One stays until an append completes it (`TimerUse`).
    func dueTimers(limit: Int) async throws -> [DueTimer]

    /// When the next timer or delayed activity is due, if one is.
    ///
    /// - Returns: How long until then by the database's clock, at least zero; nil when nothing
    ///   waits.
    func untilNextDue() async throws -> Duration?

    /// Rings when an activity or timer may have become due.
    var workBell: any Bell { get }
}

package enum ActivityQueueError: Error, Equatable {
    case workerExpired
}

extension ActivityQueue {
    package func release(_ claim: Claim, after delay: Duration, reason: String) async throws {
        try await release(claim, after: delay, reason: reason, until: nil)
    }
}
