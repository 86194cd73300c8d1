package import EventSourcing

package enum FeedEvent: DomainEvent {
    case watched(FeedWatched)
    case snapshotTaken(FeedSnapshotTaken)
    case confirmed(FeedConfirmed)
    case rejected(FeedRejected)
    case givenUp(FeedGivenUp)
    case fetchFailed(FeedFetchFailed)
    case reached(FeedReached)
    case fellSilent(FeedFellSilent)
    case keysPinned(FeedKeysPinned)

    package var payload: any EventPayload {
        switch self {
        case .watched(let payload): payload
        case .snapshotTaken(let payload): payload
        case .confirmed(let payload): payload
        case .rejected(let payload): payload
        case .givenUp(let payload): payload
        case .fetchFailed(let payload): payload
        case .reached(let payload): payload
        case .fellSilent(let payload): payload
        case .keysPinned(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case FeedWatched.type: self = .watched(try .decode(schemaVersion: version, data: data))
        case FeedSnapshotTaken.type:
            self = .snapshotTaken(try .decode(schemaVersion: version, data: data))
        case FeedConfirmed.type:
            self = .confirmed(try .decode(schemaVersion: version, data: data))
        case FeedRejected.type: self = .rejected(try .decode(schemaVersion: version, data: data))
        case FeedGivenUp.type: self = .givenUp(try .decode(schemaVersion: version, data: data))
        case FeedFetchFailed.type:
            self = .fetchFailed(try .decode(schemaVersion: version, data: data))
        case FeedReached.type: self = .reached(try .decode(schemaVersion: version, data: data))
        case FeedFellSilent.type:
            self = .fellSilent(try .decode(schemaVersion: version, data: data))
        case FeedKeysPinned.type:
            self = .keysPinned(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// A team watches a feed, or its description changed as a whole.
package struct FeedWatched: EventPayload {
    package static let type = "FeedWatched"
    package let registration: FeedRegistration
    /// The keys that are pinned with it; nil where none are, or those before stay.
    package let keys: FeedKeys?

    package init(registration: FeedRegistration, keys: FeedKeys? = nil) {
        self.registration = registration
        self.keys = keys
    }
}

/// From here on the feed says what these documents say.
package struct FeedSnapshotTaken: EventPayload {
    package static let type = "FeedSnapshotTaken"
    package let kind: FeedKind
    /// Digest of the `FeedContents`.
    package let contents: Digest
    /// The contents before; nil for the first.
    package let before: Digest?
    package let documents: Int
    package let summary: FeedSummary
    /// The look that brought it; nil when a person sent it.
    package let look: FeedLookStamp?

    package init(
        kind: FeedKind, contents: Digest, before: Digest?, documents: Int, summary: FeedSummary,
        look: FeedLookStamp? = nil
    ) {
        self.kind = kind
        self.contents = contents
        self.before = before
        self.documents = documents
        self.summary = summary
        self.look = look
    }
}

/// The feed was looked at, and is what it was.
package struct FeedConfirmed: EventPayload {
    package static let type = "FeedConfirmed"
    package let contents: Digest
    /// The look that found it so; nil when a person sent it.
    package let look: FeedLookStamp?

    package init(contents: Digest, look: FeedLookStamp? = nil) {
        self.contents = contents
        self.look = look
    }
}

/// What came instead of a snapshot was not taken: what the feed said last stays.
package struct FeedRejected: EventPayload {
    package static let type = "FeedRejected"
    package let contents: Digest
    package let documents: Int
    package let summary: FeedSummary
    package let reason: String
    /// The look that brought it; nil when a person sent it.
    package let look: FeedLookStamp?

    package init(
        contents: Digest, documents: Int, summary: FeedSummary, reason: String,
        look: FeedLookStamp? = nil
    ) {
        self.look = look
        self.contents = contents
        self.documents = documents
        self.summary = summary
        self.reason = reason
    }
}
