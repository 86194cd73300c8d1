internal import Advisories
internal import Application
internal import EventSourcing
internal import PatchManagement

/// What came from a feed's source, read and kept.
struct ReceivedFeed {
    let taking: FeedTaking
    /// What its documents are kept by.
    var documents: [Document]
    /// Of a directory: the document of what of it is known.
    var listing: Digest?
    /// False when the next look is to bring more.
    var isComplete = true
}

/// Directories of documents that a publisher lists in a file with dates. Only what is new or has
/// changed is fetched, so many at a look that a worker which dies has little to do again.
extension PatchWork {
    /// Documents that a look fetches at most, and at a time.
    private static let mostFetched = 2000
    private static let width = 16
    /// Documents in a hundred that may not be there.
    private static let maxAbsentPercent = 5

    /// What is known of the directory that a feed is.
    private struct Known {
        var digests: [String: Digest] = [:]
        var dates: [String: String] = [:]

        /// nil when it has to be fetched.
        func digest(of entry: FeedListing.Entry) -> Digest? {
            dates[entry.path] == entry.date ? digests[entry.path] : nil
        }
    }

    func receiveDirectory(
        _ file: FeedDocument, at url: FeedURL, _ reach: FeedSource.Reach, _ feed: Feed,
        by feeds: any FeedFetcher, _ activity: ClaimedActivity
    ) async throws -> ReceivedFeed {
        let listing = try FeedListing(file.bytes)
        let known = try await known(of: feed)
        var intake = FeedIntake(of: .csaf, kept: Set(known.digests.values))
        var entries: [FeedListing.Entry] = []
        var (fetched, absent, left, shelves) = (0, 0, 0, 0)
        for start in stride(from: 0, to: listing.entries.count, by: Self.width) {
            let end = min(start + Self.width, listing.entries.count)
            var wanted: [FeedListing.Entry] = []
            for entry in listing.entries[start..<end] {
                if known.digest(of: entry) != nil {
                    wanted.append(entry)
                } else if fetched < Self.mostFetched {
                    fetched += 1
                    wanted.append(entry)
                } else {
                    left += 1
                    // What is known of it is better than nothing.
                    if known.digests[entry.path] != nil, let date = known.dates[entry.path] {
                        wanted.append(FeedListing.Entry(path: entry.path, date: date))
                    }
                }
            }
            for (entry, document) in try await documents(wanted, known, url, reach, feeds) {
                guard let document else {
                    absent += 1
                    continue
                }
                try intake.add(document)
                entries.append(entry)
            }
            guard absent * 100 <= max(listing.entries.count, 100) * Self.maxAbsentPercent else {
                throw FeedFetchFault(
                    .badListing, "more than \(Self.maxAbsentPercent) % of what it lists isn't there"
                )
            }
            if intake.isFull {
                try await keep(intake.takeShelf(), activity, shelf: shelves)
                shelves += 1
            }
        }
        try await keep(intake.takeShelf(), activity, shelf: shelves)
        let (taking, contents) = try intake.taking(
            latest: surroundings.now() + FeedDecider.tolerance)
        let had = Document(mediaType: "text/csv", bytes: FeedListing(entries: entries).bytes)
        return ReceivedFeed(
            taking: taking, documents: [contents, had], listing: had.digest, isComplete: left == 0)
    }

    private func known(of feed: Feed) async throws -> Known {
        var known = Known()
        guard let contents = try await contents(of: feed), let digest = feed.listing,
            let listing = try await store.document(digest)
        else { return known }
        for part in contents.parts { known.digests[part.name] = part.digest }
        known.dates = try FeedListing(listing.bytes).dates
        return known
    }

    /// Each with its bytes, in the same order; nil for what isn't there.
    private func documents(
        _ entries: [FeedListing.Entry], _ known: Known, _ url: FeedURL, _ reach: FeedSource.Reach,
        _ feeds: any FeedFetcher
    ) async throws -> [(FeedListing.Entry, FeedDocument?)] {
        let digests = entries.map { known.digest(of: $0) }
        let found = try await store.documents(digests.compactMap(\.self))
        return try await withThrowingTaskGroup(of: (Int, FeedDocument?).self) { group in
            for (index, entry) in entries.enumerated() {
                if let kept = digests[index].flatMap({ found[$0] }) {
                    group.addTask { (index, FeedDocument(name: entry.path, bytes: kept.bytes)) }
                } else {
                    group.addTask { (index, try await document(entry, url, reach, feeds)) }
                }
            }
            var documents = [FeedDocument?](repeating: nil, count: entries.count)
            for try await (index, document) in group { documents[index] = document }
            return Array(zip(entries, documents))
        }
    }

    /// - Returns: nil when the server says that it isn't there.
    private func document(
        _ entry: FeedListing.Entry, _ url: FeedURL, _ reach: FeedSource.Reach,
        _ feeds: any FeedFetcher
    ) async throws -> FeedDocument? {
        guard let place = url.sibling(entry.path) else {
            throw FeedFetchFault(.badListing, "'\(entry.path)' is no place beside \(url)")
        }
        do {
            return FeedDocument(
                name: entry.path, bytes: try await feeds.bytes(at: place, reach))
        } catch let fault as FeedFetchFault where fault.cause == .absent {
            return nil
        }
    }
}
