package import EventSourcing

/// Nobody watches the feed any more: what it said stays, and nothing is fetched.
package struct FeedGivenUp: EventPayload {
    package static let type = "FeedGivenUp"
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

/// Nothing could be fetched, for another reason than before; what the feed said stays. Failures that
/// go on for the same reason are not recorded again.
package struct FeedFetchFailed: EventPayload {
    package static let type = "FeedFetchFailed"
    package let at: Timestamp
    package let cause: FeedFetchFault.Cause
    package let detail: String

    package init(at: Timestamp, cause: FeedFetchFault.Cause, detail: String) {
        self.at = at
        self.cause = cause
        self.detail = detail
    }
}

/// The feed's source answers again, and is what it was.
package struct FeedReached: EventPayload {
    package static let type = "FeedReached"
    package let at: Timestamp

    package init(at: Timestamp) { self.at = at }
}

/// For as long as its registration allows, nothing that could be taken has come: an alarm.
package struct FeedFellSilent: EventPayload {
    package static let type = "FeedFellSilent"
    /// The first look that brought nothing.
    package let since: Timestamp

    package init(since: Timestamp) { self.since = since }
}
