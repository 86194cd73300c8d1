package import EventSourcing
package import JSON
package import PatchManagement

extension FeedSilence {
    /// - Parameters:
    ///   - feed: As the read model has it.
    ///   - look: What the worker that looked last says of it.
    package init(_ feed: JSONNode, look: FeedLookNote?) {
        func time(_ name: String) -> Timestamp? { feed[name]?.string.flatMap { Timestamp($0) } }
        self.init(silentAfterSeconds: Int(feed["silent_after_seconds"]?.integer ?? 0))
        isWatched = feed["state"]?.string != "unwatched"
        recorded = time("silent_since")
        troubledSince = [time("failing_since"), time("source_rejected_since")]
            .compactMap(\.self).min()
        watchedAt = time("watched_at")
        confirmedAt = time("confirmed_at")
        lookedAt = look?.at
    }
}

/// How many feeds are silent now, whether or not anything has recorded it: for whoever is to be woken.
package enum SilentFeeds {
    package static func count(_ reads: any ReadModel, now: Timestamp) async throws -> Int {
        let looks = try await looks(reads)
        var count = 0
        try await visit(.feed, reads) { view in
            let root = try JSONDocument(parsing: view.document, limits: JSONLimits()).root
            if FeedSilence(root, look: looks[view.id]).since(now) != nil { count += 1 }
        }
        return count
    }

    /// By feed.
    private static func looks(_ reads: any ReadModel) async throws -> [String: FeedLookNote] {
        var looks: [String: FeedLookNote] = [:]
        try await visit(.activity, reads, ["kind": FeedDecider.lookKind]) { view in
            let root = try JSONDocument(parsing: view.document, limits: JSONLimits()).root
            guard let stream = root["stream"]?.string, let reason = root["last_reason"]?.string,
                let note = FeedLookNote(reason)
            else { return }
            looks[stream] = note
        }
        return looks
    }

    private static func visit(
        _ kind: ViewKind, _ reads: any ReadModel, _ fields: [String: String] = [:],
        _ body: (View) throws -> Void
    ) async throws {
        var request = ListRequest(kind)
        request.fields = fields
        for try await page in reads.pages(of: request) {
            for view in page.views { try body(view) }
        }
    }
}
