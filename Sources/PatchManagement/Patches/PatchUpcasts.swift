internal import EventSourcing
internal import JSON

/// What older events of a patch need, to be read as those of today.
enum PatchUpcasts {
    /// 1 → 2 of `ApprovalRequested`: targets that have the patch already were not counted at first,
    /// and later only where there were any.
    @Sendable
    static func countsCovered(_ requested: inout JSONValue) {
        if requested["covered"] == nil { requested["covered"] = .integer(0) }
    }

    /// 1 → 2 of `RolloutObserved`: the same for assets that were left out when their turn came.
    @Sendable
    static func countsSkipped(_ observed: inout JSONValue) {
        guard observed["overview"]?["skipped"] == nil else { return }
        observed["overview"]?["skipped"] = .integer(0)
    }
}
