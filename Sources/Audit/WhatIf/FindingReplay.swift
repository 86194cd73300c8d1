internal import EventSourcing
internal import PatchManagement

/// Classifies every finding of history again, by what was recorded of it and the numbers of then with
/// some of them changed: which class and which deadline it would have had.
///
/// A finding takes no other course by it: what feeds and hosts said of it stays what it was.
struct FindingReplay {
    enum Outcome {
        case same
        case differs(WhatIfReport.Difference)
        /// Why it can't be told.
        case undecided(String)
    }

    private let change: PolicyDocument
    private var policies = PolicyHistory()
    private var findings: [StreamID: StreamReplay<FindingDecider>] = [:]
    private(set) var counts = WhatIfReport.Findings()

    /// - Parameter change: The numbers of classification that are to be others.
    init(_ change: PolicyDocument) { self.change = change }

    var count: Int64 { Int64(findings.count) }

    /// Takes up what was published.
    mutating func read(policy event: PolicyEvent) {
        switch event {
        case .published(let published): policies.put(published.policy)
        case .builtIn(let stated): policies.put(BuiltInNumbers(stated.numbers))
        default: break
        }
    }

    /// - Returns: What became of the decision; nil where the policy has no say in it.
    mutating func decide(_ decision: RecordedDecision) throws -> Outcome? {
        var replay = findings[decision.stream] ?? StreamReplay()
        defer { findings[decision.stream] = replay }
        let events = try decision.events.map {
            try FindingEvent(type: $0.type, schemaVersion: $0.schemaVersion, data: $0.data)
        }
        let asked: StreamReplay<FindingDecider>.Asked
        switch question(of: events, replay) {
        case .none:
            replay.follow(events, altered: events)
            return nil
        case .unknown:
            replay.follow(events, altered: events)
            return .undecided(Self.unknownPolicy)
        case .asked(let commands): asked = commands
        }
        switch replay.compare([asked], decision.context, events) {
        case .notReproduced:
            replay.follow(events, altered: events)
            return .undecided(Self.unreproduced)
        case .refused(let rejection):
            replay.follow(events, altered: events)
            return .undecided("by the changed numbers it would be refused: \(rejection.message)")
        case .decided(let other):
            replay.follow(events, altered: other)
            return compare(replay, decision)
        }
    }

    private static let unknownPolicy =
        "the numbers that a finding was classified by are built into another version of patchflow, or "
        + "make no policy together with the changed ones"
    private static let unreproduced =
        "a finding's class can't be told again from its events"

    private enum Question {
        case none
        /// The numbers of then aren't known, or don't fit to the changed ones.
        case unknown
        case asked(StreamReplay<FindingDecider>.Asked)
    }

    private mutating func question(
        of events: [FindingEvent], _ replay: StreamReplay<FindingDecider>
    ) -> Question {
        guard let first = events.first else { return .none }
        switch first {
        case .classified(let classified):
            guard let (policy, changed) = numbers(classified.policy, classified.inputs, replay)
            else { return .unknown }
            let inputs = classified.inputs
            return .asked((.classify(inputs, policy), .classify(inputs, changed)))
        case .corrected(let corrected):
            guard let (policy, changed) = numbers(corrected.policy, corrected.inputs, replay)
            else { return .unknown }
            let digest = corrected.inputs.digest
            return .asked(
                (
                    .confirmCorrection(digest, policy, reason: corrected.reason),
                    .confirmCorrection(digest, changed, reason: corrected.reason)
                ))
        case .fixObserved(let observed) where events.count > 1:
            let command = FindingCommand.observeFix(released: observed.released)
            return .asked((command, command))
        default: return .none
        }
    }

    private mutating func numbers(
        _ pin: PolicyPin, _ inputs: ClassificationInputs, _ replay: StreamReplay<FindingDecider>
    ) -> (ClassificationPolicy, ClassificationPolicy)? {
        guard let asset = replay.recorded.opening?.asset,
            case .found(let policy) = policies.classification(
                pinnedBy: pin, sites: [inputs.site], asset: asset),
            let changed = change.laid(over: policy, at: inputs.site)
        else { return nil }
        return (policy, changed)
    }

    private mutating func compare(
        _ replay: StreamReplay<FindingDecider>, _ decision: RecordedDecision
    ) -> Outcome {
        counts.classified += 1
        let (was, would) = (replay.recorded, replay.changed)
        guard let then = was.classification, let now = would.classification,
            let deadline = was.deadline, let other = would.deadline
        else { return .undecided(Self.unreproduced) }
        if other < deadline { counts.earlier += 1 }
        if other > deadline { counts.later += 1 }
        guard then.riskClass != now.riskClass || deadline != other else { return .same }
        if then.riskClass != now.riskClass { counts.count(then.riskClass, now.riskClass) }
        return .differs(
            WhatIfReport.Difference(
                position: decision.position, stream: decision.stream.text,
                at: decision.first.occurredAt, decision: "the class of the finding",
                kind: then.riskClass == now.riskClass ? .moved : .otherwise,
                was: "\(then.riskClass.rawValue), due at \(deadline)",
                would: "\(now.riskClass.rawValue), due at \(other)"))
    }
}
