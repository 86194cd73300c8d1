package import EventSourcing

/// A patch all of whose assets are under live exceptions rests until one of them ends.
extension PatchDecider {
    /// - Parameter exceptions: Those that together are for all of its assets; empty when there are
    ///   none such.
    static func observeExceptions(
        _ exceptions: [StreamID], _ patch: Patch, _ current: PatchState
    ) -> [PatchEvent] {
        if exceptions.isEmpty {
            guard !patch.exceptions.isEmpty else { return [] }
            var freed = patch
            freed.exceptions = []
            guard let state = freed.state else { return [] }
            return [.exceptionEnded(PatchExceptionEnded(state: state))]
        }
        guard patch.exceptions != exceptions else { return [] }
        // Others may have taken the place of those that have ended.
        let mayRest =
            !patch.exceptions.isEmpty
            || (restable.contains(current) && patch.openRollouts.isEmpty)
        guard mayRest else { return [] }
        return [.excepted(PatchExcepted(exceptions: exceptions))]
    }

    /// What has begun on assets that count is brought to its end first.
    private static let restable: [PatchState] = [
        .identified, .assessed, .acquisitionFailed, .acquired, .testing, .tested, .testFailed,
        .testInconclusive, .signedOff, .awaitingApproval, .approved, .rejected, .approvalExpired,
        .approvalRevoked, .deferred,
    ]
}

/// All assets that the patch applies to are under live exceptions.
package struct PatchExcepted: EventPayload {
    package static let type = "PatchExcepted"
    /// Sorted.
    package let exceptions: [StreamID]
}

/// Not all of its assets are under live exceptions any more.
package struct PatchExceptionEnded: EventPayload {
    package static let type = "PatchExceptionEnded"
    /// As if there had never been one.
    package let state: PatchState
}
