/// What the documents of a feed say, and which of them, or of their entries, were refused.
package struct FeedReading<Record: FeedRecord>: Sendable {
    /// In the order of the documents; one of each key.
    package private(set) var records: [Record] = []
    /// The first ones of those that were refused, as many as a person may want to read.
    package private(set) var refusals: [FeedRefusal] = []
    /// How many documents and entries were refused.
    package private(set) var refused = 0
    /// The first entries that say of a key something else than an earlier one: which of the two is
    /// right nobody knows.
    package private(set) var contradictions: [FeedRefusal] = []
    package private(set) var contradicted = 0
    /// Entries that say the same as an earlier one, and count once.
    package private(set) var duplicates = 0
    /// Entries that are older or newer versions of others; the newest of each key is in `records`.
    package private(set) var superseded = 0
    /// How many documents were read or refused.
    package private(set) var documents = 0
    /// When the publisher made the feed; nil where it doesn't say.
    package private(set) var issued: UTCTime?
    /// The publisher's own name for this state of the feed, and of the model that made it.
    package private(set) var version: String?

    private static var mostRefusals: Int { 10_000 }

    private var names: [String] = []
    private var places: [String: Int] = [:]
    /// For each record the place of its document in `names`.
    private var origins: [Int32] = []

    package init() {}

    /// Parts that were left out of records that were read.
    package var skippedParts: Int { records.reduce(0) { $0 + $1.skipped.count } }

    /// The latest moment that one of its records knows of; nil when none has a date.
    package var latestDate: UTCTime? { records.lazy.compactMap(\.latestDate).max() }

    /// Takes out the records that say that something happened after `moment`, and lists them among
    /// the refusals: a wrong clock, or somebody who wants to look newer than everybody else.
    package mutating func refuseRecords(after moment: UTCTime) {
        var kept: [Record] = []
        var keptOrigins: [Int32] = []
        for (record, origin) in zip(records, origins) {
            if let date = record.latestDate, date > moment {
                refuse(
                    FeedFault(
                        place: .record(record.key), problem: .inFuture(date, latest: moment)),
                    in: Int(origin))
            } else {
                kept.append(record)
                keptOrigins.append(origin)
            }
        }
        guard kept.count < records.count else { return }
        records = kept
        origins = keptOrigins
        places = [:]
        for (place, record) in records.enumerated() { places[record.key] = place }
    }

    mutating func begin(_ document: String) {
        documents += 1
        names.append(document)
    }

    /// What a document says of the feed as a whole; of several documents the latest counts.
    mutating func note(issued: UTCTime?, version: String?) {
        if let issued, issued < self.issued ?? issued { return }
        self.issued = issued ?? self.issued
        self.version = version ?? self.version
    }

    /// Adds a record of the document that began last.
    mutating func add(_ record: Record, _ place: FeedPlace) {
        guard let earlier = places[record.key] else {
            places[record.key] = records.count
            records.append(record)
            origins.append(Int32(truncatingIfNeeded: names.count - 1))
            return
        }
        let known = records[earlier]
        if known == record {
            duplicates += 1
        } else if let old = known.revision, let new = record.revision, old != new {
            superseded += 1
            if new < old { return }
            records[earlier] = record
            origins[earlier] = Int32(truncatingIfNeeded: names.count - 1)
        } else {
            contradicted += 1
            if contradictions.count == Self.mostRefusals { return }
            contradictions.append(
                FeedRefusal(
                    document: names[names.count - 1], place: place,
                    problem: .contradicts(record.key, in: names[Int(origins[earlier])])))
        }
    }

    /// Refuses the document that began last, or an entry of it.
    mutating func refuse(_ fault: FeedFault) { refuse(fault, in: names.count - 1) }

    private mutating func refuse(_ fault: FeedFault, in document: Int) {
        refused += 1
        if refusals.count == Self.mostRefusals { return }
        refusals.append(
            FeedRefusal(
                document: names[document], place: fault.place, problem: fault.problem))
    }
}
