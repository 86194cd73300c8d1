internal import EventSourcing
internal import PatchManagement

/// How events keep a rollout from going on.
struct Halt {
    /// The rule, or what ran out.
    let rule: String
    let words: String
    /// What follows from it.
    let reaction: String

    init?(_ events: [RolloutEvent]) {
        var cause: HaltCause?
        for event in events {
            switch event {
            case .gateEvaluated(let evaluated): cause = evaluated.cause
            case .paused(let paused) where paused.reason != .person:
                rule = paused.cause?.rule.rawValue ?? paused.reason.rawValue
                reaction = paused.frozen ? "frozen" : "paused"
                words = "\(reaction), \(paused.detail)"
                return
            case .rollbackOrdered(let ordered):
                rule = cause?.rule.rawValue ?? ""
                reaction = "rolled back (\(ordered.scope.rawValue))"
                words = "\(reaction), \(ordered.reason)"
                return
            case .expired(let expired):
                rule = "approval"
                reaction = "expired"
                words = "expired, the approval ended at \(expired.expires)"
                return
            default: break
            }
        }
        return nil
    }

    /// Whether it is the same rule with the same consequence.
    func isLike(_ other: Halt) -> Bool { rule == other.rule && reaction == other.reaction }
}
