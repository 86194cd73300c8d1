package import EventSourcing

/// The owner of an asset has it patched later, within bounds: it leaves its batch, and gets its turn with
/// those that were absent.
extension RolloutDeciding {
    /// How often each owner may.
    static let mostPostponements = 3

    func postpone(
        _ asset: StreamID, _ until: Timestamp, latest: Timestamp?, _ reason: String
    ) throws(RolloutRejection) -> [RolloutEvent] {
        switch state.stage {
        case .rollingBack, .ended: throw wrongState("postpone", "nothing of it begins any more")
        case .unplanned, .planned, .awaitingApproval, .approved, .measuring, .running, .soaking,
            .settling:
            break
        }
        if let emergency = plan.emergency {
            throw .emergencyNotPostponed(emergency.emergency)
        }
        let earlier = state.postponements[asset]
        if earlier?.until == until { return [] }
        guard until > at else { throw .postponedIntoThePast(until) }
        let number = (earlier?.number ?? 0) + 1
        guard number <= Self.mostPostponements else { throw .postponedTooOften(asset) }
        // After the approval nothing begins.
        let ends = [latest, state.approvedUntil ?? state.approvalExpires].compactMap(\.self)
        if let end = ends.min(), until >= end { throw .postponedTooLong(until, latest: end) }
        return [
            .postponed(
                AssetPostponed(
                    asset: asset, until: until, number: number, reason: reason, by: by))
        ]
    }
}

/// The owner of an asset has it patched later.
package struct AssetPostponed: EventPayload {
    package static let type = "AssetPostponed"
    package let asset: StreamID
    package let until: Timestamp
    /// 1 for the first time in this rollout.
    package let number: Int
    package let reason: String
    package let by: String
}
