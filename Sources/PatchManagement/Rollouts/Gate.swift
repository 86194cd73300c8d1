/// The pure rule that decides after a batch, and on every outcome on the way to its end.
///
/// With n = batch − skipped − cancelled − absent − acknowledged:
/// - it trips on too many failures, by number, by percentage, over the whole rollout, or when
///   success can't be reached any more, and on bad health;
/// - it is inconclusive, which pauses, when too many are absent, when a target is still open at
///   the deadline, when a canary proves nothing for a stratum, or when health isn't known;
/// - it passes when enough succeeded, none is open and the soak has elapsed.
package enum Gate {
    package struct Input: Sendable, Equatable {
        package var size: Int
        package var counts: OutcomeCounts
        /// Failures of this batch that a person named when resuming.
        package var acknowledgedFailures = 0
        /// Absent assets of this batch that a person accepted when resuming.
        package var acknowledgedAbsent = 0
        /// Failures over the whole rollout, acknowledged or not.
        package var totalBad: Int
        package var isCanary: Bool
        /// Strata of the canary in which nothing was installed yet, in order.
        package var strataWithoutInstall: [String] = []
        /// Strata of the canary of which an asset has the version already, where that will do.
        package var strataInPlace = 0
        package var soakElapsed: Bool
        package var deadlinePassed = false
        package var health = Health.notNeeded
        /// Which probe is not good, and by what; nil where health is, or was never asked for.
        package var healthCause: HealthCause?

        package init(
            size: Int, counts: OutcomeCounts, totalBad: Int, isCanary: Bool, soakElapsed: Bool
        ) {
            self.size = size
            self.counts = counts
            self.totalBad = totalBad
            self.isCanary = isCanary
            self.soakElapsed = soakElapsed
        }

        /// Assets that have no final outcome.
        package var open: Int { size - counts.final }
        /// n: those by which the gate judges.
        package var judged: Int {
            size - counts[.skipped] - counts[.cancelled] - counts[.absent] - acknowledgedFailures
        }
        /// Failures that count against this batch.
        package var bad: Int { counts.bad - acknowledgedFailures }
    }

    package enum Health: String, Codable, Sendable {
        case notNeeded, good, bad, missing
    }

    package enum Rule: String, Codable, Sendable, CaseIterable {
        case maxFailures
        case maxPercent
        case maxTotalFailures
        case minSuccessPercent
        case maxAbsentPercent
        case emptyCanary
        case canaryStratum
        case progressDeadline
        case health
        case evaluation
    }

    package enum Verdict: Sendable, Equatable {
        /// Not decided yet: targets are open.
        case hold
        /// Everything but the soak is there.
        case soak
        case pass
        /// `value` is what was measured, `limit` what it may be.
        case trip(Rule, value: Int, limit: Int)
        /// Pauses, whatever `onTrip` says.
        case inconclusive(Rule, value: Int, limit: Int)
    }

    package static func evaluate(_ input: Input, _ settings: GateSettings) -> Verdict {
        guard settings.faults.isEmpty, isConsistent(input) else {
            return .inconclusive(.evaluation, value: input.counts.total, limit: input.size)
        }
        if let trip = trip(input, settings) { return trip }
        let reachable = input.size - input.counts[.skipped] - input.counts[.cancelled]
        let absent = input.counts[.absent] - input.acknowledgedAbsent
        if absent * 100 > settings.maxAbsentPercent * reachable {
            return .inconclusive(
                .maxAbsentPercent, value: percent(absent, of: reachable),
                limit: settings.maxAbsentPercent)
        }
        if input.open > 0 {
            guard input.deadlinePassed else { return .hold }
            return .inconclusive(.progressDeadline, value: input.open, limit: 0)
        }
        if input.isCanary {
            if input.counts.ok == 0, input.strataInPlace == 0 {
                return .inconclusive(.emptyCanary, value: 0, limit: 1)
            }
            if !input.strataWithoutInstall.isEmpty {
                return .inconclusive(
                    .canaryStratum, value: input.strataWithoutInstall.count, limit: 0)
            }
        }
        guard input.soakElapsed else { return .soak }
        if input.health == .missing {
            return .inconclusive(
                .health, value: input.healthCause?.value ?? 0, limit: input.healthCause?.limit ?? 1)
        }
        return .pass
    }

    private static func trip(_ input: Input, _ settings: GateSettings) -> Verdict? {
        if let limit = settings.maxTotalFailures, input.totalBad > limit {
            return .trip(.maxTotalFailures, value: input.totalBad, limit: limit)
        }
        if let limit = settings.maxFailures, input.bad > limit {
            return .trip(.maxFailures, value: input.bad, limit: limit)
        }
        if input.bad * 100 > settings.maxPercent * input.judged {
            return .trip(
                .maxPercent, value: percent(input.bad, of: input.judged),
                limit: settings.maxPercent)
        }
        // Even if everything that is open succeeds.
        let attainable = input.judged - input.bad
        if attainable * 100 < settings.minSuccessPercent * input.judged {
            return .trip(
                .minSuccessPercent, value: attainable * 100 / input.judged,
                limit: settings.minSuccessPercent)
        }
        if input.health == .bad {
            return .trip(
                .health, value: input.healthCause?.value ?? 0, limit: input.healthCause?.limit ?? 1)
        }
        return nil
    }

    /// Counts that can't be: nothing may be decided by them.
    private static func isConsistent(_ input: Input) -> Bool {
        input.size >= 0 && input.counts.total <= input.size
            && DeploymentOutcome.allCases.allSatisfy { input.counts[$0] >= 0 }
            && (0...input.counts.bad).contains(input.acknowledgedFailures)
            && (0...input.counts[.absent]).contains(input.acknowledgedAbsent)
            && input.totalBad >= input.counts.bad
    }

    /// For people to read, no rule decides by it: rounded up, so that a value over its limit
    /// never looks equal to it.
    private static func percent(_ part: Int, of whole: Int) -> Int {
        whole == 0 ? 0 : (part * 100 + whole - 1) / whole
    }
}
