internal import Advisories
internal import EventSourcing
internal import PatchManagement

/// A look at a directory of documents that a publisher lists with dates: which of them are fetched,
/// which are kept as they were, and which are left to the next look.
///
/// A document that can't be had costs nothing but itself: what is known of it stays, under its old
/// date. Troubles that others would meet as well end the fetching, and what came until then counts.
struct DirectoryLook {
    /// What is known of the directory.
    struct Known {
        var digests: [String: Digest] = [:]
        /// Of those that came from the publisher's list.
        var dates: [String: String] = [:]
    }

    /// A document that is to be in what the look brings.
    struct Wish {
        let entry: FeedListing.Entry
        let isFetched: Bool
        /// What is known of it.
        let kept: Digest?
        /// Of `kept`; nil when a person sent it.
        let date: String?
    }

    enum Answer {
        case kept([UInt8])
        case fetched([UInt8])
        /// - Parameter kept: What is known of it.
        case failed(FeedFetchFault, kept: [UInt8]?)
    }

    let known: Known
    /// What of the list the look has, with the dates of what it has.
    private(set) var entries: [FeedListing.Entry] = []
    /// How many wait for the next look.
    private(set) var left = 0
    /// How many can't be had.
    private(set) var gaps = 0
    /// Why nothing more is fetched.
    private(set) var end: FeedFetchFault?
    private let listed: Int
    private var fetched = 0
    /// Troubles of the server since the last document that came.
    private var streak = 0

    /// So many that a worker which dies has little to do again.
    private static let mostFetched = 2000
    /// Documents in a hundred that may be missing.
    private static let maxGapPercent = 5
    private static let longestStreak = 16

    /// - Parameter listed: How many documents the list has.
    init(_ known: Known, listed: Int) {
        self.known = known
        self.listed = listed
    }

    /// - Returns: nil for one of which nothing is known and that is left to the next look.
    mutating func wish(for entry: FeedListing.Entry) -> Wish? {
        let kept = known.digests[entry.path]
        let date = kept == nil ? nil : known.dates[entry.path]
        let isCurrent = date == entry.date
        let isFetched = !isCurrent && end == nil && fetched < Self.mostFetched
        if !isCurrent, !isFetched { left += 1 }
        guard kept != nil || isFetched else { return nil }
        return Wish(entry: entry, isFetched: isFetched, kept: kept, date: date)
    }

    /// - Returns: What there is of the document; nil when that is nothing.
    /// - Throws: `FeedFetchFault` when too many are missing.
    mutating func take(
        _ answer: Answer, for wish: Wish
    ) throws(FeedFetchFault) -> FeedDocument? {
        switch answer {
        case .fetched(let bytes):
            fetched += 1
            // What failed before was no trouble of the server's then.
            (gaps, streak) = (gaps + streak, 0)
            try checkGaps()
            entries.append(wish.entry)
            return FeedDocument(name: wish.entry.path, bytes: bytes)
        case .kept(let bytes): return keep(bytes, wish)
        case .failed(let fault, let kept):
            try note(fault)
            return kept.flatMap { keep($0, wish) }
        }
    }

    private mutating func keep(_ bytes: [UInt8], _ wish: Wish) -> FeedDocument {
        if let date = wish.date {
            entries.append(FeedListing.Entry(path: wish.entry.path, date: date))
        }
        return FeedDocument(name: wish.entry.path, bytes: bytes)
    }

    private mutating func note(_ fault: FeedFetchFault) throws(FeedFetchFault) {
        switch fault.cause == .absent ? .document : fault.scope {
        case .document:
            gaps += 1
            try checkGaps()
        case .server:
            streak += 1
            if streak == Self.longestStreak, end == nil { end = fault }
        case .look:
            left += 1
            end = end ?? fault
        }
    }

    /// - Throws: `FeedFetchFault` when nothing came though there was something, or too much is
    ///   missing.
    mutating func finish() throws(FeedFetchFault) {
        if let end {
            left += streak
            guard fetched > 0 else { throw end }
        } else {
            gaps += streak
        }
        streak = 0
        try checkGaps()
    }

    private func checkGaps() throws(FeedFetchFault) {
        guard gaps * 100 <= max(listed, 100) * Self.maxGapPercent else {
            throw FeedFetchFault(
                .badListing, "more than \(Self.maxGapPercent) % of what it lists can't be had")
        }
    }
}
