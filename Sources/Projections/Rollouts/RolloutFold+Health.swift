internal import EventSourcing
internal import PatchManagement

extension RolloutFold {
    /// Shows the last round with the batch that it is about; what was measured before the batch stays
    /// beside what is measured after it.
    static func health(
        _ payload: HealthRecorded, _ event: RecordedEvent, _ rollout: inout RolloutDocument
    ) {
        let last = rollout.batches.count - 1
        guard last >= 0 else { return }
        let batch = min(payload.round.batch, last)
        let before = rollout.batches[batch].health
        let kind = payload.round.kind.rawValue
        rollout.batches[batch].health = RolloutDocument.Health(
            kind: kind, verdict: payload.verdict.rawValue, reason: payload.cause?.words,
            rounds: before?.kind == kind ? (before?.rounds ?? 0) + 1 : 1,
            probes: payload.probes.map { summary in
                probe(
                    summary, isBaseline: payload.round.kind == .baseline,
                    before?.probes.first { $0.name == summary.probe })
            },
            at: event.recordedAt.description)
    }

    private static func probe(
        _ summary: HealthSummary, isBaseline: Bool, _ before: RolloutDocument.Probe?
    ) -> RolloutDocument.Probe {
        let sums = summary.subjects
        let control = summary.control.values > 0 ? summary.control : nil
        return RolloutDocument.Probe(
            name: summary.probe, good: sums.good, bad: sums.bad, missing: sums.missing,
            mean: sums.mean, samples: sums.values,
            baselineMean: isBaseline ? sums.mean : before?.baselineMean,
            baselineSamples: isBaseline ? sums.values : before?.baselineSamples,
            controlMean: control?.mean, controlSamples: control?.values)
    }
}
