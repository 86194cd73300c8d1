import APIContract
import FoundationEssentials

enum FeedTable {
    static let columns: [Column<FeedResource>] = [
        Column("name") { $0.name }, Column("kind") { $0.kind }, Column("track") { $0.track },
        Column("team") { $0.givenUpBecause == nil ? $0.team : "nobody" },
        Column("state") { state($0) },
        Column("records", .right) { String($0.records) },
        Column("refused", .right) { String($0.refused) },
        Column("missing", .right) { String($0.missing ?? 0) },
        Column("of") { $0.latest.map(Moment.short) ?? "-" },
        Column("changed") { $0.takenAt.map(Moment.short) ?? "never" },
        Column("looked") { lastGood($0).map(Moment.short) ?? "never" },
        Column("silent since") { silentSince($0).map(Moment.short) ?? "-" },
        Column("because") { $0.givenUpBecause ?? $0.failure ?? $0.rejection ?? "-" },
    ]

    /// A feed that has said nothing for too long is not what its last word was.
    static func state(_ feed: FeedResource, now: Date = Date()) -> String {
        silentSince(feed, now: now) == nil ? feed.state : "\(feed.state), silent"
    }

    /// Since when nothing that could be taken has come, if that is for longer than it may be. Workers
    /// that don't run can't say so, so it is reckoned here.
    static func silentSince(_ feed: FeedResource, now: Date = Date()) -> String? {
        if let since = feed.silentSince { return since }
        if feed.state == "unwatched" { return nil }
        let good = [lastGood(feed), feed.watchedAt].compactMap(\.self).max()
        let trouble = [feed.failingSince, feed.sourceRejectedSince].compactMap(\.self).min()
        let since = trouble ?? good
        guard let since, let moment = Moment.date(since),
            now.timeIntervalSince(moment) > Double(feed.silentAfterSeconds)
        else { return nil }
        return since
    }

    /// When it was last seen to be what it says, by a worker or a person.
    private static func lastGood(_ feed: FeedResource) -> String? {
        let isGood = feed.failure == nil && feed.sourceRejectedSince == nil
        return [isGood ? feed.lookedAt : nil, feed.confirmedAt].compactMap(\.self).max()
    }

    private static func isSigned(_ feed: FeedResource) -> Bool {
        feed.source?.signatureUrl != nil || feed.source?.signatureSuffix != nil
    }

    static func details(_ feed: FeedResource) -> String {
        let keys = isSigned(feed) ? "signed by" : "keys, not demanded"
        return Table.details([
            ("feed", feed.id), ("name", feed.name), ("kind", feed.kind), ("track", feed.track),
            ("team", feed.team), ("state", state(feed)),
            ("given up because", feed.givenUpBecause), ("fetched from", feed.source?.url),
            ("every", feed.source.map { Seconds($0.everySeconds).defaultValueDescription }),
            ("digest from", feed.source?.digestUrl),
            ("digests beside documents", feed.source?.digestSuffix),
            ("signature from", feed.source?.signatureUrl),
            ("signatures beside documents", feed.source?.signatureSuffix),
            (keys, feed.keys?.joined(separator: ", ")), ("reach", feed.source?.reach),
            ("watches archives", feed.origins?.joined(separator: ", ")),
            ("watched since", feed.watchedAt.map(Moment.short)),
            ("looked", feed.lookedAt.map(Moment.short)), ("with the outcome", feed.look),
            ("looks again", feed.nextLookAt.map(Moment.short)),
            ("failing since", feed.failingSince.map(Moment.short)), ("because", feed.failure),
            ("silent since", silentSince(feed).map(Moment.short)), ("contents", feed.contents),
            ("documents", String(feed.documents)), ("records", String(feed.records)),
            ("refused", String(feed.refused)),
            ("missing", feed.missing.map { "\($0) documents that the publisher lists" }),
            (
                "of them",
                feed.missingDocuments?.map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
            ), ("of", feed.latest.map(Moment.short)),
            ("publisher's version", feed.publisherVersion),
            ("taken", feed.takenAt.map(Moment.short)),
            ("confirmed", feed.confirmedAt.map(Moment.short)),
            ("rejected", feed.rejectedAt.map(Moment.short)),
            ("because", feed.rejection), ("version", String(feed.version)),
        ])
    }
}
