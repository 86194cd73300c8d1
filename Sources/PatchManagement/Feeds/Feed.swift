package import EventSourcing

/// A feed, as its events leave it.
package struct Feed: Sendable, Equatable {
    package var registration: FeedRegistration?
    /// The `FeedContents` of the snapshot that counts; nil until there is one.
    package var contents: Digest?
    package var summary: FeedSummary?

    package init() {}
}

package enum FeedCommand: Sendable, Equatable {
    /// Makes the feed known, or changes its description; the kind stays.
    case watch(FeedRegistration)
    /// Lets the documents stand for what the feed says from now on, if the rule for feeds allows.
    /// The caller keeps the `FeedContents` and the documents with it.
    case take(FeedTaking)
}

/// What came from a feed.
package struct FeedTaking: Sendable, Equatable {
    package let contents: Digest
    package let documents: Int
    package let summary: FeedSummary

    package init(contents: Digest, documents: Int, summary: FeedSummary) {
        self.contents = contents
        self.documents = documents
        self.summary = summary
    }
}

package enum FeedDenial: DomainRejection {
    case unknown
    case badField(FieldFault)
    case kindIsFixed(FeedKind, FeedKind)

    package var code: String {
        switch self {
        case .unknown: "no-such-feed"
        case .badField(let fault): "bad-\(fault.field)"
        case .kindIsFixed: "kind-is-fixed"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such feed: name who watches it first"
        case .badField(let fault): fault.description
        case .kindIsFixed(let old, let new):
            "the feed is of kind '\(old.rawValue)' and can't become '\(new.rawValue)': watch the "
                + "other under another name"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .badField, .kindIsFixed: .invalid
        }
    }
}
