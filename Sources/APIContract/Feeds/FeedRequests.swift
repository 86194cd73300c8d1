/// `POST /feeds`: names the team that watches a feed.
package struct WatchFeedRequest: Codable, Sendable, Equatable {
    package let name: String
    /// `osv`, `csaf`, `kev`, `epss` or `ssvc`.
    package let kind: String
    /// `os` (the default) or `third_party`.
    package let track: String?
    package let team: String
    /// After so long without news it counts as silent: two days when left out, or four of the source's
    /// schedules.
    package let silentAfterSeconds: Int?
    /// Where it is fetched from by itself; people send it when left out.
    package let source: FeedSourceResource?
    /// The public keys that have to sign what comes, where the source demands that for the first time.
    package let keys: FeedKeysContent?
    /// Archives that hosts are offered updates from and that the team watches with it, such as
    /// `Debian:12*/stable-security`.
    package let origins: [String]?

    package init(
        name: String, kind: String, track: String? = nil, team: String,
        silentAfterSeconds: Int? = nil, source: FeedSourceResource? = nil,
        keys: FeedKeysContent? = nil, origins: [String]? = nil
    ) {
        self.source = source
        self.keys = keys
        self.origins = origins
        self.name = name
        self.kind = kind
        self.track = track
        self.team = team
        self.silentAfterSeconds = silentAfterSeconds
    }
}

/// Where a feed is fetched from by itself, and how often.
package struct FeedSourceResource: Codable, Sendable, Equatable {
    /// `https`; `http` to the worker's own host only.
    package let url: String
    /// From one look to the next, at least 300.
    package let everySeconds: Int
    /// Of a file with the SHA-256 of what is at `url`.
    package let digestUrl: String?
    /// `public` (the default), or for administrators `private` and `loopback`: which machines may
    /// answer.
    package let reach: String?
    /// Of the detached OpenPGP signature of what is at `url`.
    package let signatureUrl: String?
    /// What is behind the URL of each document in that of its signature, such as `.asc`.
    package let signatureSuffix: String?
    /// Likewise for its digest: `.sha256` or `.sha512`. For directories.
    package let digestSuffix: String?

    package init(
        url: String, everySeconds: Int, digestUrl: String? = nil, reach: String? = nil,
        signatureUrl: String? = nil, signatureSuffix: String? = nil, digestSuffix: String? = nil
    ) {
        self.url = url
        self.everySeconds = everySeconds
        self.digestUrl = digestUrl
        self.reach = reach
        self.signatureUrl = signatureUrl
        self.signatureSuffix = signatureSuffix
        self.digestSuffix = digestSuffix
    }
}

/// OpenPGP keys: either as text in armour or in base64, and those of them that count. Keys may be left
/// out where the source is a `provider-metadata.json`, which says where each fingerprint's key is.
package struct FeedKeysContent: Codable, Sendable, Equatable {
    package let text: String?
    package let base64: String?
    /// 40 hexadecimal digits each; all keys that are sent when left out.
    package let fingerprints: [String]?

    package init(text: String? = nil, base64: String? = nil, fingerprints: [String]? = nil) {
        self.text = text
        self.base64 = base64
        self.fingerprints = fingerprints
    }
}

/// `POST /feeds/{name}:pin-keys`: pins other keys.
package struct PinFeedKeysRequest: Codable, Sendable, Equatable {
    package let keys: FeedKeysContent
    package let reason: String

    package init(keys: FeedKeysContent, reason: String) {
        self.keys = keys
        self.reason = reason
    }
}

/// `POST /feeds/{name}/documents`: keeps documents, so that a snapshot can name them.
package struct KeepFeedDocumentsRequest: Codable, Sendable, Equatable {
    package let documents: [FeedDocumentContent]

    package init(documents: [FeedDocumentContent]) { self.documents = documents }
}

/// A document with its bytes, either as text or, where it is no UTF-8, in base64.
package struct FeedDocumentContent: Codable, Sendable, Equatable {
    /// As the publisher names it; once in a snapshot.
    package let name: String
    package let text: String?
    package let base64: String?

    package init(name: String, text: String? = nil, base64: String? = nil) {
        self.name = name
        self.text = text
        self.base64 = base64
    }
}

package struct KeptFeedDocuments: Codable, Sendable, Equatable {
    /// In the order of the request.
    package let data: [KeptFeedDocumentResource]

    package init(data: [KeptFeedDocumentResource]) { self.data = data }
}

package struct KeptFeedDocumentResource: Codable, Sendable, Equatable {
    package let name: String
    /// SHA-256 of its bytes.
    package let digest: String
    package let records: Int
    /// What in it was refused, each with place and reason.
    package let refusals: [String]

    package init(name: String, digest: String, records: Int, refusals: [String]) {
        self.name = name
        self.digest = digest
        self.records = records
        self.refusals = refusals
    }
}

/// `POST /feeds/{name}:take`: lets documents that were kept stand for what the feed says.
package struct TakeFeedRequest: Codable, Sendable, Equatable {
    package let documents: [FeedDocumentName]

    package init(documents: [FeedDocumentName]) { self.documents = documents }
}

package struct FeedDocumentName: Codable, Sendable, Equatable {
    package let name: String
    package let digest: String

    package init(name: String, digest: String) {
        self.name = name
        self.digest = digest
    }
}

/// What became of it.
package struct FeedTakenResource: Codable, Sendable, Equatable {
    package let feed: String
    /// `taken`, `confirmed` when it is what it was, or `rejected`.
    package let outcome: String
    /// Why it was rejected; what the feed said before stays.
    package let reason: String?
    package let records: Int
    package let refused: Int
    /// The first of what was refused, each with document, place and reason.
    package let refusals: [String]
    /// Documents that are the same as others that were sent, and count once with them.
    package let duplicates: [String]?
    package let position: Int64

    package init(
        feed: String, outcome: String, reason: String? = nil, records: Int, refused: Int,
        refusals: [String], duplicates: [String]? = nil, position: Int64
    ) {
        self.duplicates = duplicates
        self.feed = feed
        self.outcome = outcome
        self.reason = reason
        self.records = records
        self.refused = refused
        self.refusals = refusals
        self.position = position
    }
}
