package import EventSourcing

/// A feed, as its events leave it.
package struct Feed: Sendable, Equatable {
    package var registration: FeedRegistration?
    /// The `FeedContents` of the snapshot that counts; nil until there is one.
    package var contents: Digest?
    package var summary: FeedSummary?
    /// Whether somebody watches it.
    package var isWatched = false
    /// How often it was registered or given up: each registration looks by itself.
    package var watch = 0
    /// What its source's server called what it sent last.
    package var validators: FeedValidators?
    /// Of a directory: the document that lists what of it `contents` has.
    package var listing: Digest?
    /// Since when looks have brought nothing that could be taken; nil while they do.
    package var troubledSince: Timestamp?
    /// Why nothing can be fetched.
    package var failure: FeedFetchFault.Cause?
    /// The contents that its source sent last and that were not taken.
    package var rejected: Digest?
    /// Of a directory: the document that lists what of it `rejected` has.
    package var rejectedListing: Digest?
    /// Whether its silence has been recorded.
    package var isSilent = false
    /// The keys of which one has to have signed what comes, once they are pinned.
    package var keys: FeedKeys?
    /// What the last look that counted could not have.
    package var missing: FeedMissing?

    package init() {}

    /// The registration's source, while somebody watches it.
    package var source: FeedSource? { isWatched ? registration?.source : nil }
}

package enum FeedCommand: Sendable, Equatable {
    /// Makes the feed known, or changes its description; the kind stays.
    ///
    /// - Parameter keys: Those that are pinned where its source demands a signature for the first
    ///   time. The caller keeps their document with it.
    case watch(FeedRegistration, keys: FeedKeys? = nil)
    /// Pins other keys. The caller keeps their document with it.
    case pinKeys(FeedKeys, reason: String)
    /// Nobody watches it any more, and nothing is fetched. What it said stays.
    case giveUp(reason: String)
    /// Lets the documents stand for what the feed says from now on, if the rule for feeds allows.
    /// The caller keeps the `FeedContents` and the documents with it.
    case take(FeedTaking)
    /// What a worker's look has found, under the registration of that number. Records what has
    /// changed, and nothing otherwise.
    case note(FeedLook, watch: Int)
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
    case notWatched
    case reasonMissing
    /// Only an administrator lets workers ask machines that aren't public.
    case reachIsForAdministrators(FeedSource.Reach)
    /// The source demands a signature, and nobody has said whose.
    case keysMissing
    /// Keys change by themselves, not with something else.
    case keysArePinned([String])
    /// Nothing of it is signed.
    case nothingIsSigned
    /// What has to be signed can't become what hasn't to be in passing.
    case signatureIsDemanded

    package var code: String {
        switch self {
        case .unknown: "no-such-feed"
        case .badField(let fault): "bad-\(fault.field.replacing(".", with: "-"))"
        case .kindIsFixed: "kind-is-fixed"
        case .notWatched: "feed-not-watched"
        case .reasonMissing: "reason-missing"
        case .reachIsForAdministrators: "reach-is-for-administrators"
        case .keysMissing: "keys-missing"
        case .keysArePinned: "keys-are-pinned"
        case .nothingIsSigned: "nothing-is-signed"
        case .signatureIsDemanded: "signature-is-demanded"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such feed: name who watches it first"
        case .badField(let fault): fault.description
        case .kindIsFixed(let old, let new):
            "the feed is of kind '\(old.rawValue)' and can't become '\(new.rawValue)': watch the "
                + "other under another name"
        case .notWatched: "nobody watches the feed: name the team that does first"
        case .reasonMissing: "say why, in the field 'reason'"
        case .reachIsForAdministrators(let reach):
            "the reach '\(reach.rawValue)' lets workers ask machines that aren't public: an "
                + "administrator has to register it"
        case .keysMissing:
            "the source demands a signature: name the public keys, or, where its URL is that of a "
                + "\(ProviderMetadata.fileName), their fingerprints"
        case .keysArePinned(let fingerprints):
            "the feed's keys are pinned (\(fingerprints.joined(separator: ", "))): change them by "
                + "'patchflow advisory pin-keys', with a reason"
        case .nothingIsSigned:
            "the feed's source demands no signature: say where that stands first, with "
                + "'signature_url' or 'signature_suffix'"
        case .signatureIsDemanded:
            "what comes from the feed's source has to be signed: repeat 'signature_url' or "
                + "'signature_suffix' (the pinned keys stay); to fetch it unsigned, give the feed up "
                + "first, with a reason"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .badField, .kindIsFixed, .reasonMissing, .keysMissing: .invalid
        case .notWatched, .keysArePinned, .nothingIsSigned, .signatureIsDemanded: .wrongState
        case .reachIsForAdministrators: .notAllowed
        }
    }
}
