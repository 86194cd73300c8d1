package import Advisories
package import EventSourcing

/// From when on the time that a finding has is counted.
package struct SLAClock: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// There is no fix yet: something else has to be done about it.
        case treatment
        case remediation
    }

    package let kind: Kind
    package let start: Timestamp

    package init(kind: Kind, start: Timestamp) {
        self.kind = kind
        self.start = start
    }

    /// The clock of a finding that was opened at `opened`, on an asset in scope since `inScope`.
    ///
    /// In KEV, every row that decides rests on KEV: CISA's by its column, the deployer's by an
    /// active exploitation. Its date is then the trigger, else the fix's release is. Nothing can be
    /// remedied before it has a fix, so until then the treatment clock runs, and the remediation
    /// clock starts with the fix at the earliest.
    package static func starting(
        knownExploitedSince: Timestamp?, fixReleased: Timestamp?, inScope: Timestamp,
        opened: Timestamp
    ) -> SLAClock {
        guard let fixReleased else { return SLAClock(kind: .treatment, start: opened) }
        let trigger = max(knownExploitedSince ?? fixReleased, fixReleased)
        return SLAClock(kind: .remediation, start: max(trigger, inScope))
    }

    /// The same clock, started at `moment` when it had started before.
    package func starting(notBefore moment: Timestamp) -> SLAClock {
        SLAClock(kind: kind, start: max(start, moment))
    }

    package func deadline(slaSeconds: Int) -> Timestamp { start + .seconds(slaSeconds) }

    /// When a finding with that deadline is warned of: after `percent` of the time to it.
    package func warning(before deadline: Timestamp, percent: Int) -> Timestamp {
        let time = (deadline.microseconds - start.microseconds) / 100
        return Timestamp(microseconds: start.microseconds + time * Int64(percent))
    }

    /// A changed class never gives time back: the earlier of the old deadline and a new one that is
    /// counted from now.
    package static func reclassified(
        from deadline: Timestamp, at now: Timestamp, slaSeconds: Int
    ) -> Timestamp {
        min(deadline, now + .seconds(slaSeconds))
    }
}

extension Timestamp {
    /// The same moment.
    package init(_ time: UTCTime) { self.init(microseconds: time.microseconds) }

    /// The end of that day in UTC, which a date without a time means: the first moment of the next.
    package init(endOf date: CalendarDate) { self.init(date.end) }

    /// Where a period begins that people write so: a date means the first moment of that day in UTC.
    package init?(startText text: String) {
        if let date = CalendarDate(text) {
            self.init(date.start)
        } else {
            self.init(feedText: text)
        }
    }

    /// A moment that is looked back at: a time, or a date, which means the last moment of that day in
    /// UTC. nil for anything else.
    package init?(pastText text: String) {
        if let date = CalendarDate(text) {
            self.init(microseconds: date.end.microseconds - 1)
        } else {
            self.init(text)
        }
    }

    /// Reads what feeds write, `2026-03-01` or RFC 3339; nil for anything else.
    package init?(feedText text: String) {
        if let date = CalendarDate(text) {
            self.init(endOf: date)
        } else if let time = UTCTime(text) {
            self.init(time)
        } else {
            return nil
        }
    }
}
