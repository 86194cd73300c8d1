internal import EventSourcing
private import FoundationEssentials
internal import PatchManagement

/// Two sets of policies that a look compares.
struct PolicyTrial: Sendable {
    let scope: PolicyScope
    /// Of the scope itself.
    let path: PolicyPath
    let before: PolicyBook
    let after: PolicyBook
    let now: Timestamp
}

/// What a look at a proposal has found so far.
struct PolicyLook {
    private let trial: PolicyTrial
    /// By the asset's id.
    var paths: [StreamID: PolicyPath] = [:]
    private(set) var examined = 0
    var unexamined = 0
    private var classes: [RiskClass: [RiskClass: Int]] = [:]
    private var earlier = 0
    private(set) var faults: [String] = []
    private var changes: [PolicyWhatIf.FindingChange] = []
    /// By the path, as many assets have the same.
    private var policies: [PolicyPath: ClassificationPolicy] = [:]

    init(_ trial: PolicyTrial) { self.trial = trial }

    /// Notes what would not fit together where the scope meets others; what didn't before either is no
    /// fault of the proposal, but on the scope's own path. What can't be looked at is one.
    mutating func check(_ crossings: PolicyCrossings) {
        if crossings.isCut {
            faults.append(
                "it meets policies of others in more than \(PolicyCrossings.most) different ways, "
                    + "and the rest was not looked at: let more sites and groups have the same "
                    + "deadlines, gates and delays")
        }
        for path in [trial.path] + crossings.paths {
            let isOwn = path == trial.path
            let after = trial.after.faults(on: path)
            guard !after.isEmpty, isOwn || trial.before.faults(on: path).isEmpty else { continue }
            let scopes = path.scopes.dropFirst().map(\.description).joined(separator: ", ")
            for fault in after {
                let words = isOwn ? "\(fault)" : "with \(scopes): \(fault)"
                guard faults.count < PolicyWhatIf.mostFaults, !faults.contains(words) else {
                    continue
                }
                faults.append(words)
            }
        }
    }

    /// Asks the finding as the monitor would, and notes what it would answer.
    mutating func classify(_ id: StreamID, _ finding: Finding) {
        examined += 1
        guard let inputs = finding.inputs, let opening = finding.opening,
            let before = finding.classification, let deadline = finding.deadline
        else { return }
        let policy = policy(for: opening.asset)
        let context = CommandContext(
            actor: .service(.monitor), at: trial.now, commandID: id.uuid)
        let events: [FindingEvent]
        do {
            events = try FindingDecider.decide(.classify(inputs, policy), context, finding)
        } catch {
            // It would refuse the monitor as well, and stay as it is.
            return
        }
        for event in events {
            guard case .classified(let classified) = event else { continue }
            let after = classified.classification.riskClass
            let isEarlier = classified.deadline < deadline
            guard after != before.riskClass || isEarlier else { return }
            classes[before.riskClass, default: [:]][after, default: 0] += 1
            if isEarlier { earlier += 1 }
            keep(
                PolicyWhatIf.FindingChange(
                    finding: id, asset: opening.asset, vulnerability: opening.vulnerability.text,
                    before: before.riskClass, after: after, deadline: deadline,
                    newDeadline: classified.deadline))
        }
    }

    private mutating func policy(for asset: StreamID) -> ClassificationPolicy {
        var path = paths[asset] ?? PolicyPath()
        // Without a policy of its own an asset is like its neighbours.
        if trial.after.policies[.asset(asset)] == nil { path.asset = nil }
        if let known = policies[path] { return known }
        let policy = trial.after.effective(for: path).classification
        policies[path] = policy
        return policy
    }

    /// The first ones by their new deadlines, whatever the order in which they come.
    private mutating func keep(_ change: PolicyWhatIf.FindingChange) {
        let place =
            changes.firstIndex {
                (change.newDeadline, change.finding) < ($0.newDeadline, $0.finding)
            } ?? changes.count
        guard place < PolicyWhatIf.mostFindings else { return }
        changes.insert(change, at: place)
        if changes.count > PolicyWhatIf.mostFindings { changes.removeLast() }
    }

    func result(_ proposal: ScopedPolicy.Proposal, position: Int64) -> PolicyWhatIf {
        let before = trial.before.effective(for: trial.path)
        let after = trial.after.effective(for: trial.path)
        let fields = zip(before.values, after.values).filter { $0.value != $1.value }.map {
            PolicyWhatIf.FieldChange(
                field: $0.field.rawValue, before: $0.value, after: $1.value)
        }
        let pairs = RiskClass.allCases.flatMap { from in
            RiskClass.allCases.compactMap { to in
                classes[from]?[to].map {
                    PolicyWhatIfSummary.ClassChange(before: from, after: to, findings: $0)
                }
            }
        }
        let summary = PolicyWhatIfSummary(
            fields: fields.count, examined: examined, unexamined: unexamined, classes: pairs,
            earlier: earlier, faults: faults, position: position)
        return PolicyWhatIf(
            scope: trial.scope, version: proposal.version, proposal: proposal.digest,
            summary: summary, fields: fields, findings: changes)
    }
}
