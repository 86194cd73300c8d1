package import EventSourcing
package import FoundationEssentials

/// What activities, timers and lost leases mean. The services of this target decide when; a
/// handler does what.
package protocol ActivityHandler: Sendable {
    /// Does one piece of work and records its end, by an append that completes `activity.claim`.
    ///
    /// - Throws: anything before something happened in the world: the activity is given back and
    ///   tried again later. `StaleClaim` when it was taken away: nothing more is done.
    func run(_ activity: ClaimedActivity) async throws

    /// Records that the lease on `activity` was lost, by an append that rescues its claim.
    func rescue(_ activity: ClaimedActivity) async throws

    /// Records that the moment of `timer` has come, by an append that uses the timer up.
    func fire(_ timer: DueTimer) async throws
}

/// Given back on purpose: a limit was in the way, or the world isn't ready.
package struct PutBack: Error {
    package let delay: Duration
    package let reason: String
    /// The rollout's scope in which a slot has to be free first; see `ActivityQueue.release`.
    package let scope: String?

    package init(after delay: Duration, _ reason: String, untilSlotIn scope: String? = nil) {
        self.delay = delay
        self.reason = reason
        self.scope = scope
    }
}

/// The facts that a service needs from outside: time and ids, so that a simulation can bring both.
package struct Surroundings: Sendable {
    package let now: @Sendable () -> Timestamp
    package let newID: @Sendable () -> UUID
    package let sleep: @Sendable (Duration) async throws -> Void
    /// By a clock that nobody sets: for how long something holds.
    package let instant: @Sendable () -> ContinuousClock.Instant

    package init(
        now: @escaping @Sendable () -> Timestamp, newID: @escaping @Sendable () -> UUID,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.now = now
        self.newID = newID
        self.sleep = sleep
        self.instant = instant
    }
}

extension Surroundings {
    /// Waits for the bell, at most `limit`: who listens also polls.
    func wait(for bell: any Bell, past seen: UInt64, atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(past: seen) }
            group.addTask { try? await sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
