internal import EventSourcing
internal import PatchManagement

/// What came from a feed, read and kept.
struct ReceivedFeed {
    let taking: FeedTaking
    /// What its documents are kept by.
    var documents: [Document]
    /// Of a directory: the document of what of it is known.
    var listing: Digest?
    /// False when the next look is to bring more.
    var isComplete = true
    /// What is listed and could not be had; it may be there at the next look.
    var missing: FeedMissing?
    /// Whether the source's own ETag says all of it: not where it only leads to lists, or has no dates.
    var isAllOfIt = true
    /// Documents that are the same as others.
    var duplicates = 0
    /// What the server asked to wait.
    var retryAfterSeconds: Int?

    /// Whether nothing of it has to be asked for again until the source has changed.
    var isFinal: Bool { isComplete && missing == nil && isAllOfIt }
}
