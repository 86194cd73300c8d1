internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// What a feed says is what came from it, snapshot after snapshot, none of which was taken against
/// the rule for feeds: one that shrinks is never read as good news.
struct FeedRules {
    private struct Held {
        var feed = Feed()
        /// The contents of all its snapshots.
        var taken: Set<TreeHash> = []
    }

    private static let rule = "feed"
    private var feeds: [StreamKey: Held] = [:]

    /// Whether the feed of that name said that once; nil when it isn't in the bundle.
    func hasTaken(_ pin: FeedPin) -> Bool? {
        guard let held = feeds[StreamKey(FeedRegistration.id(name: pin.feed))] else { return nil }
        return TreeHash(bytes: pin.digest.bytes).map(held.taken.contains) ?? false
    }

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(FeedEvent.self, event) else { return }
        var held = feeds[event.stream] ?? Held()
        if case .watched(let watched) = read {
            check(watched, held.feed, event, people, &judgement)
        } else {
            if held.feed.registration == nil {
                judgement.violation(Self.rule, event, "nobody watches it")
            }
            check(read, held.feed, event, people, &judgement)
        }
        if case .snapshotTaken(let taken) = read, let hash = TreeHash(bytes: taken.contents.bytes) {
            held.taken.insert(hash)
        }
        FeedDecider.evolve(&held.feed, read)
        feeds[event.stream] = held
    }

    private func check(
        _ watched: FeedWatched, _ feed: Feed, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        let isInner = watched.registration.source.map { $0.reach != .publicInternet } ?? false
        people.check(
            writerOf: event, mayDo: [isInner ? .watchInnerFeed : .watchFeed], &judgement)
        if StreamKey(watched.registration.feed) != event.stream {
            judgement.violation(
                Self.rule, event, "the feed '\(watched.registration.name)' is another one")
        }
        if let kind = feed.registration?.kind, kind != watched.registration.kind {
            judgement.violation(
                Self.rule, event,
                "it was of kind '\(kind.rawValue)', and becomes "
                    + "'\(watched.registration.kind.rawValue)'")
        }
    }

    private func check(
        _ read: FeedEvent, _ feed: Feed, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .snapshotTaken(let taken):
            check(writerOf: event, hasLook: taken.look != nil, people, &judgement)
            if taken.kind != feed.registration?.kind {
                judgement.violation(Self.rule, event, "the feed is of another kind")
            }
            if taken.before != feed.contents {
                judgement.violation(Self.rule, event, "it follows on another snapshot")
            }
            let moment = Timestamp(microseconds: event.occurredAt)
            if let reason = taken.summary.refusal(after: feed.summary, at: moment) {
                judgement.violation(
                    Self.rule, event, "it was taken against the rule for feeds: \(reason)")
            }
        case .confirmed(let confirmed):
            check(writerOf: event, hasLook: confirmed.look != nil, people, &judgement)
            if confirmed.contents != feed.contents {
                judgement.violation(Self.rule, event, "the feed said something else before")
            }
        case .rejected(let rejected):
            check(writerOf: event, hasLook: rejected.look != nil, people, &judgement)
        case .givenUp:
            people.check(writerOf: event, mayDo: [.watchFeed], &judgement)
            if !feed.isWatched { judgement.violation(Self.rule, event, "nobody watches it") }
        default: break
        }
    }

    /// A worker's look, or somebody who may take what came.
    private func check(
        writerOf event: EntryView, hasLook: Bool, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        people.check(writerOf: event, mayDo: [hasLook ? .recordFeedLook : .takeFeed], &judgement)
    }
}
