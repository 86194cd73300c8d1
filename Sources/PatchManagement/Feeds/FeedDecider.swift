private import Advisories
package import EventSourcing

/// Who watches a feed, and what of it is taken in.
package enum FeedDecider: Decider {
    package static let prefix = "fe"
    package static var initialState: Feed { Feed() }
    /// How far a publisher's clock may be ahead of ours.
    package static let tolerance: Duration = .seconds(86_400)

    package static func decide(
        _ command: FeedCommand, _ context: CommandContext, _ state: Feed
    ) throws(FeedDenial) -> [FeedEvent] {
        switch command {
        case .watch(let registration):
            if let fault = registration.faults.first { throw .badField(fault) }
            if let before = state.registration, before.kind != registration.kind {
                throw .kindIsFixed(before.kind, registration.kind)
            }
            return state.registration == registration
                ? [] : [.watched(FeedWatched(registration: registration))]
        case .take(let taking):
            guard let registration = state.registration else { throw .unknown }
            return [take(taking, registration.kind, context.at, state)]
        }
    }

    private static func take(
        _ taking: FeedTaking, _ kind: FeedKind, _ now: Timestamp, _ state: Feed
    ) -> FeedEvent {
        if taking.contents == state.contents {
            return .confirmed(FeedConfirmed(contents: taking.contents))
        }
        do throws(FeedRejection) {
            try FeedRule.standard.check(
                taking.summary.snapshot, after: state.summary?.snapshot,
                latest: UTCTime(now + tolerance))
            return .snapshotTaken(
                FeedSnapshotTaken(
                    kind: kind, contents: taking.contents, before: state.contents,
                    documents: taking.documents, summary: taking.summary))
        } catch {
            return .rejected(
                FeedRejected(
                    contents: taking.contents, documents: taking.documents,
                    summary: taking.summary, reason: error.description))
        }
    }

    package static func evolve(_ state: inout Feed, _ event: FeedEvent) {
        switch event {
        case .watched(let watched): state.registration = watched.registration
        case .snapshotTaken(let taken):
            state.contents = taken.contents
            state.summary = taken.summary
        case .confirmed, .rejected: break
        }
    }
}
