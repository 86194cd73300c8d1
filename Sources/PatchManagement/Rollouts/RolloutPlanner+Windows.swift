package import EventSourcing

/// When a batch is expected to begin and to end, its soak included.
package struct BatchForecast: Codable, Sendable, Equatable {
    /// nil when none of its targets' windows opens any more.
    package let begins: Timestamp?
    package let ends: Timestamp
    /// The windows that are pinned don't last: targets are left over at the last one's end.
    package let isShort: Bool

    private enum CodingKeys: String, CodingKey {
        case begins, ends
        case isShort = "is_short"
    }
}

extension RolloutPlanner {
    /// One after the other: each works on as many at once as the capacity allows, while windows are
    /// open, and soaks then, open or not.
    static func forecast(of plan: RolloutPlan, _ request: Request) -> [BatchForecast] {
        var moment = request.startsAt
        return zip(plan.batches, plan.soakSeconds).map { targets, soak in
            guard !targets.isEmpty else {
                return BatchForecast(begins: nil, ends: moment, isShort: false)
            }
            let rounds = (targets.count + max(1, plan.capacity) - 1) / max(1, plan.capacity)
            let work = rounds * request.predictedSecondsPerAsset
            var begins: Timestamp?
            var ends = moment
            var isShort = false
            for number in plan.calendars(of: targets) {
                let calendar = number.flatMap { plan.calendars?[$0] }
                let opens = calendar.map { $0.opens(at: moment) } ?? moment
                if let opens { begins = min(begins ?? opens, opens) }
                let end =
                    calendar.map {
                        $0.moment(afterOpenSeconds: work, since: moment)
                    } ?? moment + .seconds(work)
                if end == nil { isShort = true }
                let last = calendar?.deadline(afterOpenSeconds: work, since: moment)
                ends = max(ends, end ?? last ?? moment)
            }
            moment = ends + .seconds(max(0, soak))
            return BatchForecast(begins: begins, ends: moment, isShort: isShort)
        }
    }
}

extension RolloutPlan {
    /// The calendars of each batch, for the rollout's own stream; nil where there are none.
    var batchCalendars: [[Int?]]? {
        calendars == nil ? nil : batches.map { calendars(of: $0) }
    }

    /// In order; nil, the first, for targets that have none.
    func calendars(of targets: [RolloutTarget]) -> [Int?] {
        let numbers = Set(targets.map { $0.calendar ?? -1 })
        return numbers.sorted().map { $0 < 0 ? nil : $0 }
    }

    /// When `target` may be begun with, from `moment` on; nil when that is at once, or never.
    package func opening(for target: RolloutTarget, at moment: Timestamp) -> Timestamp? {
        guard let number = target.calendar, let calendars, calendars.indices.contains(number),
            let opens = calendars[number].opens(at: moment)
        else { return nil }
        return opens > moment ? opens : nil
    }

    /// What its predicted end needs before it may be applied; nil when it is in time.
    package var lateness: String? {
        guard emergency == nil, let slaDeadline, predictedEnd > slaDeadline else { return nil }
        return
            "it ends at \(predictedEnd), after the deadline \(slaDeadline): plan it earlier, ask "
            + "for an exception, or let a riskOwner acknowledge the miss before it starts"
    }
}
