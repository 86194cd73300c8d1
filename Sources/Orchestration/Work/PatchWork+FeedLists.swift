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
            if let directory = provider.directories.first, provider.feeds.isEmpty {
                try await follow(directory, into: &listed, delivery)
            } else {
                try await follow(provider.feeds, into: &listed, delivery)
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

    private func follow(
        _ directory: FeedURL, into listed: inout ListedDocuments, _ delivery: any FeedDelivery
    ) async throws {
        guard let place = directory.sibling(FeedListing.fileName) else {
            throw FeedFetchFault(.badListing, "\(directory.shown) is no directory")
        }
        listed.base = place
        listed.listing = try FeedListing(try await delivery.listed(at: place))
    }

    /// All feeds together are the source. A document that stands in two of them counts once.
    private func follow(
        _ feeds: [FeedURL], into listed: inout ListedDocuments, _ delivery: any FeedDelivery
    ) async throws {
        var entries: [String: FeedListing.Entry] = [:]
        for url in feeds {
            let document = FeedDocument(
                name: url.fileName, bytes: try await delivery.listed(at: url))
            guard case .rolie(let feed)? = try FeedDirectory(document, from: url) else {
                throw FeedFetchFault(.badListing, "\(url.shown) is no ROLIE feed")
            }
            listed.refused += feed.refused
            for entry in feed.listing.entries {
                if let other = entries[entry.path], other.place != entry.place {
                    listed.refused.append(
                        FeedMissing.Part(
                            name: entry.path, reason: "two servers have a document of this path"))
                } else {
                    entries[entry.path] = entry
                }
            }
        }
        listed.listing = FeedListing(
            entries: entries.values.sorted {
                $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
            })
    }
}
