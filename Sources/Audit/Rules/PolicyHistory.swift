internal import EventSourcing
internal import PatchManagement

/// The numbers by which findings were classified, from all policies that were ever published, and all
/// numbers that versions of patchflow said to have built in.
///
/// Whoever classifies follows the log, and may do so by what counted a little earlier: so a pin has
/// to be of some state that the policies had before. To which group an asset belonged is not asked:
/// the pin has to be of a policy for its site and any group.
struct PolicyHistory {
    enum Answer {
        case found(ClassificationPolicy)
        /// It names numbers that are built in, and they are others here, and no event states them.
        case otherBuiltIn
        case neverPublished
    }

    private struct Question: Hashable {
        let pin: PolicyPin
        let site: String?
        let asset: StreamID?
    }

    private struct Publication {
        /// 0 for the first of all.
        let number: Int
        let policy: PublishedPolicy
    }

    /// Of each scope, the last one last.
    private var publications: [PolicyScope: [Publication]] = [:]
    private var count = 0
    /// Those of this program, and what events state; the last one last.
    private var builtIns = [BuiltInNumbers.own]
    /// nil, and those that ever had a policy.
    private var groups: [String?] = [nil]
    /// What was found already.
    private var known: [Question: ClassificationPolicy] = [:]
    /// What was looked for in vain since the last publication.
    private var missing: Set<Question> = []
    private static let mostKnown = 10_000

    mutating func put(_ policy: PublishedPolicy) {
        if case .group(let name) = policy.scope, publications[policy.scope] == nil {
            groups.append(name)
        }
        publications[policy.scope, default: []].append(
            Publication(number: count, policy: policy))
        count += 1
        missing = []
    }

    mutating func put(_ builtIn: BuiltInNumbers) {
        if !builtIns.contains(builtIn) { builtIns.append(builtIn) }
        missing = []
    }

    mutating func classification(
        pinnedBy pin: PolicyPin, sites: [String], asset: StreamID
    ) -> Answer {
        for site in sites.map(Optional.some) + [nil] {
            if let policy = find(pin, site: site, asset: asset) { return .found(policy) }
        }
        // What has never been changed by a policy has the version of what is built in.
        return pin.version == ClassificationPolicy().version ? .otherBuiltIn : .neverPublished
    }

    private mutating func find(
        _ pin: PolicyPin, site: String?, asset: StreamID
    ) -> ClassificationPolicy? {
        let hasOwn = publications[.asset(asset)] != nil
        let question = Question(pin: pin, site: site, asset: hasOwn ? asset : nil)
        if let policy = known[question] { return policy }
        if missing.contains(question) { return nil }
        for group in groups {
            let path = PolicyPath(site: site, group: group, asset: question.asset)
            guard let policy = search(pin, path) else { continue }
            if known.count >= Self.mostKnown { known = [:] }
            known[question] = policy
            return policy
        }
        if missing.count >= Self.mostKnown { missing = [] }
        missing.insert(question)
        return nil
    }

    /// Through all states that the policies on the path had, the last one first.
    private func search(_ pin: PolicyPin, _ path: PolicyPath) -> ClassificationPolicy? {
        let scopes = path.scopes.compactMap { publications[$0] }
        var left = scopes.map(\.count)
        while true {
            let standing = zip(scopes, left).compactMap { list, count in
                count > 0 ? list[count - 1] : nil
            }
            let book = PolicyBook(standing.map(\.policy))
            for builtIn in builtIns.reversed() {
                let policy = book.effective(for: path, on: builtIn).classification
                if policy.pin == pin { return policy }
            }
            guard let newest = standing.map(\.number).max() else { return nil }
            for (place, list) in scopes.enumerated()
            where left[place] > 0 && list[left[place] - 1].number == newest {
                left[place] -= 1
            }
        }
    }
}
