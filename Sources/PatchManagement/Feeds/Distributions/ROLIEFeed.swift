private import Advisories
internal import JSON

/// A list of CSAF documents as a ROLIE feed: each with the places of itself, its digest and its
/// signature.
/// Source: CSAF 2.0 §7.1.15; RFC 8322.
package struct ROLIEFeed: Sendable, Equatable {
    package let listing: FeedListing
    /// Entries that lead elsewhere or can't be read.
    package let refused: [FeedMissing.Part]

    package static let most = 200_000

    /// - Parameters:
    ///   - root: Of the JSON document; nil when it is none.
    ///   - url: Where it came from: documents are to be had from the same server only.
    /// - Throws: `FeedFetchFault` when it is no ROLIE feed.
    init(_ root: JSONNode, from url: FeedURL) throws(FeedFetchFault) {
        guard let feed = root["feed"], feed.kind == .object, let list = feed["entry"]?.elements
        else {
            throw FeedFetchFault(.badListing, "it is no ROLIE feed: 'feed.entry' is no array")
        }
        var entries: [String: FeedListing.Entry] = [:]
        var refused: [FeedMissing.Part] = []
        for (index, node) in list.enumerated() {
            guard index < Self.most else {
                throw FeedFetchFault(.tooLarge, "it lists more than \(Self.most) documents")
            }
            let name = node["id"]?.string ?? "feed.entry[\(index)]"
            switch Self.entry(node, url) {
            case .success(let entry):
                // The latest one of a document counts, as in lists of changes.
                if let other = entries[entry.path], Self.isLater(other.date, entry.date) {
                    continue
                }
                entries[entry.path] = entry
            case .failure(let fault):
                refused.append(FeedMissing.Part(name: name, reason: fault.detail))
            }
        }
        listing = FeedListing(
            entries: entries.values.sorted {
                $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
            })
        self.refused = refused
    }

    private static func isLater(_ one: String, _ other: String) -> Bool {
        guard let one = UTCTime(one), let other = UTCTime(other) else { return false }
        return one >= other
    }

    private static func entry(
        _ node: JSONNode, _ url: FeedURL
    ) -> Result<FeedListing.Entry, FeedFetchFault> {
        func bad(_ reason: String) -> Result<FeedListing.Entry, FeedFetchFault> {
            .failure(FeedFetchFault(.badListing, reason))
        }
        var links: [String: FeedURL] = [:]
        for link in node["link"]?.elements.map({ Array($0) }) ?? [] {
            guard let relation = link["rel"]?.string, let text = link["href"]?.string else {
                continue
            }
            guard let place = url.linked(text), place.isSameServer(as: url) else {
                return bad("its \(relation) '\(FeedURL.shown(text))' is not on the same server")
            }
            // Of two digests any is as good; the strongest is preferred.
            if links[relation] == nil || place.target.hasSuffix(".sha512") {
                links[relation] = place
            }
        }
        let source = node["content"]?["src"]?.string.flatMap { url.linked($0) }
        guard let place = links["self"] ?? source, place.isSameServer(as: url) else {
            return bad("it says not where the document is, or names another server")
        }
        let path = String(place.target.dropFirst())
        guard FeedListing.isPath(path) else {
            return bad("'\(path)' is no plain path of a .json file")
        }
        guard let date = node["updated"]?.string, UTCTime(date) != nil else {
            return bad("'updated' is no time such as 2026-03-01T09:30:00Z")
        }
        return .success(
            FeedListing.Entry(
                path: path, date: date, place: place, digest: links["hash"],
                signature: links["signature"]))
    }
}
