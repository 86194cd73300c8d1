internal import Advisories
internal import Application
internal import EventSourcing
internal import PatchManagement

/// Directories of documents that a publisher lists in a file with dates. Only what is new or has
/// changed is fetched.
extension PatchWork {
    /// Documents that are fetched at a time.
    private static let width = 16

    func receiveDirectory(
        _ directory: FeedDirectory, at url: FeedURL, _ delivery: any FeedDelivery,
        _ source: FeedSource, _ feed: Feed, _ activity: ClaimedActivity
    ) async throws -> ReceivedFeed {
        let listed = try await lists(directory, at: url, delivery)
        let checks = try await checks(source, feed, listed.provider, delivery)
        let listing = listed.listing
        var look = DirectoryLook(try await known(of: feed), refused: listed.refused)
        var intake = FeedIntake(
            of: .csaf, kept: Set(look.known.digests.values),
            latest: surroundings.now() + FeedDecider.tolerance)
        var shelves = 0
        for start in stride(from: 0, to: listing.entries.count, by: Self.width) {
            try Task.checkCancellation()
            let end = min(start + Self.width, listing.entries.count)
            let wishes = listing.entries[start..<end].compactMap { look.wish(for: $0) }
            let answers = try await answers(to: wishes, at: listed.base, delivery, checks)
            for (wish, answer) in zip(wishes, answers) {
                if let document = look.take(answer, for: wish) { try intake.add(document) }
            }
            if intake.isFull {
                try await keep(intake.takeShelf(), activity, shelf: shelves)
                shelves += 1
            }
        }
        try look.finish()
        try await keep(intake.takeShelf(), activity, shelf: shelves)
        let (taking, contents) = try intake.taking()
        let had = Document(mediaType: "text/csv", bytes: FeedListing(entries: look.entries).bytes)
        return ReceivedFeed(
            taking: taking, documents: [contents, had], listing: had.digest,
            isComplete: look.left == 0, missing: look.missing, isAllOfIt: listed.isAllOfIt,
            duplicates: intake.duplicates, retryAfterSeconds: look.end?.retryAfterSeconds)
    }

    /// What is known of the directory: what the feed consists of, also where a person sent that; and
    /// what the source brought since and was not taken, so that a look goes on where the last ended.
    private func known(of feed: Feed) async throws -> DirectoryLook.Known {
        var known = DirectoryLook.Known()
        if let contents = try await contents(feed.contents) {
            for part in contents.parts { known.digests[part.name] = part.digest }
            known.dates = try await dates(feed.listing)
        }
        if let rejected = try await contents(feed.rejected) {
            let dates = try await dates(feed.rejectedListing)
            for part in rejected.parts {
                guard let date = dates[part.name] else { continue }
                known.digests[part.name] = part.digest
                known.dates[part.name] = date
            }
        }
        return known
    }

    private func dates(_ listing: Digest?) async throws -> [String: String] {
        guard let listing, let document = try await store.document(listing) else { return [:] }
        return try FeedListing(document.bytes).dates
    }

    /// In the same order.
    private func answers(
        to wishes: [DirectoryLook.Wish], at url: FeedURL, _ delivery: any FeedDelivery,
        _ checks: FeedChecks
    ) async throws -> [DirectoryLook.Answer] {
        let kept = wishes.filter { !$0.isFetched }.compactMap(\.kept)
        let found = try await store.documents(kept)
        return try await withThrowingTaskGroup(of: (Int, DirectoryLook.Answer).self) { group in
            for (index, wish) in wishes.enumerated() {
                if !wish.isFetched, let kept = wish.kept.flatMap({ found[$0] }) {
                    group.addTask { (index, .kept(kept.bytes)) }
                } else {
                    group.addTask { (index, try await fetch(wish, beside: url, delivery, checks)) }
                }
            }
            var answers = [DirectoryLook.Answer?](repeating: nil, count: wishes.count)
            for try await (index, answer) in group { answers[index] = answer }
            return answers.compactMap(\.self)
        }
    }

    private func fetch(
        _ wish: DirectoryLook.Wish, beside url: FeedURL, _ delivery: any FeedDelivery,
        _ checks: FeedChecks
    ) async throws -> DirectoryLook.Answer {
        guard let place = wish.entry.place ?? url.sibling(wish.entry.path) else {
            throw FeedFetchFault(
                .badListing, "'\(wish.entry.path)' is no place beside \(url.shown)")
        }
        do {
            let bytes = try await delivery.listed(at: place)
            try await checks.check(bytes, wish.entry, at: place, delivery)
            return .fetched(bytes)
        } catch let fault as FeedFetchFault {
            guard let digest = wish.kept else { return .failed(fault, kept: nil) }
            return .failed(fault, kept: try await store.document(digest)?.bytes)
        }
    }
}
