package import EventSourcing

/// What tells a publisher's server which state of a feed is known, so that it needn't send it again.
package struct FeedValidators: Codable, Hashable, Sendable {
    package let etag: String?
    package let lastModified: String?

    package init(etag: String?, lastModified: String?) {
        self.etag = Self.usable(etag)
        self.lastModified = Self.usable(lastModified)
    }

    private enum CodingKeys: String, CodingKey {
        case etag
        case lastModified = "last_modified"
    }

    /// A header's text goes back as it came, or not at all.
    private static func usable(_ text: String?) -> String? {
        guard let text, (1...500).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return text
    }
}

/// When a worker looked at a feed by itself, and what the publisher's server called what it sent.
package struct FeedLookStamp: Codable, Hashable, Sendable {
    package let at: Timestamp
    package let validators: FeedValidators
    /// Of a directory: the document that lists what of it is known.
    package let listing: Digest?
    /// What the publisher lists and the look could not have; nil when that is nothing.
    package let missing: FeedMissing?

    package init(
        at: Timestamp, validators: FeedValidators, listing: Digest? = nil,
        missing: FeedMissing? = nil
    ) {
        self.at = at
        self.validators = validators
        self.listing = listing
        self.missing = missing
    }
}

/// What a look at a feed's source came to.
package enum FeedLook: Sendable, Equatable {
    /// The server says that it is what it was.
    case unchanged
    /// - Parameters:
    ///   - listing: Of a directory: the document that lists what of it is known.
    ///   - missing: What the publisher lists and could not be had.
    case delivered(
        FeedTaking, FeedValidators, listing: Digest? = nil, missing: FeedMissing? = nil)
    case failed(FeedFetchFault)
}

/// Why nothing could be had from a feed's source.
package struct FeedFetchFault: Error, Hashable, Sendable {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        /// No address, no connection, or a connection that broke.
        case unreachable
        /// Its address is none that the registration allows.
        case forbiddenAddress = "forbidden-address"
        /// The server's certificate can't be trusted.
        case untrusted
        case timedOut = "timed-out"
        /// An answer that is neither the feed nor that it is unchanged.
        case refused
        case badRedirect = "bad-redirect"
        case tooLarge = "too-large"
        /// Less came than was announced.
        case cutOff = "cut-off"
        case wrongDigest = "wrong-digest"
        /// An archive that can't or may not be unpacked.
        case badArchive = "bad-archive"
        /// A list of documents that can't be read, or that lists what isn't there.
        case badListing = "bad-listing"
        /// The server says that there is no such thing.
        case absent
        /// The signature that is demanded is not there, wrong, or of another key.
        case badSignature = "bad-signature"
        /// Signatures can't be checked here.
        case unverified
        /// The way there leads through a proxy, which can't be reached or doesn't let it pass.
        case proxyRefused = "proxy-refused"
        /// The worker that looked is gone.
        case workerLost = "worker-lost"
    }

    /// What else would meet the same.
    package enum Scope: Hashable, Sendable {
        case document
        /// Perhaps whatever the server is asked for.
        case server
        /// Everything that is asked for before the next look.
        case look
    }

    package let cause: Cause
    package let detail: String
    package let scope: Scope
    /// What the server asked to wait.
    package let retryAfterSeconds: Int?

    package init(
        _ cause: Cause, _ detail: String, scope: Scope = .document, retryAfterSeconds: Int? = nil
    ) {
        self.cause = cause
        self.detail = printable(detail, longest: 500)
        self.scope = scope
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// What a worker that gives a look back says of it: when it was, and what it came to. Kept beside the
/// activity, since a look that finds nothing new is no event.
package struct FeedLookNote: Sendable, Equatable, LosslessStringConvertible {
    package let at: Timestamp
    package let outcome: String

    package init(at: Timestamp, outcome: String) {
        self.at = at
        self.outcome = outcome
    }

    /// - Returns: nil for what something else than a look gave as its reason.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let at = Timestamp(String(parts[0])) else { return nil }
        self.init(at: at, outcome: String(parts[1]))
    }

    package var description: String { "\(at) \(outcome)" }
}

/// The data of the activity that looks at a feed.
package struct FeedLookTask: Codable, Sendable, Equatable {
    /// Which registration of the feed it follows from: a later one has a task of its own.
    package let watch: Int

    package init(watch: Int) { self.watch = watch }
}
