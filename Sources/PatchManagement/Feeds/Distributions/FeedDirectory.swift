package import Advisories
private import JSON

/// The ways in which publishers say of which documents their directory consists, told apart by what
/// the first document is.
/// Source: CSAF 2.0 §7.1.
package enum FeedDirectory: Sendable, Equatable {
    /// `changes.csv`: paths with dates.
    case changes(FeedListing)
    /// `index.txt`: paths alone.
    case index(FeedIndex)
    case rolie(ROLIEFeed)
    case provider(ProviderMetadata)

    /// - Parameters:
    ///   - document: What a source of CSAF documents sent.
    ///   - url: Where it is.
    /// - Returns: nil when it lists nothing: a document for itself.
    /// - Throws: `FeedFetchFault` for a list that can't be read.
    package init?(_ document: FeedDocument, from url: FeedURL) throws(FeedFetchFault) {
        switch document.name {
        case FeedListing.fileName: self = .changes(try FeedListing(document.bytes))
        case FeedIndex.fileName: self = .index(try FeedIndex(document.bytes))
        default:
            guard let root = Self.root(document) else {
                guard document.name == ProviderMetadata.fileName else { return nil }
                throw FeedFetchFault(.badListing, "'\(document.name)' is no JSON object")
            }
            if root["document"] != nil { return nil }
            if root["feed"] != nil {
                self = .rolie(try ROLIEFeed(root, from: url))
            } else if root["distributions"] != nil || document.name == ProviderMetadata.fileName {
                self = .provider(try ProviderMetadata(root, from: url))
            } else {
                return nil
            }
        }
    }

    private static func root(_ document: FeedDocument) -> JSONNode? {
        do {
            let root = try JSONDocument(parsing: document.bytes, limits: JSONLimits()).root
            return root.kind == .object ? root : nil
        } catch {
            return nil
        }
    }
}

/// The documents of a directory, by their paths alone.
/// Source: CSAF 2.0 §7.1.12, `index.txt`.
package struct FeedIndex: Sendable, Equatable {
    /// In the order of their bytes; each once.
    package let paths: [String]

    package static let fileName = "index.txt"

    package init(_ bytes: [UInt8]) throws(FeedFetchFault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FeedFetchFault(.badListing, "it is no UTF-8")
        }
        var paths: Set<String> = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let path = String(line)
            guard FeedListing.isPath(path) else {
                throw FeedFetchFault(
                    .badListing, "line \(index + 1): '\(path)' is no relative path of a .json file")
            }
            paths.insert(path)
            guard paths.count <= FeedListing.most else {
                throw FeedFetchFault(.tooLarge, "it lists more than \(FeedListing.most) documents")
            }
        }
        self.paths = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// With the dates that `changes` has of them; one without is dated `today`, so that it is looked at
    /// anew each day. What only `changes` has is gone.
    ///
    /// - Parameter today: A time of day 0, in UTC.
    package func listing(
        _ changes: FeedListing?, today: String
    ) -> (listing: FeedListing, undated: Int) {
        let dates = changes?.dates ?? [:]
        let entries = paths.map { FeedListing.Entry(path: $0, date: dates[$0] ?? today) }
        return (FeedListing(entries: entries), paths.count { dates[$0] == nil })
    }
}
