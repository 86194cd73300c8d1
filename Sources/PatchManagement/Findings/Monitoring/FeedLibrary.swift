internal import Advisories
internal import EventSourcing

/// Which documents each feed consists of now, and which advisories are in which: when a document
/// goes, so does what it alone said.
package struct FeedLibrary: Sendable {
    /// A document of a feed's contents, with its bytes where they are at hand.
    struct Part: Sendable {
        let part: FeedContents.Part
        let bytes: [UInt8]?
    }

    /// A feed's contents as they come, document after document.
    package struct Contents: Sendable {
        private(set) var parts: [Part] = []
        /// Of a feed of signals, what all of its documents say.
        private(set) var signals: SignalReading?

        package init(of kind: FeedKind) { signals = SignalReading(of: kind) }

        /// - Parameter bytes: nil where they aren't needed.
        package mutating func add(_ part: FeedContents.Part, bytes: [UInt8]?) {
            if signals == nil {
                parts.append(Part(part: part, bytes: bytes))
            } else {
                signals?.read(FeedDocument(name: part.name, bytes: bytes ?? []))
            }
        }
    }

    /// What a feed's new contents change.
    struct Change {
        var put: [Advisory] = []
        var removed: [AdvisoryKey] = []
        /// What a feed of signals says; nil for a feed of advisories.
        var signals: SignalReading?
    }

    private var held: [StreamID: [FeedContents.Part: [AdvisoryKey]]] = [:]
    /// How many documents of all feeds hold an advisory.
    private var holders: [AdvisoryKey: Int] = [:]
    /// The edition that counts, and whose it is: the one that was modified last, of equals the one of
    /// the feed with the lower id.
    private var editions: [AdvisoryKey: (modified: UTCTime, feed: StreamID)] = [:]

    /// The feed whose edition of an advisory counts.
    func feed(of advisory: AdvisoryKey) -> StreamID? { editions[advisory]?.feed }

    /// Of a document whose advisories stand in others too, the bytes are needed again and again: which
    /// edition counts may change with any of them.
    func needsBytes(of part: FeedContents.Part, in feed: StreamID, _ kind: FeedKind) -> Bool {
        kind.isOfSignals || held[feed]?[part]?.contains { holders[$0, default: 0] > 1 } ?? true
    }

    mutating func replace(_ feed: StreamID, _ kind: FeedKind, by contents: Contents) -> Change {
        switch kind {
        case .osv: advisories(OSVFeed.self, feed, contents.parts)
        case .csaf: advisories(CSAFFeed.self, feed, contents.parts)
        case .kev, .epss, .ssvc: Change(signals: contents.signals)
        }
    }

    private mutating func advisories<Reader: FeedReader>(
        _ reader: Reader.Type, _ feed: StreamID, _ parts: [Part]
    ) -> Change where Reader.Record == Advisory {
        var old = held[feed] ?? [:]
        var new: [FeedContents.Part: [AdvisoryKey]] = [:]
        var read: [AdvisoryKey: Advisory] = [:]
        for part in parts {
            let known = old.removeValue(forKey: part.part)
            guard let bytes = part.bytes else {
                new[part.part] = known ?? []
                continue
            }
            var reading = FeedReading<Advisory>()
            reader.read(FeedDocument(name: part.part.name, bytes: bytes), into: &reading)
            new[part.part] = reading.records.map(\.documentKey)
            for record in reading.records {
                let key = record.documentKey
                if known == nil { holders[key, default: 0] += 1 }
                if let other = read[key], other.modified >= record.modified { continue }
                read[key] = record
            }
        }
        held[feed] = new
        var gone: Set<AdvisoryKey> = []
        for keys in old.values {
            for key in keys {
                let left = (holders[key] ?? 1) - 1
                holders[key] = left > 0 ? left : nil
                // Another edition of this feed's, if there is one, was read above.
                if left <= 0 || editions[key]?.feed == feed { gone.insert(key) }
            }
        }
        return change(feed, read, gone)
    }

    private mutating func change(
        _ feed: StreamID, _ read: [AdvisoryKey: Advisory], _ gone: Set<AdvisoryKey>
    ) -> Change {
        var change = Change()
        for key in gone.sorted() where read[key] == nil {
            // What another feed says of it stays said, in the words that are at hand.
            guard holders[key] == nil else { continue }
            editions[key] = nil
            change.removed.append(key)
        }
        for (key, advisory) in read.sorted(by: { $0.key < $1.key }) {
            if let current = editions[key], !gone.contains(key),
                (current.modified, feed) > (advisory.modified, current.feed)
            {
                continue
            }
            editions[key] = (advisory.modified, feed)
            change.put.append(advisory)
        }
        return change
    }
}
