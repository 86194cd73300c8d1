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
    /// Why nothing more is fetched.
    private(set) var end: FeedFetchFault?
    /// Those that can't be had, and the first of them.
    private var gaps: Int
    private var shown: [FeedMissing.Part]
    private var fetched = 0
    /// How many are in what the look brings.
    private var count = 0
    /// Troubles of the server since the last document that came.
    private var streak: [FeedMissing.Part] = []

    /// So many that a worker which dies has little to do again.
    private static let mostFetched = 2000
    private static let longestStreak = 16

    /// - Parameter refused: What the list says and nobody can follow.
    init(_ known: Known, refused: [FeedMissing.Part] = []) {
        self.known = known
        (gaps, shown) = (refused.count, refused)
    }

    /// What can't be had; nil when that is nothing.
    var missing: FeedMissing? {
        gaps == 0 ? nil : FeedMissing(documents: gaps, shown: shown)
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
    mutating func take(_ answer: Answer, for wish: Wish) -> FeedDocument? {
        switch answer {
        case .fetched(let bytes):
            fetched += 1
            count += 1
            // What failed before was no trouble of the server's then.
            endStreak()
            entries.append(wish.entry)
            return FeedDocument(name: wish.entry.path, bytes: bytes)
        case .kept(let bytes): return keep(bytes, wish)
        case .failed(let fault, let kept):
            note(fault, wish.entry.path)
            return kept.flatMap { keep($0, wish) }
        }
    }

    private mutating func keep(_ bytes: [UInt8], _ wish: Wish) -> FeedDocument {
        count += 1
        if let date = wish.date {
            entries.append(FeedListing.Entry(path: wish.entry.path, date: date))
        }
        return FeedDocument(name: wish.entry.path, bytes: bytes)
    }

    private mutating func note(_ fault: FeedFetchFault, _ name: String) {
        let part = FeedMissing.Part(
            name: name, reason: "\(fault.cause.rawValue): \(fault.detail)")
        switch fault.cause == .absent ? .document : fault.scope {
        case .document:
            gaps += 1
            show([part])
        case .server:
            streak.append(part)
            if streak.count == Self.longestStreak, end == nil { end = fault }
        case .look:
            left += 1
            end = end ?? fault
        }
    }

    private mutating func endStreak() {
        gaps += streak.count
        show(streak)
        streak = []
    }

    private mutating func show(_ parts: [FeedMissing.Part]) {
        if shown.count < FeedMissing.mostShown { shown += parts }
    }

    /// However many can't be had: those that can count, since what nobody can have stays away for
    /// good, and would keep the rest away with it.
    ///
    /// - Throws: `FeedFetchFault` when nothing came though there was something.
    mutating func finish() throws(FeedFetchFault) {
        if let end {
            left += streak.count
            streak = []
            guard fetched > 0 else { throw end }
        } else {
            endStreak()
        }
        guard count > 0 || gaps == 0 else {
            throw FeedFetchFault(
                .badListing,
                "none of what it lists can be had: \(shown.first.map { "\($0.name): \($0.reason)" } ?? "")"
            )
        }
    }
}
