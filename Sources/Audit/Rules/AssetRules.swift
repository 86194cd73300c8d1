internal import EventSourcing

/// What is true of one asset over all rollouts: one attempt at a time (I3), fences that rise (I5).
struct AssetRules {
    private struct Held {
        var fence: Int64 = 0
        /// The deployment and the attempt of it that are under way.
        var deployment: Int32 = -1
        var attempt: Int32 = 0
    }

    private var indices: [StreamKey: Int32] = [:]
    private var assets: [Held] = []

    mutating func index(of asset: StreamKey) -> Int {
        if let known = indices[asset] { return Int(known) }
        indices[asset] = Int32(assets.count)
        assets.append(Held())
        return assets.count - 1
    }

    mutating func index(of asset: StreamID) -> Int { index(of: StreamKey(asset)) }

    /// nil for one that no rule has come by.
    func knownIndex(of asset: StreamKey) -> Int? { indices[asset].map(Int.init) }

    mutating func raise(
        _ asset: Int, _ fence: Int64, _ event: EntryView, _ judgement: inout Judgement
    ) {
        let before = assets[asset].fence
        if fence <= before {
            judgement.violation(
                "I5", event, "fence \(fence) does not rise: the asset has seen \(before)")
        }
        assets[asset].fence = max(fence, before)
    }

    /// Takes the asset for an attempt.
    ///
    /// - Returns: Whether it was not yet that attempt's.
    mutating func take(
        _ asset: Int, for deployment: Int, attempt: Int32, _ event: EntryView,
        _ judgement: inout Judgement
    ) -> Bool {
        let held = assets[asset]
        if held.deployment == Int32(deployment), held.attempt == attempt { return false }
        if held.deployment >= 0 {
            judgement.violation("I3", event, "another attempt is under way on the asset")
        }
        assets[asset].deployment = Int32(deployment)
        assets[asset].attempt = attempt
        return true
    }

    /// - Returns: Whether the attempt had the asset.
    mutating func release(_ asset: Int, from deployment: Int, attempt: Int32) -> Bool {
        let held = assets[asset]
        guard held.deployment == Int32(deployment), held.attempt == attempt else { return false }
        assets[asset].deployment = -1
        return true
    }
}
