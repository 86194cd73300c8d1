internal import Advisories
internal import EventSourcing

/// What the feeds say now of vulnerabilities and advisories, but for which packages are affected: that
/// is the `AdvisoryIndex`'s business.
struct SignalBook: Sendable {
    /// What an advisory says for the classification.
    struct AdvisoryFacts: Sendable, Equatable {
        let published: UTCTime?
        let severities: [SeverityStatement]
    }

    private var advisories: [AdvisoryKey: AdvisoryFacts] = [:]
    // What each feed says, by CVE: none takes back what another says.
    private var exploited: [StreamID: [String: ExploitedVulnerability]] = [:]
    private var predicted: [StreamID: [String: ExploitPrediction]] = [:]
    private var enriched: [StreamID: [String: EnrichedVulnerability]] = [:]

    mutating func put(_ advisory: Advisory) {
        // Of one that doesn't say when it came out the latest that it can have been is known.
        advisories[advisory.documentKey] = AdvisoryFacts(
            published: advisory.published ?? advisory.modified, severities: advisory.severities)
    }

    mutating func remove(_ advisory: AdvisoryKey) { advisories[advisory] = nil }

    /// Lets what was read stand for all that `feed` says.
    ///
    /// - Returns: The CVEs of which it says something else now.
    mutating func replace(_ feed: StreamID, by signals: SignalReading) -> Set<String> {
        switch signals.records {
        case .kev(let reading): Self.replace(&exploited[feed, default: [:]], by: reading.records)
        case .epss(let reading): Self.replace(&predicted[feed, default: [:]], by: reading.records)
        case .ssvc(let reading): Self.replace(&enriched[feed, default: [:]], by: reading.records)
        case .underWay: preconditionFailure("a document is being read")
        }
    }

    private static func replace<Record: FeedRecord>(
        _ old: inout [String: Record], by records: [Record]
    ) -> Set<String> {
        let new = Dictionary(records.map { ($0.key, $0) }) { $1 }
        var changed = Set(new.filter { old[$0.key] != $0.value }.keys)
        changed.formUnion(old.keys.filter { new[$0] == nil })
        old = new
        return changed
    }

    /// When the first fix came out that these advisories name; nil when none of them tells.
    func released(_ advisories: some Sequence<AdvisoryKey>) -> Timestamp? {
        advisories.compactMap { self.advisories[$0]?.published }.min().map { Timestamp($0) }
    }

    /// What all feeds say of a vulnerability for its classification.
    ///
    /// - Parameters:
    ///   - names: All its names.
    ///   - keys: The advisories that found it.
    func inputs(
        names: [String], advisories keys: some Sequence<AdvisoryKey>
    ) -> ClassificationInputs {
        var inputs = ClassificationInputs()
        let cves = names.map { $0.uppercased() }.filter { $0.hasPrefix("CVE-") }
        let enrichments = Self.records(in: enriched, of: cves)
        let dates =
            Self.records(in: exploited, of: cves).map(\.dateAdded)
            + enrichments.compactMap(\.exploitedSince)
        inputs.knownExploitedSince = dates.min().map { Timestamp(endOf: $0) }
        // The newest; of one day the worst.
        let prediction = Self.records(in: predicted, of: cves).max {
            ($0.date?.days ?? .min, $0.score) < ($1.date?.days ?? .min, $1.score)
        }
        inputs.epss = prediction.map {
            EPSSSignal(score: $0.score, model: Self.short($0.model ?? ""))
        }
        let assessment = enrichments.compactMap(\.assessment).max {
            $0.date?.microseconds ?? .min < $1.date?.microseconds ?? .min
        }
        inputs.ssvc = SSVCSignals(
            exploitation: assessment?.exploitation.flatMap { Exploitation(word: $0.rawValue) },
            automatable: assessment?.isAutomatable.map { YesNo($0) },
            technicalImpact: assessment?.technicalImpact.flatMap {
                TechnicalImpact(word: $0.rawValue)
            })
        inputs.ratings = ratings(of: cves, advisories: keys)
        return inputs
    }

    private static let mostRatings = 50

    private func ratings(
        of cves: [String], advisories keys: some Sequence<AdvisoryKey>
    ) -> [CVSSRating] {
        var statements = keys.sorted().flatMap { key in
            (advisories[key]?.severities ?? []).filter { severity in
                severity.vulnerability.map { cves.contains($0.uppercased()) } ?? true
            }.map { (severity: $0, by: $0.source ?? key.id) }
        }
        statements += Self.records(in: enriched, of: cves).flatMap { record in
            record.severities.map { ($0, $0.source ?? "CVE") }
        }
        var ratings: [CVSSRating] = []
        for (severity, source) in statements {
            guard case .cvss(let vector) = severity.rating else { continue }
            let rating = CVSSRating(source: Self.short(source), vector: vector)
            if !ratings.contains(rating) { ratings.append(rating) }
        }
        return Array(ratings.prefix(Self.mostRatings))
    }

    /// In the order of the feeds' ids, so that a restart says the same.
    private static func records<Record>(
        in feeds: [StreamID: [String: Record]], of cves: [String]
    ) -> [Record] {
        feeds.sorted { $0.key < $1.key }.flatMap { feed in cves.compactMap { feed.value[$0] } }
    }

    /// What a feed may say of a source, as it may stand in an event.
    private static func short(_ text: String) -> String {
        let word = FeedText.cut(text, to: 100)
        return word.isEmpty ? "unknown" : word
    }
}

/// Words of feeds on their way into events.
enum FeedText {
    /// Without control characters, in at most `limit` bytes.
    static func cut(_ text: String, to limit: Int) -> String {
        var cut = ""
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 32 || (0x7F...0x9F).contains(scalar.value)
            let shown = isControl ? " " : Character(scalar)
            bytes += shown.utf8.count
            if bytes > limit { break }
            cut.append(shown)
        }
        return cut
    }
}
