internal import EventSourcing
internal import PatchManagement

/// The numbers by which findings were classified, from all policies that were ever published.
///
/// Whoever classifies follows the log, and may do so by what counted a little earlier: so a pin has
/// to be of some state that the policies had before. To which group an asset belonged is not asked:
/// the pin has to be of a policy for its site and any group.
struct PolicyHistory {
    enum Answer {
        case found(ClassificationPolicy)
        /// It names the numbers that are built in, and they are others here.
        case otherBuiltIn
        case neverPublished
    }

    private struct Question: Hashable {
        let pin: PolicyPin
        let site: String?
        let asset: StreamID?
    }

    /// The policies after each publication, the last one last.
    private var books = [PolicyBook()]
    /// What was found already.
    private var known: [Question: ClassificationPolicy] = [:]
    /// What was looked for in vain since the last publication.
    private var missing: Set<Question> = []
    private static let mostKnown = 10_000
    private static let builtIn = ClassificationPolicy()
    private static let builtInPin = builtIn.pin

    mutating func put(_ policy: PublishedPolicy) {
        guard let last = books.last else { return }
        books.append(last.with(policy))
        missing = []
    }

    mutating func classification(
        pinnedBy pin: PolicyPin, sites: [String], asset: StreamID
    ) -> Answer {
        if pin == Self.builtInPin { return .found(Self.builtIn) }
        // What has never been changed by a policy has the version of what is built in.
        if pin.version == Self.builtIn.version { return .otherBuiltIn }
        for site in sites.map(Optional.some) + [nil] {
            if let policy = find(pin, site: site, asset: asset) { return .found(policy) }
        }
        return .neverPublished
    }

    private mutating func find(
        _ pin: PolicyPin, site: String?, asset: StreamID
    ) -> ClassificationPolicy? {
        let hasOwn = books.last?.policies[.asset(asset)] != nil
        let question = Question(pin: pin, site: site, asset: hasOwn ? asset : nil)
        if let policy = known[question] { return policy }
        if missing.contains(question) { return nil }
        for book in books.reversed() {
            for group in book.groups {
                let path = PolicyPath(site: site, group: group, asset: question.asset)
                let policy = book.effective(for: path).classification
                guard policy.pin == pin else { continue }
                if known.count >= Self.mostKnown { known = [:] }
                known[question] = policy
                return policy
            }
        }
        if missing.count >= Self.mostKnown { missing = [] }
        missing.insert(question)
        return nil
    }
}
