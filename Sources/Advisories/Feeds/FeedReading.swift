/// What the documents of a feed say, and which of them, or of their entries, were refused.
package struct FeedReading<Record: FeedRecord>: Sendable {
    /// In the order of the documents; one of each key. Empty where they aren't kept.
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
    /// The latest moment that one of its records knows of; nil when none has a date.
    package private(set) var latestDate: UTCTime?
    /// When the publisher made the feed; nil where it doesn't say.
    package private(set) var issued: UTCTime?
    /// The publisher's own name for this state of the feed, and of the model that made it.
    package private(set) var version: String?

    private static var mostRefusals: Int { 10_000 }

    /// A record that was read, in few bytes: feeds have hundreds of thousands.
    private struct Known {
        /// In `records`; -1 where they aren't kept.
        var place: Int32
        /// Of its document in `names`.
        var origin: Int32
        var fingerprint: Fingerprint
        var revision: UTCTime?
    }

    private let keepsRecords: Bool
    private let latest: UTCTime?
    private var names: [String] = []
    private var known: [Fingerprint: Known] = [:]

    /// - Parameters:
    ///   - keepsRecords: Otherwise they are only counted and compared, in memory of some sixty bytes each.
    ///   - latest: Records that say that something happened after it are refused: a wrong clock, or
    ///     somebody who wants to look newer than everybody else.
    package init(keepsRecords: Bool = true, latest: UTCTime? = nil) {
        self.keepsRecords = keepsRecords
        self.latest = latest
    }

    /// How many records there are, kept or not.
    package var count: Int { known.count }

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
        if let latest, let date = record.latestDate, date > latest {
            return refuse(
                FeedFault(
                    place: .record(record.key), problem: .inFuture(date, latest: latest)))
        }
        let key = Fingerprint(record.key)
        var new = Known(
            place: -1, origin: Int32(truncatingIfNeeded: names.count - 1),
            fingerprint: Fingerprint(record), revision: record.revision)
        guard let earlier = known[key] else {
            if keepsRecords {
                new.place = Int32(truncatingIfNeeded: records.count)
                records.append(record)
            }
            known[key] = new
            return note(record)
        }
        if earlier.fingerprint == new.fingerprint {
            duplicates += 1
        } else if let old = earlier.revision, let revision = new.revision, old != revision {
            superseded += 1
            if revision < old { return }
            new.place = earlier.place
            if keepsRecords { records[Int(earlier.place)] = record }
            known[key] = new
            note(record)
        } else {
            contradicted += 1
            if contradictions.count == Self.mostRefusals { return }
            contradictions.append(
                FeedRefusal(
                    document: names[names.count - 1], place: place,
                    problem: .contradicts(record.key, in: names[Int(earlier.origin)])))
        }
    }

    private mutating func note(_ record: Record) {
        guard let date = record.latestDate else { return }
        latestDate = max(date, latestDate ?? date)
    }

    /// Refuses the document that began last, or an entry of it.
    mutating func refuse(_ fault: FeedFault) {
        refused += 1
        if refusals.count == Self.mostRefusals { return }
        refusals.append(
            FeedRefusal(
                document: names[names.count - 1], place: fault.place, problem: fault.problem))
    }
}

/// Tells two values apart within one process: that two different ones have the same is less likely than
/// a fault of the memory.
private struct Fingerprint: Hashable, Sendable {
    private let words: (Int, Int)

    init(_ value: some Hashable) {
        var one = Hasher()
        one.combine(value)
        var other = Hasher()
        other.combine(0x9E37)
        other.combine(value)
        words = (one.finalize(), other.finalize())
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    // It is one already.
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
