private import APIContract
private import Advisories
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addFeeds(to routes: inout Routes, _ useCases: UseCases) {
        let largestPart = 96 * 1024 * 1024
        let largestList = 32 * 1024 * 1024
        routes.post("feeds", WatchFeedRequest.self) { _, body, order in
            try .receipt(
                await useCases.watchFeed(registration(body), keys: body.keys.map(keys), order))
        }
        routes.post("feeds/{name}:pin-keys", PinFeedKeysRequest.self) { call, body, order in
            try .receipt(
                await useCases.pinFeedKeys(
                    of: call.parameter("name"), keys(body.keys), reason: body.reason, order))
        }
        routes.get("archive-origins", query: .moment) { call in
            let (origins, position) = try await useCases.archiveOrigins(
                call.caller(), call.moment())
            return try .json(
                ArchiveOrigins(data: origins.map(resource), position: position))
        }
        routes.get("feeds", query: .list, ["name", "kind", "track", "state"]) { call in
            let filter = call.filters("name", "kind", "track")
            let page = try await useCases.list(
                .feed, call.caller(), call.listWish(filter: filter), state: call.filter("state"))
            return try .page(
                DocumentPage(
                    documents: await withLooks(page.documents, call, useCases), next: page.next,
                    position: page.position))
        }
        routes.get("feeds/{id}", query: .moment) { call in
            let view = try await useCases.show(
                .feed, call.parameter("id"), call.caller(), call.moment())
            return try .document(await withLooks([view.document], call, useCases)[0])
        }
        routes.post("feeds/{name}:give-up", ReasonRequest.self) { call, body, order in
            try .receipt(
                await useCases.giveUpFeed(
                    named: call.parameter("name"), reason: body.reason, order))
        }
        routes.post(
            "feeds/{name}/documents", KeepFeedDocumentsRequest.self, bodyLimit: largestPart
        ) { call, body, order in
            let kept = try await useCases.keepFeedDocuments(
                of: call.parameter("name"), documents(body), order)
            return try .json(
                KeptFeedDocuments(
                    data: kept.map {
                        KeptFeedDocumentResource(
                            name: $0.name, digest: $0.digest.description, records: $0.records,
                            refusals: $0.refusals)
                    }))
        }
        routes.post(
            "feeds/{name}:take", TakeFeedRequest.self, bodyLimit: largestList
        ) { call, body, order in
            let taken = try await useCases.takeFeed(
                named: call.parameter("name"), parts(body), order)
            return try .json(
                FeedTakenResource(
                    feed: taken.written.id.text, outcome: taken.outcome.rawValue,
                    reason: taken.reason, records: taken.summary.records,
                    refused: taken.summary.leftOut, refusals: taken.refusals,
                    duplicates: taken.duplicates.isEmpty ? nil : taken.duplicates,
                    position: taken.written.position))
        }
    }

    private static func registration(
        _ body: WatchFeedRequest
    ) throws(InvalidInput) -> FeedRegistration {
        FeedRegistration(
            name: body.name, kind: try choice(body.kind, field: "kind"),
            track: try choice(body.track ?? "os", field: "track"), team: body.team,
            silentAfterSeconds: body.silentAfterSeconds, source: try body.source.map(source),
            origins: body.origins)
    }

    private static func keys(_ body: FeedKeysContent) throws(InvalidInput) -> SentFeedKeys {
        let fingerprints = body.fingerprints ?? []
        if body.text == nil, body.base64 == nil, !fingerprints.isEmpty {
            return SentFeedKeys(bytes: nil, fingerprints: fingerprints)
        }
        return SentFeedKeys(
            bytes: try SentBytes.of(text: body.text, base64: body.base64, field: "keys"),
            fingerprints: fingerprints)
    }

    private static func resource(_ origin: WatchedOrigin) -> ArchiveOriginResource {
        ArchiveOriginResource(
            origin: origin.offered.origin, isSecurityArchive: origin.offered.isSecurityArchive,
            assets: origin.offered.assets,
            watchers: origin.watchers.map {
                ArchiveOriginResource.Watcher(feed: $0.feed, team: $0.team)
            })
    }

    private static func source(_ body: FeedSourceResource) throws(InvalidInput) -> FeedSource {
        FeedSource(
            url: body.url, everySeconds: body.everySeconds, digestURL: body.digestUrl,
            reach: try choice(body.reach ?? "public", field: "source.reach"),
            signatureURL: body.signatureUrl, signatureSuffix: body.signatureSuffix,
            digestSuffix: body.digestSuffix)
    }

    private static func documents(
        _ body: KeepFeedDocumentsRequest
    ) throws(InvalidInput) -> [FeedDocument] {
        var documents: [FeedDocument] = []
        for (index, document) in body.documents.enumerated() {
            let bytes = try SentBytes.of(
                text: document.text, base64: document.base64, field: "documents[\(index)]")
            documents.append(FeedDocument(name: document.name, bytes: bytes))
        }
        return documents
    }

    private static func parts(_ body: TakeFeedRequest) throws(InvalidInput) -> [FeedContents.Part] {
        var parts: [FeedContents.Part] = []
        for (index, document) in body.documents.enumerated() {
            guard let digest = Digest(document.digest) else {
                throw InvalidInput(
                    field: "documents[\(index)].digest",
                    message: "'\(document.digest)' is not a SHA-256 in hexadecimal")
            }
            parts.append(FeedContents.Part(name: document.name, digest: digest))
        }
        return parts
    }
}
