private import APIContract
internal import Application
private import EventSourcing
private import FoundationEssentials
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    /// The documents of feeds with when workers looked at their sources, and since when they are silent
    /// by the clock. Those are no events, so they are known of now only.
    static func withLooks(
        _ documents: [[UInt8]], _ call: Call, _ useCases: UseCases
    ) async throws -> [[UInt8]] {
        guard try call.moment().asOf == nil else { return documents }
        let looks = try await looks(call, useCases)
        let now = useCases.now()
        var answered: [[UInt8]] = []
        for document in documents {
            var feed = try WireJSON.decode(FeedResource.self, from: Data(document))
            let note = looks[feed.id]?.lastReason.flatMap { FeedLookNote($0) }
            feed.silentSince = FeedSilence(feed, look: note).since(now)?.description
            if let look = looks[feed.id] {
                feed.lookedAt = note?.at.description
                feed.look = note?.outcome
                feed.nextLookAt = look.dueAt
            }
            answered.append(Array(try WireJSON.encode(feed)))
        }
        return answered
    }

    /// By feed. One that has just been registered anew may have two for a moment: the later counts.
    private static func looks(
        _ call: Call, _ useCases: UseCases
    ) async throws -> [String: ActivityResource] {
        var wish = ListWish()
        wish.limit = 500
        wish.filter = ["kind": FeedDecider.lookKind]
        var looks: [String: ActivityResource] = [:]
        for _ in 0..<mostPages {
            let page = try await useCases.list(.activity, call.caller(), wish)
            for document in page.documents {
                let look = try WireJSON.decode(ActivityResource.self, from: Data(document))
                looks[look.stream] = look
            }
            guard let next = page.next else { break }
            wish.cursor = next
        }
        return looks
    }

    /// 10,000 feeds are more than anybody watches.
    private static let mostPages = 20
}

extension FeedSilence {
    fileprivate init(_ feed: FeedResource, look: FeedLookNote?) {
        self.init(silentAfterSeconds: feed.silentAfterSeconds)
        isWatched = feed.state != "unwatched"
        recorded = feed.silentSince.flatMap { Timestamp($0) }
        troubledSince = [feed.failingSince, feed.sourceRejectedSince]
            .compactMap { $0.flatMap { Timestamp($0) } }.min()
        watchedAt = feed.watchedAt.flatMap { Timestamp($0) }
        confirmedAt = feed.confirmedAt.flatMap { Timestamp($0) }
        lookedAt = look?.at
    }
}
