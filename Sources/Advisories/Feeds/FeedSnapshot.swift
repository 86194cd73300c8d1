/// What is kept of a feed as it was at a time, to judge the next one by.
package struct FeedSnapshot: Sendable, Hashable {
    package let records: Int
    /// Documents and entries that were refused.
    package let refused: Int
    /// Entries of which an earlier one says something else.
    package let contradicted: Int
    /// When the publisher made it; nil where it doesn't say.
    package let issued: UTCTime?
    /// The latest moment that one of its records knows of; nil when none has a date.
    package let latestDate: UTCTime?
    /// The publisher's own name for this state of the feed.
    package let version: String?

    package init(
        records: Int, refused: Int = 0, contradicted: Int = 0, issued: UTCTime? = nil,
        latestDate: UTCTime? = nil, version: String? = nil
    ) {
        self.records = records
        self.refused = refused
        self.contradicted = contradicted
        self.issued = issued
        self.latestDate = latestDate
        self.version = version
    }

    package init(_ reading: FeedReading<some FeedRecord>) {
        self.init(
            records: reading.count, refused: reading.refused,
            contradicted: reading.contradicted, issued: reading.issued,
            latestDate: reading.latestDate, version: reading.version)
    }
}

/// What a feed may differ in from the last one that was taken, as a policy has it.
package struct FeedRule: Sendable, Hashable {
    /// Records that may be missing, in percent of the last ones.
    package let maxShrinkPercent: Int
    /// Entries that may have been refused, those that contradict earlier ones among them, in percent
    /// of all.
    package let maxRefusedPercent: Int

    package static let standard = FeedRule(maxShrinkPercent: 5, maxRefusedPercent: 5)

    package init(maxShrinkPercent: Int, maxRefusedPercent: Int) {
        precondition(
            (0...100).contains(maxShrinkPercent) && (0...100).contains(maxRefusedPercent),
            "percentages go from 0 to 100")
        self.maxShrinkPercent = maxShrinkPercent
        self.maxRefusedPercent = maxRefusedPercent
    }

    /// Whether `new` may take the place of `last`. What was is never read as gone because a feed
    /// arrived in pieces: then yesterday's stays.
    ///
    /// Single records of the future are refused before, by `FeedReading`.
    ///
    /// - Parameters:
    ///   - last: The last one that was taken; nil for the first.
    ///   - latest: The latest moment that a feed may know of: now, and what clocks may differ.
    /// - Throws: The first reason against it, in the order of `FeedRejection`'s cases.
    package func check(
        _ new: FeedSnapshot, after last: FeedSnapshot?, latest: UTCTime
    ) throws(FeedRejection) {
        let left = new.refused + new.contradicted
        let entries = new.records + left
        if left > 0, exceeds(left, of: entries, percent: maxRefusedPercent) {
            throw new.contradicted > new.refused
                ? .contradictsItself(new.contradicted, of: entries, maxPercent: maxRefusedPercent)
                : .refused(left, of: entries, maxPercent: maxRefusedPercent)
        }
        if new.records == 0 { throw .empty }
        for date in [new.issued, new.latestDate] {
            if let date, date > latest { throw .inFuture(date, latest: latest) }
        }
        guard let last else { return }
        if let (date, lastDate) = dates(new, last), date < lastDate {
            throw .older(date, than: lastDate)
        }
        let missing = last.records - new.records
        if missing > 0, exceeds(missing, of: last.records, percent: maxShrinkPercent) {
            throw .shrank(from: last.records, to: new.records, maxPercent: maxShrinkPercent)
        }
    }

    /// What tells which of the two is newer; where a publisher says when it made them, that, as the
    /// newest record may have been taken back.
    private func dates(
        _ new: FeedSnapshot, _ last: FeedSnapshot
    ) -> (new: UTCTime, last: UTCTime)? {
        if let date = new.issued, let lastDate = last.issued { return (date, lastDate) }
        if let date = new.latestDate, let lastDate = last.latestDate { return (date, lastDate) }
        return nil
    }

    /// In whole numbers, so that the limit itself is kept exactly.
    private func exceeds(_ part: Int, of whole: Int, percent: Int) -> Bool {
        let (left, right) = (
            part.multipliedFullWidth(by: 100), whole.multipliedFullWidth(by: percent)
        )
        return (left.high, left.low) > (right.high, right.low)
    }
}

/// Why a feed doesn't take the place of the last one.
package enum FeedRejection: Error, Sendable, Hashable, CustomStringConvertible {
    case contradictsItself(Int, of: Int, maxPercent: Int)
    case refused(Int, of: Int, maxPercent: Int)
    case empty
    case inFuture(UTCTime, latest: UTCTime)
    case older(UTCTime, than: UTCTime)
    case shrank(from: Int, to: Int, maxPercent: Int)

    package var description: String {
        switch self {
        case .contradictsItself(let contradicted, let entries, let percent):
            "\(contradicted) of its \(entries) entries say something else than earlier ones of the same "
                + "id, more than \(percent) %"
        case .refused(let refused, let entries, let percent):
            "\(refused) of its \(entries) entries could not be read, more than \(percent) %"
        case .empty: "it has no entries"
        case .inFuture(let date, let latest):
            "it is dated \(date), and \(latest) is the latest that can be"
        case .older(let date, let last): "it is of \(date), older than the last one of \(last)"
        case .shrank(let last, let new, let percent):
            "it shrank from \(last) to \(new) entries, by more than \(percent) %"
        }
    }
}
