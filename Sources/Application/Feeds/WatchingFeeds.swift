package import Advisories
package import EventSourcing
package import PatchManagement

/// A document of a feed that was sent, and what is wrong in it.
package struct KeptFeedDocument: Sendable, Equatable {
    package let name: String
    package let digest: Digest
    /// Records that it holds.
    package let records: Int
    package let refusals: [String]
}

/// What became of a feed's documents.
package struct FeedTaken: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        case taken, confirmed, rejected
    }

    package let written: Written
    package let outcome: Outcome
    /// Why it was rejected.
    package let reason: String?
    package let summary: FeedSummary
    /// The first of what was refused in it, each with document, place and reason.
    package let refusals: [String]
    /// Names of documents that are the same as others of it, and count once with them.
    package let duplicates: [String]
}

extension UseCases {
    /// Nobody watches the feed any more: nothing is fetched, and what it said stays.
    package func giveUpFeed(
        named name: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await write(
            .giveUp(reason: reason), to: FeedRegistration.id(name: name), as: FeedDecider.self,
            order, .watchFeed, state: { _ in "unwatched" })
    }

    /// Keeps documents of a feed by their digests, so that a snapshot can name them. They say
    /// nothing yet.
    ///
    /// - Throws: `InvalidInput` when there are too many, or a name has no bytes or too many.
    package func keepFeedDocuments(
        of name: String, _ documents: [FeedDocument], _ order: Order
    ) async throws -> [KeptFeedDocument] {
        let context = try context(order, .takeFeed)
        let kind = try await kind(ofFeed: name)
        guard documents.count <= Self.mostDocuments else {
            throw InvalidInput(
                field: "documents",
                message:
                    "there are \(documents.count): send at most \(Self.mostDocuments) at a time")
        }
        var request = AppendRequest(
            context: context, requestDigest: order.requestDigest, streams: [])
        var kept: [KeptFeedDocument] = []
        for document in documents {
            guard (1...Self.longestName).contains(document.name.utf8.count) else {
                throw InvalidInput(
                    field: "documents",
                    message: "a document's name has 1 to \(Self.longestName) bytes")
            }
            let stored = Document(mediaType: "application/octet-stream", bytes: document.bytes)
            request.documents.append(stored)
            var inspection = FeedInspection(of: kind, latest: now() + FeedDecider.tolerance)
            inspection.read(document)
            let result = inspection.result
            kept.append(
                KeptFeedDocument(
                    name: document.name, digest: stored.digest, records: result.summary.records,
                    refusals: result.refusals.map(\.description)))
        }
        _ = try await store.append(request)
        return kept
    }

    /// Lets documents that were kept stand for what a feed says from now on, unless they break the
    /// rule for feeds: then the ones before stay, and the event says why.
    ///
    /// - Throws: `InvalidInput` when one of them was not kept, or a name stands twice.
    package func takeFeed(
        named name: String, _ parts: [FeedContents.Part], _ order: Order
    ) async throws -> FeedTaken {
        let feed = FeedRegistration.id(name: name)
        let kind = try await kind(ofFeed: name)
        guard let sent = FeedContents(parts) else {
            throw InvalidInput(
                field: "documents", message: "a name stands twice: give each its own")
        }
        // The first name of each stands for all.
        var seen: Set<Digest> = []
        let first = sent.parts.filter { seen.insert($0.digest).inserted }
        guard let contents = FeedContents(first) else {
            preconditionFailure("names that were unique still are")
        }
        let result = try await inspect(contents.parts, as: kind)
        let document = contents.document
        var options = options(order)
        options.documents = [document]
        let taking = FeedTaking(
            contents: document.digest, documents: contents.parts.count, summary: result.summary)
        let written = try await write(
            .take(taking), to: feed, as: FeedDecider.self, order, .takeFeed, options: options,
            state: { _ in nil })
        let (outcome, reason) = try await outcome(of: written)
        return FeedTaken(
            written: written, outcome: outcome, reason: reason, summary: result.summary,
            refusals: result.refusals.map(\.description),
            duplicates: Self.rest(of: sent.parts, without: first))
    }

    private static func rest(
        of all: [FeedContents.Part], without first: [FeedContents.Part]
    ) -> [String] {
        let kept = Set(first.map(\.name))
        return all.map(\.name).filter { !kept.contains($0) }
    }

    /// Documents of a request, of all parts together; names of them.
    private static let mostDocuments = 2000
    private static let longestName = 400

    private func kind(ofFeed name: String) async throws -> FeedKind {
        let feed = FeedRegistration.id(name: name)
        let state = try await bus.state(of: feed, as: FeedDecider.self).state
        guard let registration = state.registration else { throw NotFound("feed", name) }
        return registration.kind
    }

    /// Reads the parts one after the other, in memory that the records and one shelf of documents
    /// bound.
    ///
    /// - Throws: `InvalidInput` for too many of them, or one that was not sent.
    private func inspect(
        _ parts: [FeedContents.Part], as kind: FeedKind
    ) async throws -> (summary: FeedSummary, refusals: [FeedRefusal]) {
        guard parts.count <= Self.mostFeedParts else {
            throw InvalidInput(
                field: "documents",
                message: "there are \(parts.count): a feed has at most \(Self.mostFeedParts)")
        }
        var inspection = FeedInspection(of: kind, latest: now() + FeedDecider.tolerance)
        var bytes = 0
        let shelf = kind.isOfSignals ? 2 : 16
        for slice in parts.indices.chunks(of: shelf) {
            let found = try await store.documents(parts[slice].map(\.digest))
            for part in parts[slice] {
                guard let document = found[part.digest] else {
                    throw InvalidInput(
                        field: "documents",
                        message: "'\(part.name)' with the digest \(part.digest) was not sent: "
                            + "send it first")
                }
                bytes += document.bytes.count
                guard bytes <= Self.mostFeedBytes else {
                    throw InvalidInput(
                        field: "documents",
                        message:
                            "they have more than \(Self.mostFeedBytes >> 20) MiB together: split "
                            + "the feed")
                }
                inspection.read(FeedDocument(name: part.name, bytes: document.bytes))
            }
            try Task.checkCancellation()
        }
        return inspection.result
    }

    /// Documents that a feed consists of, and their bytes together.
    static let mostFeedParts = 500_000
    static let mostFeedBytes = 2 << 30

    private func outcome(of written: Written) async throws -> (FeedTaken.Outcome, String?) {
        let events = try await store.read(written.id, after: written.version - 1, limit: 1)
        guard let event = events.first else { return (.confirmed, nil) }
        switch try FeedEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        {
        case .snapshotTaken: return (.taken, nil)
        case .rejected(let rejected): return (.rejected, rejected.reason)
        case .confirmed, .watched, .givenUp, .fetchFailed, .reached, .fellSilent, .keysPinned:
            return (.confirmed, nil)
        }
    }
}
