internal import JSON

/// What a CSAF provider says of itself: where its documents are listed, and by which keys they are
/// signed. That the keys are the provider's is what a person has confirmed by their fingerprints.
/// Source: CSAF 2.0 §7.1.7 to §7.1.9, `provider-metadata.json`.
package struct ProviderMetadata: Sendable, Equatable {
    package struct Key: Sendable, Equatable {
        /// 40 hexadecimal digits, in capitals.
        package let fingerprint: String
        package let url: FeedURL
    }

    /// Its ROLIE feeds that are for everybody.
    package let feeds: [FeedURL]
    /// Its directories with a `changes.csv` each.
    package let directories: [FeedURL]
    package let keys: [Key]

    package static let fileName = "provider-metadata.json"
    private static let most = 100
    /// What says that a list is for everybody: TLP 1 and 2, and feeds without a label.
    private static let open: Set<String> = ["WHITE", "CLEAR", "UNLABELED"]

    /// - Parameter url: Where it came from.
    /// - Throws: `FeedFetchFault` when it names no list that anybody may read.
    init(_ root: JSONNode, from url: FeedURL) throws(FeedFetchFault) {
        var feeds: [FeedURL] = []
        var directories: [FeedURL] = []
        for distribution in root["distributions"]?.elements.map({ Array($0) }) ?? [] {
            for feed in distribution["rolie"]?["feeds"]?.elements.map({ Array($0) }) ?? [] {
                guard Self.open.contains(feed["tlp_label"]?.string?.uppercased() ?? "WHITE") else {
                    continue
                }
                feeds.append(try Self.url(feed["url"]?.string, url))
            }
            if let text = distribution["directory_url"]?.string {
                directories.append(try Self.url(text.hasSuffix("/") ? text : text + "/", url))
            }
        }
        var keys: [Key] = []
        for key in root["public_openpgp_keys"]?.elements.map({ Array($0) }) ?? [] {
            // A key that can't be named or fetched vouches for nothing.
            guard let fingerprint = key["fingerprint"]?.string, let text = key["url"]?.string,
                let place = url.linked(text)
            else { continue }
            keys.append(Key(fingerprint: FeedKeys.plain(fingerprint), url: place))
        }
        guard !feeds.isEmpty || !directories.isEmpty else {
            throw FeedFetchFault(
                .badListing,
                "it names neither a ROLIE feed for everybody (TLP:WHITE or CLEAR) nor a directory")
        }
        guard feeds.count + directories.count + keys.count <= Self.most else {
            throw FeedFetchFault(.tooLarge, "it names more than \(Self.most) places")
        }
        (self.feeds, self.directories, self.keys) = (feeds, directories, keys)
    }

    private static func url(
        _ text: String?, _ own: FeedURL
    ) throws(FeedFetchFault) -> FeedURL {
        guard let text, let url = own.linked(text) else {
            throw FeedFetchFault(
                .badListing, "it names '\(FeedURL.shown(text ?? ""))', which is no https URL")
        }
        return url
    }
}
