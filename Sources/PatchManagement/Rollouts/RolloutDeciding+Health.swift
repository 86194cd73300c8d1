import EventSourcing

/// What is known of the health of a rollout's hosts.
package struct RolloutHealth: Sendable, Equatable {
    /// Of the round that was ordered last.
    package var number = 0
    /// From before the batch that was started last, or is to be.
    package var baseline: [HealthSummary] = []
    /// The sums over the soak of the current batch.
    package var soak: [HealthSummary] = []
    /// Rounds of that soak, all of them good.
    package var rounds = 0

    /// A new chain of rounds begins; whatever was asked before comes too late.
    mutating func restart() {
        number += 1
        soak = []
        rounds = 0
    }

    mutating func record(_ event: HealthRecorded) {
        number = max(number, event.round.number) + 1
        switch event.round.kind {
        case .baseline: baseline = event.probes
        case .soak:
            soak = soak.joined(with: event.probes)
            rounds += 1
        case .watch: break
        }
    }
}

extension [HealthSummary] {
    /// The sums of both, probe by probe.
    package func joined(with others: [HealthSummary]) -> [HealthSummary] {
        others.map { other in
            guard let own = first(where: { $0.probe == other.probe }) else { return other }
            return HealthSummary(
                probe: other.probe, subjects: own.subjects + other.subjects,
                control: own.control + other.control, named: other.named)
        }
    }
}

extension RolloutState {
    /// The round that is to be asked now; nil where nothing is.
    package var dueRound: HealthRound? {
        guard plan?.health != nil, pause == nil else { return nil }
        switch stage {
        case .measuring(let next):
            return HealthRound(number: health.number, kind: .baseline, batch: next)
        case .soaking: return HealthRound(number: health.number, kind: .soak, batch: batch)
        case .running:
            return batch > 0
                ? HealthRound(number: health.number, kind: .watch, batch: batch - 1) : nil
        case .settling: return HealthRound(number: health.number, kind: .watch, batch: batch)
        case .unplanned, .planned, .awaitingApproval, .approved, .rollingBack, .ended: return nil
        }
    }
}

extension RolloutDeciding {
    /// Begins a batch; where its hosts are to be compared with what they were, they are asked first.
    func begin(_ batch: Int) -> RolloutEvent {
        guard plan.health != nil else { return batchStarted(batch) }
        return .baselineOrdered(
            BaselineOrdered(
                batch: batch, planDigest: plan.planDigest,
                deadline: at + .seconds(plan.progressDeadlineSeconds)))
    }

    /// A round has come back; one that was ordered before something else happened says nothing.
    func recordHealth(_ report: HealthReport) -> [RolloutEvent] {
        guard let health = plan.health, report.rollout == plan.rollout,
            state.dueRound == report.round
        else { return [] }
        let sums = health.summaries(of: report)
        let isSoak = report.round.kind == .soak
        let (verdict, cause) = HealthRule.judge(
            health, round: sums, soak: isSoak ? state.health.soak.joined(with: sums) : [],
            baseline: isSoak ? state.health.baseline : [])
        let word: HealthRecorded.Verdict =
            switch verdict {
            case .good, .notNeeded: .good
            case .bad: .bad
            case .missing: .missing
            }
        let recorded = RolloutEvent.healthRecorded(
            HealthRecorded(
                round: report.round, verdict: word, cause: cause, probes: sums,
                report: report.document.digest))
        let next = after([recorded])
        guard let cause else {
            guard case .measuring(let batch) = state.stage else { return [recorded] }
            return [recorded] + next.startMeasured(batch)
        }
        return [recorded] + next.haltForHealth(verdict, cause)
    }

    private func startMeasured(_ batch: Int) -> [RolloutEvent] {
        guard state.isApproved(at: at) else {
            return [paused(.approvalExpired, "an approval ran out before the batch started")]
        }
        return [batchStarted(batch)]
    }

    private func haltForHealth(_ health: Gate.Health, _ cause: HealthCause) -> [RolloutEvent] {
        // Nothing of the batch has begun, so there is no gate to trip: whoever resumes has its hosts
        // asked anew.
        if case .measuring = state.stage {
            return [paused(.gate, "before batch: \(cause.words)", HaltCause(cause))]
        }
        let tally = state.tally ?? emptyTally
        var input = input(tally)
        input.health = health
        input.healthCause = cause
        let verdict: Gate.Verdict =
            switch Gate.evaluate(input, settings) {
            case .trip(let rule, let value, let limit): .trip(rule, value: value, limit: limit)
            case .hold, .soak, .pass, .inconclusive:
                .inconclusive(.health, value: cause.value, limit: cause.limit)
            }
        return halt(tally, verdict, health: cause)
    }

    /// The health of the current batch as its soak ends: every round was good, or the rollout would
    /// have halted; but rounds may have failed to come.
    func healthOfSoak(_ input: inout Gate.Input, ofStragglers: Bool) {
        guard let health = plan.health else {
            if plan.gate.needsHealth { input.health = .missing }
            return
        }
        if ofStragglers { return }
        let needed = health.roundsNeeded(inSoakOf: plan.soakSeconds[state.batch])
        input.health = state.health.rounds >= needed ? .good : .missing
        if input.health == .missing, let probe = health.probes.first {
            input.healthCause = HealthCause(
                probe, .rounds, value: state.health.rounds, limit: needed)
        }
    }

    /// Nobody has asked the hosts in all that time.
    func baselineOverdue() -> [RolloutEvent] {
        [
            paused(
                .gate, "the hosts of the next batch were not asked in time: does a worker run?",
                HaltCause(rule: .health, value: 0, limit: 1, assets: []))
        ]
    }
}

extension RolloutDecider {
    /// The activity of the round that follows from `event`, if one does.
    static func healthEffects(of event: RolloutEvent, _ state: RolloutState) -> [Effect] {
        guard let health = state.plan?.health, let due = state.dueRound else { return [] }
        let isFirst: Bool
        switch event {
        case .baselineOrdered: isFirst = true
        case .soakStarted: isFirst = due.kind == .soak
        case .batchStarted, .stragglersStarted: isFirst = false
        case .gateOverridden where state.stage == .settling: isFirst = false
        case .gateEvaluated where state.stage == .settling: isFirst = false
        // A soak that begins again has an event of its own.
        case .resumed where due.kind != .soak: isFirst = due.kind == .baseline
        case .healthRecorded(let event) where event.round.kind == due.kind: isFirst = false
        default: return []
        }
        let task = HealthTask(
            round: due, probes: health.probes, sampleHosts: health.sampleHosts,
            sample: health.sample)
        return [
            .schedule(
                NewActivity(
                    kind: healthKind, data: storedForm(task),
                    delay: isFirst ? .zero : .seconds(health.intervalSeconds)))
        ]
    }

    /// The kind of the activity that asks hosts for their health.
    package static let healthKind = "health"
}
