import EventSourcing

/// What follows from the outcomes that the coordinator counted, and from timers.
extension RolloutDeciding {
    func observe(_ tally: RolloutTally) -> [RolloutEvent] {
        if let last = state.tally, tally.asOf <= last.asOf { return [] }
        switch state.stage {
        case .unplanned, .planned, .awaitingApproval, .approved, .ended: return []
        case .rollingBack(let scope): return observeRollback(tally, scope)
        case .measuring, .running, .soaking, .settling: break
        }
        guard tally.batch == state.batch else { return late(tally) }
        if state.pause != nil { return observePaused(tally) }
        if state.stage == .settling { return settle(tally) }
        // Its gate has passed.
        if case .measuring = state.stage {
            guard let limit = state.maxTotalFailures, tally.totals.bad > limit else { return [] }
            return halt(tally, tripOverall(tally, limit))
        }
        return proceed(tally, input(tally))
    }

    /// Counted before the current batch began: only the limit over the whole rollout is judged.
    private func late(_ tally: RolloutTally) -> [RolloutEvent] {
        guard tally.batch < state.batch, state.pause == nil,
            let limit = state.maxTotalFailures, tally.totals.bad > limit
        else { return [] }
        return halt(tally, tripOverall(tally, limit))
    }

    private func tripOverall(_ tally: RolloutTally, _ limit: Int) -> Gate.Verdict {
        .trip(.maxTotalFailures, value: tally.totals.bad, limit: limit)
    }

    /// A pause stands until a person ends it; what they have to know is recorded.
    private func observePaused(_ tally: RolloutTally) -> [RolloutEvent] {
        let isNews = state.tally.map(tally.differs(from:)) ?? true
        guard isNews || state.pause?.isCounted == false else { return [] }
        var input = input(tally)
        // What was open at the deadline is known only now: successes are not told one by one.
        input.deadlinePassed = state.deadline.map { at >= $0 } ?? false
        let verdict = Gate.evaluate(input, settings)
        let news = [evaluated(tally, verdict)]
        // Only the approval's end was in its way, and there is nothing left that needs one.
        guard state.pause?.reason == .patchStopped, state.stragglers?.isClosed == true,
            verdict == .pass, tally.totalOpen == 0
        else { return news }
        return news + [after(news).completed(tally)]
    }

    /// All gates have passed; the rollout ends when nothing is open any more.
    private func settle(_ tally: RolloutTally) -> [RolloutEvent] {
        if let limit = state.maxTotalFailures, tally.totals.bad > limit {
            return halt(tally, tripOverall(tally, limit))
        }
        return finish(tally)
    }

    func soakElapsed(_ batch: Int, _ until: Timestamp) -> [RolloutEvent] {
        guard state.pause == nil, state.batch == batch, state.stage == .soaking(until: until),
            let tally = state.tally
        else { return [] }
        var input = input(tally)
        input.soakElapsed = true
        return proceed(tally, input)
    }

    func progressDeadlinePassed(_ batch: Int, _ deadline: Timestamp) -> [RolloutEvent] {
        guard state.pause == nil, state.batch == batch, state.deadline == deadline else {
            return []
        }
        // Before the first batch there is none to count.
        if case .measuring = state.stage { return baselineOverdue() }
        let tally = state.tally ?? emptyTally
        switch state.stage {
        case .running:
            var input = input(tally)
            input.deadlinePassed = true
            return proceed(tally, input)
        // Targets that were passed over and never end: somebody has to look at them.
        case .settling:
            return halt(
                tally, .inconclusive(.progressDeadline, value: max(1, tally.totalOpen), limit: 0))
        case .unplanned, .planned, .awaitingApproval, .approved, .measuring, .soaking,
            .rollingBack, .ended:
            return []
        }
    }

    /// Before the first outcome of a batch was counted.
    var emptyTally: RolloutTally {
        let size = state.stragglers?.size ?? plan.batchSizes[state.batch]
        return RolloutTally(
            asOf: 0, batch: state.batch, size: size, counts: OutcomeCounts(),
            startedSize: plan.batchSizes.prefix(state.batch + 1).reduce(0, +),
            totals: OutcomeCounts(), strataWithoutInstall: [], listed: [],
            rollbackOrders: state.rollbackOrders)
    }

    // MARK: The gate

    var settings: GateSettings {
        var settings = plan.gate
        settings.maxTotalFailures = state.maxTotalFailures
        // A raised limit of the whole may lie below an unused limit of the batch, never above it.
        if let total = settings.maxTotalFailures, let batch = settings.maxFailures {
            settings.maxFailures = min(batch, total)
        }
        return settings
    }

    func input(_ tally: RolloutTally) -> Gate.Input {
        var input = Gate.Input(
            size: tally.size, counts: tally.counts, totalBad: tally.totals.bad,
            isCanary: tally.batch == 0,
            soakElapsed: isOfStragglers(tally) || plan.soakSeconds[tally.batch] == 0)
        input.strataWithoutInstall = tally.strataWithoutInstall
        // What was installed by the attempt before needs no canary of its own; who only happens to have
        // the version says nothing of this rollout.
        if plan.retryOf != nil, let inPlace = tally.strataInPlace {
            input.strataInPlace = inPlace.count
            input.strataWithoutInstall.removeAll(where: inPlace.contains)
        }
        input.acknowledgedFailures = acknowledged(in: tally)
        // Who never returned is the reason of that batch, not a fault in it.
        input.acknowledgedAbsent =
            isOfStragglers(tally)
            ? tally.counts[.absent] : min(state.acknowledgedAbsent, tally.counts[.absent])
        healthOfSoak(&input, ofStragglers: isOfStragglers(tally))
        return input
    }

    /// Failures of the current batch that a person named and that still are failures.
    private func acknowledged(in tally: RolloutTally) -> Int {
        tally.listed.reduce(0) { count, listed in
            listed.batch == tally.batch && listed.outcome.isBad
                && state.acknowledged.contains(listed.asset) ? count + 1 : count
        }
    }

    func proceed(_ tally: RolloutTally, _ input: Gate.Input) -> [RolloutEvent] {
        let verdict = Gate.evaluate(input, settings)
        switch verdict {
        case .hold: return record(tally, verdict)
        case .soak:
            if case .soaking = state.stage { return record(tally, verdict) }
            return [
                .soakStarted(
                    SoakStarted(
                        batch: state.batch,
                        until: at + .seconds(plan.soakSeconds[state.batch]), tally: tally))
            ]
        case .pass: return advance([evaluated(tally, verdict)], tally)
        case .trip, .inconclusive: return halt(tally, verdict)
        }
    }

    /// Records what changed in failures and doubts, so that the last tally in the stream is true.
    private func record(_ tally: RolloutTally, _ verdict: Gate.Verdict) -> [RolloutEvent] {
        // These come one by one, and people decide by what was counted.
        if isOfStragglers(tally), tally.counts != state.tally?.counts {
            return [evaluated(tally, verdict)]
        }
        let last = state.tally ?? emptyTally
        return tally.differs(from: last) ? [evaluated(tally, verdict)] : []
    }

    func halt(
        _ tally: RolloutTally, _ verdict: Gate.Verdict, health: HealthCause? = nil
    ) -> [RolloutEvent] {
        let evaluated = evaluated(tally, verdict, health)
        guard let cause = cause(of: verdict, tally, health) else { return [evaluated] }
        let detail =
            if let health = cause.health {
                "health: \(health.words)"
            } else if cause.rule == .progressDeadline {
                "progressDeadline: targets are still open"
            } else {
                "\(cause.rule.rawValue): \(cause.value) against \(cause.limit)"
            }
        guard case .trip = verdict else { return [evaluated, paused(.gate, detail, cause)] }
        switch plan.gate.onTrip {
        case .pause: return [evaluated, paused(.gate, detail, cause)]
        case .freeze: return [evaluated, paused(.gate, detail, cause, frozen: true)]
        case .rollbackBatch: return [evaluated, rollbackOrdered(.batch, detail)]
        case .rollbackAll: return [evaluated, rollbackOrdered(.all, detail)]
        }
    }

    func evaluated(
        _ tally: RolloutTally, _ verdict: Gate.Verdict, _ health: HealthCause? = nil
    ) -> RolloutEvent {
        let word: GateEvaluated.Verdict =
            switch verdict {
            case .hold: .hold
            case .soak: .soak
            case .pass: .pass
            case .trip: .trip
            case .inconclusive: .inconclusive
            }
        return .gateEvaluated(
            GateEvaluated(
                batch: tally.batch, verdict: word, cause: cause(of: verdict, tally, health),
                tally: tally))
    }

    func cause(
        of verdict: Gate.Verdict, _ tally: RolloutTally, _ health: HealthCause? = nil
    ) -> HaltCause? {
        switch verdict {
        case .hold, .soak, .pass: return nil
        case .trip(.health, _, _), .inconclusive(.health, _, _):
            if let health { return HaltCause(health) }
            // The soak has ended, and too few rounds came in it.
            let missing = input(tally).healthCause
            return missing.map { HaltCause($0) }
                ?? HaltCause(rule: .health, value: 0, limit: 1, assets: [])
        case .trip(let rule, let value, let limit), .inconclusive(let rule, let value, let limit):
            let assets = tally.listed.filter { listed in
                switch rule {
                case .maxAbsentPercent:
                    listed.outcome == .absent && listed.batch == tally.batch
                case .progressDeadline: !listed.outcome.isFinal
                case .maxTotalFailures: listed.outcome.isBad
                case .maxFailures, .maxPercent, .minSuccessPercent, .emptyCanary, .canaryStratum,
                    .health, .evaluation:
                    listed.outcome.isBad && listed.batch == tally.batch
                }
            }
            var named = assets.map(\.asset)
            if rule == .progressDeadline {
                named += (tally.openAssets ?? []).filter { !named.contains($0) }
            }
            return HaltCause(
                rule: rule, value: value, limit: limit,
                assets: Array(named.prefix(HaltCause.maxAssets)))
        }
    }

    // MARK: Onward

    /// `passed` lets the current batch go: the next one that has targets starts, or the end is
    /// near.
    func advance(_ passed: [RolloutEvent], _ tally: RolloutTally) -> [RolloutEvent] {
        let next = after(passed)
        if next.state.isLastBatch {
            let empty = plan.batchSizes.indices.dropFirst(state.batch + 1)
            return passed + empty.map { .batchSkipped(BatchSkipped(batch: $0)) }
                + next.finish(tally)
        }
        guard next.state.isApproved(at: at) else {
            return passed + [
                paused(.approvalExpired, "an approval ran out before the next batch started")
            ]
        }
        var events = passed
        for batch in plan.batchSizes.indices.dropFirst(state.batch + 1) {
            if plan.batchSizes[batch] > 0 { return events + [begin(batch)] }
            events.append(.batchSkipped(BatchSkipped(batch: batch)))
        }
        return events
    }

    func completed(_ tally: RolloutTally) -> RolloutEvent {
        let outcome: RolloutCompleted.Outcome =
            if tally.totals.bad > 0 {
                .completedWithFailures
            } else if tally.totals[.absent] > 0 {
                .completedWithStragglers
            } else {
                .completed
            }
        return .completed(RolloutCompleted(outcome: outcome, totals: tally.totals))
    }

    // MARK: The way back

    /// Ends when every asset in scope has nothing left to roll back. A tally from before the last
    /// order says nothing about it.
    private func observeRollback(_ tally: RolloutTally, _ scope: RollbackScope) -> [RolloutEvent] {
        guard tally.rollbackOrders == state.rollbackOrders else { return [] }
        let unsettled =
            switch scope {
            case .batch: tally.size - tally.counts.settledInRollback
            case .all: tally.startedSize - tally.totals.settledInRollback
            }
        guard unsettled == 0 else { return [] }
        let counts = scope == .batch ? tally.counts : tally.totals
        let outcome: RolloutRolledBack.Outcome =
            if counts[.rollbackFailed] > 0 {
                .rollbackFailed
            } else if scope == .batch, tally.totals.ok > 0 {
                .partiallyRolledBack
            } else {
                .rolledBack
            }
        return [.rolledBack(RolloutRolledBack(outcome: outcome, totals: tally.totals))]
    }
}
