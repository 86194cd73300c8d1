internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// The health of a rollout's hosts, judged anew from the rounds that were recorded (I8): a batch
/// begins after a good baseline, a gate passes on good rounds only, and each round says what its own
/// sums say.
struct RolloutHealthRules {
    private var baseline: [HealthSummary] = []
    /// The batch whose hosts were found well before it.
    private var measured: Int?
    /// The sums of the soak that goes on.
    private var sums: [HealthSummary] = []
    private var rounds = 0
    /// Of that soak, the last one that was not good.
    private var worst: HealthRecorded.Verdict?

    mutating func soak() {
        sums = []
        rounds = 0
        worst = nil
    }

    mutating func read(
        _ event: RolloutEvent, _ planned: RolloutPlanned?, _ entry: EntryView,
        _ judgement: inout Judgement
    ) {
        guard case .healthRecorded(let recorded) = event else {
            measured = nil
            return soak()
        }
        guard let health = planned?.health else {
            return judgement.violation("I8", entry, "hosts were asked that nobody planned to ask")
        }
        let isSoak = recorded.round.kind == .soak
        if isSoak { sums = sums.joined(with: recorded.probes) }
        let (verdict, _) = HealthRule.judge(
            health, round: recorded.probes, soak: isSoak ? sums : [],
            baseline: isSoak ? baseline : [])
        if verdict.rawValue != recorded.verdict.rawValue {
            judgement.violation(
                "I8", entry,
                "a round is said to be \(recorded.verdict.rawValue), and its sums are "
                    + verdict.rawValue)
        }
        switch recorded.round.kind {
        case .baseline:
            baseline = recorded.probes
            measured = verdict == .good ? recorded.round.batch : nil
        case .soak:
            rounds += 1
            if verdict != .good { worst = recorded.verdict }
        case .watch: break
        }
    }

    mutating func start(
        _ batch: Int, _ planned: RolloutPlanned, _ entry: EntryView,
        _ judgement: inout Judgement
    ) {
        // Those that were absent have no baseline: they come one by one.
        if planned.health != nil, batch < planned.batchSizes.count, measured != batch {
            judgement.violation(
                "I8", entry, "batch \(batch) begins, and its hosts were not found well before it")
        }
        soak()
    }

    func pass(
        _ evaluated: GateEvaluated, _ planned: RolloutPlanned?, _ entry: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let planned, let health = planned.health,
            planned.soakSeconds.indices.contains(evaluated.batch)
        else { return }
        let needed = health.roundsNeeded(inSoakOf: planned.soakSeconds[evaluated.batch])
        if let worst {
            judgement.violation(
                "I8", entry,
                "the gate of batch \(evaluated.batch) passes, and a round of its soak was "
                    + worst.rawValue)
        } else if rounds < needed {
            judgement.violation(
                "I8", entry,
                "the gate of batch \(evaluated.batch) passes on \(rounds) rounds of probes, "
                    + "\(needed) must have come")
        }
    }
}
