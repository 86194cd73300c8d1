package import Advisories
package import EventSourcing

/// What a feed's documents come to, as it is stored: what the next one is judged by.
package struct FeedSummary: Codable, Hashable, Sendable {
    package let records: Int
    /// Documents and entries that were refused.
    package let refused: Int
    /// Entries of which an earlier one says something else.
    package let contradicted: Int
    /// When the publisher made it; nil where it doesn't say.
    package let issued: Timestamp?
    /// The latest moment that one of its records knows of; nil when nothing in it has a date.
    package let latest: Timestamp?
    /// The publisher's own name for this state of it.
    package let version: String?

    package init(_ snapshot: FeedSnapshot) {
        records = snapshot.records
        refused = snapshot.refused
        contradicted = snapshot.contradicted
        issued = snapshot.issued.map { Timestamp($0) }
        latest = snapshot.latestDate.map { Timestamp($0) }
        version = snapshot.version.map { String($0.prefix(200)) }
    }

    /// Entries that count for nothing, for either reason.
    package var leftOut: Int { refused + contradicted }

    package var snapshot: FeedSnapshot {
        FeedSnapshot(
            records: records, refused: refused, contradicted: contradicted,
            issued: issued.map { UTCTime($0) }, latestDate: latest.map { UTCTime($0) },
            version: version)
    }
}

extension FeedSummary {
    /// Why it may not take the place of `last` by the rule for feeds; nil when it may.
    ///
    /// - Parameter last: nil for the first snapshot of a feed.
    package func refusal(after last: FeedSummary?, at now: Timestamp) -> String? {
        do throws(FeedRejection) {
            try FeedRule.standard.check(
                snapshot, after: last?.snapshot, latest: UTCTime(now + FeedDecider.tolerance))
            return nil
        } catch {
            return error.description
        }
    }
}

extension UTCTime {
    package init(_ moment: Timestamp) { self.init(microseconds: moment.microseconds) }
}
