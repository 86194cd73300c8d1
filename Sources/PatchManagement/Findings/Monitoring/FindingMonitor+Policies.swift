package import EventSourcing

/// Policies, by which findings are classified from their publication on.
extension FindingMonitor {
    /// Takes up what was kept of a policy.
    package mutating func restore(_ policy: PublishedPolicy) { policies.put(policy) }

    /// A policy counts from now on. Where classes or tracks are others by it, every asset in its scope
    /// is looked at again, some at a time as always; findings whose class and time stay are not asked.
    package mutating func see(_ published: PolicyPublished, at moment: Timestamp) {
        let policy = published.policy
        policies.put(policy)
        policies.changed.insert(policy.scope)
        let concerns: [PolicySection] = [.classification, .tracks]
        guard concerns.contains(where: { policy.sections[$0] == policy.version }) else { return }
        for (asset, watched) in assets
        where !watched.isDecommissioned
            && watched.path(of: asset).scopes.contains(policy.scope)
        {
            due[asset] = moment
        }
    }

    /// The policies to be kept with the checkpoint behind their events.
    package mutating func takeChangedPolicies() -> [PublishedPolicy] {
        defer { policies.changed = [] }
        return policies.changed.compactMap { policies.book.policies[$0] }
            .sorted { $0.scope.description < $1.scope.description }
    }

    /// Whether all feeds that speak of it are of tracks that are off: then it opens nothing. What is
    /// open already stays, until it is mended.
    func isOff(_ sighting: Sighting, by counting: WatchedPolicies.Counting) -> Bool {
        guard !counting.off.isEmpty else { return false }
        let tracks = sighting.advisories.map { advisory -> FeedRegistration.Track in
            let feed = library.feed(of: advisory).flatMap { feeds[$0] }
            return feed?.isThirdParty == true ? .thirdParty : .os
        }
        return tracks.allSatisfy(counting.off.contains)
    }
}

/// The published policies as the monitor needs them: it asks for the same few over and over.
struct WatchedPolicies: Sendable {
    struct Counting: Sendable {
        let classification: ClassificationPolicy
        /// The tracks that open nothing.
        let off: Set<FeedRegistration.Track>
    }

    private(set) var book = PolicyBook()
    /// Of which something else is to be kept.
    var changed: Set<PolicyScope> = []
    private var known: [PolicyPath: Counting] = [:]

    private static let mostKnown = 10_000

    mutating func put(_ policy: PublishedPolicy) {
        book.put(policy)
        known = [:]
    }

    mutating func counting(on path: PolicyPath) -> Counting {
        var path = path
        // Without a policy of its own an asset is like its neighbours.
        if let asset = path.asset, book.policies[.asset(asset)] == nil { path.asset = nil }
        if let counting = known[path] { return counting }
        let policy = book.effective(for: path)
        let counting = Counting(
            classification: policy.classification,
            off: Set(FeedRegistration.Track.allCases.filter { !policy.isOn($0) }))
        if known.count >= Self.mostKnown { known = [:] }
        known[path] = counting
        return counting
    }
}
