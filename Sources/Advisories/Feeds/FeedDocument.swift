/// A document of a feed: a file, a member of an archive, the answer of a server.
package struct FeedDocument: Sendable {
    /// For refusals: a file's name as the person knows it.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The first byte that is no white space and no byte order mark; nil when there is none.
    var firstByte: UInt8? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        return text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }
}

/// Reads the documents of one kind of feed.
package protocol FeedReader: SendableMetatype {
    associatedtype Record: FeedRecord

    /// Reads `document` and adds what it says to `reading`, records and refusals.
    ///
    /// Whatever the document holds, what was read before stays, and the next one can be read.
    static func read(_ document: FeedDocument, into reading: inout FeedReading<Record>)
}

extension FeedReader {
    /// All of `documents`, in their order.
    package static func read(_ documents: some Sequence<FeedDocument>) -> FeedReading<Record> {
        var reading = FeedReading<Record>()
        for document in documents { read(document, into: &reading) }
        return reading
    }
}

/// What a feed is a list of.
package protocol FeedRecord: Sendable, Hashable {
    /// What it is about: within one feed there is one record of each key.
    var key: String { get }
    /// The latest moment that it says something happened at; nil where it has no date.
    var latestDate: UTCTime? { get }
    /// From when this version of it is; nil where there is only one.
    var revision: UTCTime? { get }
    /// Parts of its document that were left out.
    var skipped: [SkippedPart] { get }
}

extension FeedRecord {
    package var revision: UTCTime? { nil }
    package var skipped: [SkippedPart] { [] }
}

extension Advisory: FeedRecord {
    package var key: String { id }
    package var revision: UTCTime? { modified }
    package var latestDate: UTCTime? {
        [published, withdrawn].compactMap { $0 }.reduce(modified, max)
    }
}

extension ExploitedVulnerability: FeedRecord {
    package var key: String { cve }
    package var latestDate: UTCTime? { dateAdded.start }
}

extension ExploitPrediction: FeedRecord {
    package var key: String { cve }
    package var revision: UTCTime? { date?.start }
    package var latestDate: UTCTime? { date?.start }
}

extension EnrichedVulnerability: FeedRecord {
    package var key: String { cve }
    package var revision: UTCTime? { modified }
    package var latestDate: UTCTime? {
        [published, modified, exploitedSince?.start, assessment?.date].compactMap { $0 }.max()
    }
}
