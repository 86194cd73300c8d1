package import Advisories
package import EventSourcing
internal import PatchManagement

/// Which advisories are wanted.
package struct AdvisoryWish: Sendable, Equatable {
    package var moment = Moment()
    /// An id of it, in whatever case.
    package var id: String?
    /// The name of a package that it speaks of.
    package var package: String?
    package var feed: String?
    /// From 1 to 500.
    package var limit = 100
    /// What the page before gave as `next`.
    package var cursor: String?

    package init() {}
}

package struct AdvisoryPage: Sendable, Equatable {
    package let entries: [AdvisoryCatalogue.Entry]
    package let next: String?
    package let position: Int64
}

/// An advisory with the document that says it.
package struct StatedAdvisory: Sendable, Equatable {
    package let advisory: Advisory
    package let feed: String
    package let document: String
    package let digest: Digest
}

extension UseCases {
    /// Advisories as the feeds state them, or stated them then, the one that changed last first.
    package func listAdvisories(_ wish: AdvisoryWish, _ caller: Caller) async throws -> AdvisoryPage
    {
        _ = try authorise(caller, .readFeeds)
        let past = try await position(wish.moment)
        let reached: Int64 = if let past { past } else { try await reads.position() }
        let all = try await entries(asOf: past)
        let id = wish.id?.lowercased()
        var found = all.filter { entry in
            (id.map { entry.isNamed($0) } ?? true)
                && (wish.package.map { entry.packages.contains($0) } ?? true)
                && (wish.feed.map { $0 == entry.feed } ?? true)
        }[...]
        if let cursor = wish.cursor {
            let last = try Self.place(cursor)
            found = found.drop { $0.place <= last }
        }
        let page = Array(found.prefix(min(max(wish.limit, 1), 500)))
        let next = page.count < found.count ? page.last.map(Self.cursor) : nil
        return AdvisoryPage(entries: page, next: next, position: reached)
    }

    /// All that the feeds say, or said then, under an id: an advisory's own, or one of a vulnerability.
    ///
    /// - Throws: `NotFound` when no feed knows it, or knew it.
    package func showAdvisory(
        _ id: String, _ caller: Caller, _ moment: Moment = Moment()
    ) async throws -> [StatedAdvisory] {
        _ = try authorise(caller, .readFeeds)
        let wanted = id.lowercased()
        let found = try await entries(asOf: try await position(moment)).filter {
            $0.isNamed(wanted)
        }
        guard !found.isEmpty else { throw NotFound("advisory", id) }
        var stated: [StatedAdvisory] = []
        for entry in found.prefix(Self.mostShown) {
            guard let document = try await store.document(entry.part.digest) else {
                throw EventStoreError(
                    .corrupted, "the document \(entry.part.digest) of \(entry.feed) is gone")
            }
            let records =
                switch entry.format {
                case .osv:
                    AdvisoryCatalogue.advisories(OSVFeed.self, entry.part, document.bytes)
                case .csaf:
                    AdvisoryCatalogue.advisories(CSAFFeed.self, entry.part, document.bytes)
                }
            for advisory in records where advisory.id == entry.id {
                stated.append(
                    StatedAdvisory(
                        advisory: advisory, feed: entry.feed, document: entry.part.name,
                        digest: entry.part.digest))
            }
        }
        return stated
    }

    private static let mostShown = 100

    /// What the feeds say, or said at a position: by the documents that the last snapshot taken up to
    /// there names.
    func entries(asOf position: Int64?) async throws -> [AdvisoryCatalogue.Entry] {
        guard let position else {
            return try await advisories.entries(of: try await feedStreams())
        }
        var said: [AdvisoryCatalogue.Said] = []
        for feed in try await feedStreams(asOf: position) {
            let state = try await history(of: feed, as: FeedDecider.self, upTo: position).state
            guard let registration = state.registration, let contents = state.contents else {
                continue
            }
            said.append(
                AdvisoryCatalogue.Said(
                    feed: feed, registration: registration, contents: contents))
        }
        return try await advisories.entries(then: said)
    }

    /// - Parameter position: nil for those that there are now.
    private func feedStreams(asOf position: Int64? = nil) async throws -> [StreamID] {
        var request = ListRequest(.feed)
        request.asOf = position
        var streams: [StreamID] = []
        for try await page in reads.pages(of: request) {
            streams += page.views.compactMap { StreamID($0.id) }
        }
        return streams
    }

    private static func cursor(_ entry: AdvisoryCatalogue.Entry) -> String {
        "\(entry.modified)/\(entry.feed)/\(entry.id)"
    }

    private static func place(
        _ cursor: String
    ) throws(QueryError) -> AdvisoryCatalogue.Entry.Place {
        let parts = cursor.split(separator: "/", maxSplits: 2).map(String.init)
        guard parts.count == 3, let modified = Timestamp(parts[0]) else {
            throw .badCursor(cursor)
        }
        return AdvisoryCatalogue.Entry.Place(modified: modified, id: parts[2], feed: parts[1])
    }
}
