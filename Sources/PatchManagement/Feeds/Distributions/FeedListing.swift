private import Advisories

/// The documents of a directory that a publisher lists with the dates of their last changes.
/// Source: CSAF 2.0 §7.1.13, `changes.csv`: `"2026/rhsa-2026_1.json","2026-01-02T00:00:00Z"`.
package struct FeedListing: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// Below the listing's own folder.
        package let path: String
        /// As it is written: only whether it is another one matters.
        package let date: String
        /// Where it is, where the list says so; else it lies at `path`, beside the list.
        package let place: FeedURL?
        /// Where its digest and its signature are, where the list says so.
        package let digest: FeedURL?
        package let signature: FeedURL?

        package init(
            path: String, date: String, place: FeedURL? = nil, digest: FeedURL? = nil,
            signature: FeedURL? = nil
        ) {
            self.path = path
            self.date = date
            self.place = place
            self.digest = digest
            self.signature = signature
        }
    }

    /// In the order of the bytes of their paths; each once, with its latest line first in the file.
    package let entries: [Entry]

    /// What its file is called.
    package static let fileName = "changes.csv"

    static let most = 200_000

    /// - Parameter entries: In the order of the bytes of their paths.
    package init(entries: [Entry]) { self.entries = entries }

    /// - Throws: `FeedFetchFault` for a line that can't be read, or a path that leads elsewhere.
    package init(_ bytes: [UInt8]) throws(FeedFetchFault) {
        var values = CommaSeparatedValues(longestRow: 4096)
        values.append(bytes)
        values.finish()
        var entries: [String: Entry] = [:]
        while true {
            let row: CommaSeparatedValues.Row
            do throws(CommaSeparatedError) {
                guard let next = try values.next() else { break }
                row = next
            } catch {
                throw FeedFetchFault(.badListing, "line \(error.line): \(error.reason)")
            }
            guard row.fields.count == 2, row.hasLineEnd || !row.fields[1].isEmpty else {
                throw FeedFetchFault(
                    .badListing, "line \(row.line): a path and a date belong there")
            }
            let (path, date) = (row.fields[0], row.fields[1])
            guard Self.isPath(path), UTCTime(date) != nil else {
                throw FeedFetchFault(
                    .badListing,
                    "line \(row.line): '\(path)', '\(date)' is no relative path with its date")
            }
            if entries[path] == nil { entries[path] = Entry(path: path, date: date) }
            guard entries.count <= Self.most else {
                throw FeedFetchFault(.tooLarge, "it lists more than \(Self.most) documents")
            }
        }
        self.entries = entries.values.sorted {
            $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
    }

    /// The same documents under their whole paths on the server, with their places: so that lists of
    /// several directories can be one.
    ///
    /// - Parameter url: Where this list is.
    /// - Throws: `FeedFetchFault` for a directory whose path no list may have.
    package func placed(beside url: FeedURL) throws(FeedFetchFault) -> FeedListing {
        var placed: [Entry] = []
        for entry in entries {
            guard let place = url.sibling(entry.path) else {
                throw FeedFetchFault(
                    .badListing, "'\(entry.path)' is no place beside \(url.shown)")
            }
            let path = String(place.target.dropFirst())
            guard Self.isPath(path) else {
                throw FeedFetchFault(.badListing, "'\(path)' is no plain path of a .json file")
            }
            placed.append(Entry(path: path, date: entry.date, place: place))
        }
        return FeedListing(entries: placed)
    }

    /// All documents of several lists; one that stands in two of them counts once.
    ///
    /// - Parameter lists: With the places of their documents.
    /// - Returns: Besides, what another server has under the path of one that counts.
    /// - Throws: `FeedFetchFault` for too many.
    package static func merged(
        _ lists: [FeedListing]
    ) throws(FeedFetchFault) -> (listing: FeedListing, refused: [FeedMissing.Part]) {
        var entries: [String: Entry] = [:]
        var refused: [FeedMissing.Part] = []
        for list in lists {
            for entry in list.entries {
                if let other = entries[entry.path], other.place != entry.place {
                    refused.append(
                        FeedMissing.Part(
                            name: entry.path, reason: "two servers have a document of this path"))
                } else {
                    entries[entry.path] = entry
                }
            }
            guard entries.count + refused.count <= most else {
                throw FeedFetchFault(
                    .tooLarge, "its lists have more than \(most) documents together")
            }
        }
        let sorted = entries.values.sorted {
            $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
        return (FeedListing(entries: sorted), refused)
    }

    /// Letters, digits and a few marks, in parts that aren't hidden: never the way out. The one hidden
    /// folder is that in which providers are to be found (RFC 8615).
    static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 300 && text.hasSuffix(".json")
            && parts.allSatisfy { part in
                !part.isEmpty && (!part.hasPrefix(".") || part == ".well-known")
                    && part.utf8.allSatisfy {
                        isAlphanumeric($0) || [0x2B, 0x2D, 0x2E, 0x5F].contains($0)
                    }
            }
    }

    /// As it is published: neither paths nor dates have a mark that would need another form.
    package var bytes: [UInt8] {
        entries.flatMap { Array("\"\($0.path)\",\"\($0.date)\"\n".utf8) }
    }

    /// The dates by path.
    package var dates: [String: String] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0.date) })
    }
}
