internal import EventSourcing
internal import JSON

/// What older events of a rollout need, to be read as those of today.
enum RolloutUpcasts {
    /// 1 → 2 of `RolloutPlanned`: a plan that names no testers had none to keep from approving it.
    @Sendable
    static func namesTesters(_ planned: inout JSONValue) {
        if planned["testers"] == nil { planned["testers"] = .array([]) }
    }
}
