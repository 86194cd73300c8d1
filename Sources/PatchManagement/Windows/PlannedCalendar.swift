package import EventSourcing
internal import JSON

/// The windows of some targets as a plan pins them: the moments, so that nobody asks the zone database
/// again. Freezes are no part of it: they hold whatever was planned.
package struct PlannedCalendar: Codable, Sendable, Hashable {
    /// Of what the policy says of windows: another one is another calendar.
    package let definition: Digest
    /// Their names, in the order of the policy.
    package let windows: [String]
    /// By their start. After the last one it is closed.
    package let openings: [Opening]

    package init(definition: Digest, windows: [String], openings: [Opening]) {
        self.definition = definition
        self.windows = windows
        self.openings = openings
    }

    /// Different ones that a plan may have.
    package static let most = 50
    /// Openings of all calendars of a plan: they have to fit into one event.
    package static let mostOpenings = 400
    /// Of one calendar.
    package static let mostOfOne = 60

    /// How many openings each of `count` calendars is pinned with.
    package static func openingsOfEach(_ count: Int) -> Int {
        min(mostOfOne, mostOpenings / max(1, count))
    }

    /// The times in which something may begin, joined where they meet, by their start.
    package var startTimes: [(from: Timestamp, to: Timestamp)] {
        var joined: [(from: Timestamp, to: Timestamp)] = []
        for opening in openings.sorted(by: { ($0.start, $0.lastStart) < ($1.start, $1.lastStart) })
        where opening.start < opening.lastStart {
            if let last = joined.last, opening.start <= last.to {
                joined[joined.count - 1].to = max(last.to, opening.lastStart)
            } else {
                joined.append((opening.start, opening.lastStart))
            }
        }
        return joined
    }

    /// The first moment at or after `moment` at which something may begin; nil for never.
    package func opens(at moment: Timestamp) -> Timestamp? {
        startTimes.first { moment < $0.to }.map { max(moment, $0.from) }
    }

    /// When it will have been open for `seconds` since `moment`; nil when it never will.
    package func moment(afterOpenSeconds seconds: Int, since moment: Timestamp) -> Timestamp? {
        var left = Duration.seconds(seconds)
        for (from, to) in startTimes where moment < to {
            let begin = max(moment, from)
            if to - begin >= left { return begin + left }
            left = left - (to - begin)
        }
        return nil
    }

    /// The same, as if it were open from its last opening's end on.
    package func deadline(afterOpenSeconds seconds: Int, since moment: Timestamp) -> Timestamp {
        if let end = self.moment(afterOpenSeconds: seconds, since: moment) { return end }
        let last = startTimes.last.map { max($0.to, moment) } ?? moment
        let open = startTimes.reduce(Duration.zero) { sum, time in
            moment < time.to ? sum + (time.to - max(moment, time.from)) : sum
        }
        return last + (.seconds(seconds) - open)
    }
}

extension WindowCalendar {
    /// Whether anything that begins has to lie in a window: nobody is held back by windows that no
    /// policy names.
    package var isRestricted: Bool { isRestrictedByWindows }

    /// What a plan pins; nil where windows hold nobody back.
    ///
    /// - Parameters:
    ///   - moment: Openings that nothing can begin in any more by then are left out.
    ///   - limit: Openings at most.
    package func planned(from moment: Timestamp, limit: Int) -> PlannedCalendar? {
        guard isRestricted else { return nil }
        let openings = next(endingAfter: moment, limit: limit).filter { moment < $0.lastStart }
        return PlannedCalendar(
            definition: definition, windows: windows.map(\.name),
            openings: openings.map {
                Opening(start: $0.start, lastStart: $0.lastStart, end: $0.end)
            })
    }
}

extension EffectivePolicy {
    /// By which steps are held back on its path. Where a policy on the path is passed over that names
    /// windows or freezes, nobody knows when it is open: it is closed.
    package func dispatchCalendar(in book: PolicyBook) -> WindowCalendar {
        let isUnknown = ignored.contains { scope in
            let document = book.policies[scope]?.document
            return document?[.maintenanceWindows] != nil || document?[.freezes] != nil
        }
        return isUnknown ? .closed : windows
    }
}
