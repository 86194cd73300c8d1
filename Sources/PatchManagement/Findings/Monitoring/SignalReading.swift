package import Advisories

/// What a feed of signals says, read document after document, so that they need not lie in memory
/// together.
package struct SignalReading: Sendable {
    enum Records: Sendable {
        case kev(FeedReading<ExploitedVulnerability>)
        case epss(FeedReading<ExploitPrediction>)
        case ssvc(FeedReading<EnrichedVulnerability>)
        /// While a document is read: held twice, what was read before would be copied each time.
        case underWay
    }

    private(set) var records: Records

    /// - Returns: nil for feeds of advisories, whose documents are looked at one by one.
    package init?(of kind: FeedKind) {
        switch kind {
        case .osv, .csaf: return nil
        case .kev: records = .kev(FeedReading())
        case .epss: records = .epss(FeedReading())
        case .ssvc: records = .ssvc(FeedReading())
        }
    }

    package mutating func read(_ document: FeedDocument) {
        let before = records
        records = .underWay
        switch consume before {
        case .kev(var reading):
            KEVFeed.read(document, into: &reading)
            records = .kev(reading)
        case .epss(var reading):
            EPSSFeed.read(document, into: &reading)
            records = .epss(reading)
        case .ssvc(var reading):
            SSVCFeed.read(document, into: &reading)
            records = .ssvc(reading)
        case .underWay: preconditionFailure("a document is read after another")
        }
    }
}
