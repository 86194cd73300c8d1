package import EventSourcing

// The events of an asset that was absent when its batch had its turn.

/// It belongs to the batch of the absent now, and is looked for until the approval ends.
package struct ReturnAwaited: EventPayload {
    package static let type = "ReturnAwaited"
    package let route: DeploymentRoute
    /// The batch that it comes from; that of the absent when it had returned and left again.
    package let from: Int
    package let until: Timestamp
    /// After this it is looked for.
    package let delaySeconds: Int
    package let change: OutcomeChange?

    private enum CodingKeys: String, CodingKey {
        case route, from, until, change
        case delaySeconds = "delay_seconds"
    }
}

/// It answers again: its next attempt begins.
package struct AssetReturned: EventPayload {
    package static let type = "AssetReturned"
    package let route: DeploymentRoute
    /// The attempt that begins.
    package let attempt: Int
    package let at: Timestamp
}

/// It did not return in time, or nobody waits for it any longer: another rollout is for it.
package struct StragglerGivenUp: EventPayload {
    package static let type = "StragglerGivenUp"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let reason: String
}

/// Its owner has it patched later: as if it were absent, it leaves its batch, and is looked for at that
/// time.
package struct PostponedByOwner: EventPayload {
    package static let type = "PostponedByOwner"
    package let route: DeploymentRoute
    package let change: OutcomeChange
    package let until: Timestamp
    /// 1 for the first time.
    package let number: Int
    package let reason: String
}
