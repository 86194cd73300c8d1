internal import Advisories
internal import EventSourcing
internal import PatchManagement

/// What the lists of a directory come to, however it is published.
struct ListedDocuments {
    var listing = FeedListing(entries: [])
    /// Where paths without a place of their own begin.
    var base: FeedURL
    /// What the lists say and nobody can follow.
    var refused: [FeedMissing.Part] = []
    /// Whether the source's own ETag tells each change.
    var isAllOfIt = true
    /// What the source says of itself.
    var provider: ProviderMetadata?
}

extension PatchWork {
    /// Reads the lists to which a source leads.
    func lists(
        _ directory: FeedDirectory, at url: FeedURL, _ delivery: any FeedDelivery
    ) async throws -> ListedDocuments {
        var listed = ListedDocuments(base: url)
        switch directory {
        case .changes(let listing): listed.listing = listing
        case .index(let index):
            let changes = try await changes(besides: url, delivery)
            let (listing, undated) = index.listing(changes, today: today)
            if undated > 0 { listed.isAllOfIt = false }
            // Its own tag says nothing of the dates, which stand in another file.
            if changes != nil { listed.isAllOfIt = false }
            listed.listing = listing
        case .rolie(let feed):
            listed.listing = feed.listing
            listed.refused = feed.refused
        case .provider(let provider):
            listed.provider = provider
            listed.isAllOfIt = false
            // Where there are both, they list the same (CSAF 2.0 §7.1.10).
            if provider.feeds.isEmpty {
                try await follow(directories: provider.directories, into: &listed, delivery)
            } else {
                try await follow(feeds: provider.feeds, into: &listed, delivery)
            }
        }
        return listed
    }

    private var today: String {
        let day = surroundings.now().description.prefix(10)
        return "\(day)T00:00:00Z"
    }

    /// - Returns: nil when there is none.
    private func changes(
        besides url: FeedURL, _ delivery: any FeedDelivery
    ) async throws -> FeedListing? {
        guard let place = url.sibling(FeedListing.fileName) else { return nil }
        do {
            return try FeedListing(try await delivery.listed(at: place))
        } catch let fault as FeedFetchFault where fault.cause == .absent {
            return nil
        }
    }

    /// All directories together are the source.
    private func follow(
        directories: [FeedURL], into listed: inout ListedDocuments, _ delivery: any FeedDelivery
    ) async throws {
        var lists: [FeedListing] = []
        for directory in directories {
            guard let place = directory.sibling(FeedListing.fileName) else {
                throw FeedFetchFault(.badListing, "\(directory.shown) is no directory")
            }
            let listing = try FeedListing(try await delivery.listed(at: place))
            if directories.count == 1 {
                (listed.base, listed.listing) = (place, listing)
                return
            }
            lists.append(try listing.placed(beside: place))
        }
        try take(lists, into: &listed)
    }

    /// All feeds together are the source.
    private func follow(
        feeds: [FeedURL], into listed: inout ListedDocuments, _ delivery: any FeedDelivery
    ) async throws {
        var lists: [FeedListing] = []
        for url in feeds {
            let document = FeedDocument(
                name: url.fileName, bytes: try await delivery.listed(at: url))
            guard case .rolie(let feed)? = try FeedDirectory(document, from: url) else {
                throw FeedFetchFault(.badListing, "\(url.shown) is no ROLIE feed")
            }
            listed.refused += feed.refused
            lists.append(feed.listing)
        }
        try take(lists, into: &listed)
    }

    private func take(
        _ lists: [FeedListing], into listed: inout ListedDocuments
    ) throws(FeedFetchFault) {
        let (listing, refused) = try FeedListing.merged(lists)
        listed.listing = listing
        listed.refused += refused
    }
}
