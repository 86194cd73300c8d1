package import Advisories
package import EventSourcing

/// What a feed's documents say all together, record by record, one document at a time: the one place
/// that knows which reader a kind of feed needs.
package struct FeedInspection: Sendable {
    private enum Reading: Sendable {
        case osv(FeedReading<Advisory>)
        case csaf(FeedReading<Advisory>)
        case kev(FeedReading<ExploitedVulnerability>)
        case epss(FeedReading<ExploitPrediction>)
        case ssvc(FeedReading<EnrichedVulnerability>)
        /// While a document is read: held twice, what was read before would be copied each time.
        case underWay
    }

    private var reading: Reading

    /// - Parameter latest: Records that know of a later moment are left out.
    package init(of kind: FeedKind, latest: Timestamp) {
        let limit = UTCTime(latest)
        reading =
            switch kind {
            case .osv: .osv(FeedReading(keepsRecords: false, latest: limit))
            case .csaf: .csaf(FeedReading(keepsRecords: false, latest: limit))
            case .kev: .kev(FeedReading(keepsRecords: false, latest: limit))
            case .epss: .epss(FeedReading(keepsRecords: false, latest: limit))
            case .ssvc: .ssvc(FeedReading(keepsRecords: false, latest: limit))
            }
    }

    /// Documents come in the order of their names, so that the same ones always come to the same.
    package mutating func read(_ document: FeedDocument) {
        let before = reading
        reading = .underWay
        switch consume before {
        case .osv(var records):
            OSVFeed.read(document, into: &records)
            reading = .osv(records)
        case .csaf(var records):
            CSAFFeed.read(document, into: &records)
            reading = .csaf(records)
        case .kev(var records):
            KEVFeed.read(document, into: &records)
            reading = .kev(records)
        case .epss(var records):
            EPSSFeed.read(document, into: &records)
            reading = .epss(records)
        case .ssvc(var records):
            SSVCFeed.read(document, into: &records)
            reading = .ssvc(records)
        case .underWay: preconditionFailure("a document is read after another")
        }
    }

    /// What it comes to, and the first of what was refused, with document, place and reason.
    package var result: (summary: FeedSummary, refusals: [FeedRefusal]) {
        switch reading {
        case .osv(let records), .csaf(let records): Self.result(records)
        case .kev(let records): Self.result(records)
        case .epss(let records): Self.result(records)
        case .ssvc(let records): Self.result(records)
        case .underWay: preconditionFailure("a document is read after another")
        }
    }

    private static let mostShown = 100

    private static func result(
        _ reading: FeedReading<some FeedRecord>
    ) -> (FeedSummary, [FeedRefusal]) {
        (
            FeedSummary(FeedSnapshot(reading)),
            Array((reading.contradictions + reading.refusals).prefix(mostShown))
        )
    }
}
