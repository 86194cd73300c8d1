internal import Advisories
internal import Application
internal import EventSourcing
internal import PatchManagement

/// Looks at feeds' sources. One activity per registered feed, which is given back after each look
/// until the next: its lease sees to it that one worker looks at a time, and after a kill -9 at any
/// point the next one looks again, which changes nothing that was done. What came is kept by its
/// digest, and counts only with the event that names it.
extension PatchWork {
    func runFeedLook(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(FeedLookTask.self, from: activity.data)
        let feed = try await bus.state(of: activity.stream, as: FeedDecider.self).state
        guard task.watch == feed.watch, let source = feed.source,
            let kind = feed.registration?.kind
        else { return try await drop(activity) }
        guard let feeds else {
            throw PutBack(after: .seconds(60), "this worker fetches no feeds")
        }
        let look: FeedLook
        var options = using(activity, .hold)
        do {
            if let delivery = try await feeds.look(at: source, known: feed.validators) {
                let (taking, contents) = try await receive(delivery, kind, feed, activity)
                look = .delivered(taking, delivery.validators)
                options.documents = [contents]
            } else {
                look = .unchanged
            }
        } catch let fault as FeedFetchFault {
            look = .failed(fault)
        }
        try Task.checkCancellation()
        let command = context(activity, "look")
        let after = try await bus.send(
            .note(look, watch: task.watch), to: activity.stream, as: FeedDecider.self, command,
            options
        ).state
        guard after.watch == task.watch else { return try await drop(activity) }
        try await queue.release(
            activity.claim, after: wait(after: look, source, after, command.at),
            reason: "\(FeedLookNote(at: command.at, outcome: outcome(of: look, after)))")
    }

    /// Reads what came and keeps those documents that the feed hasn't got already.
    private func receive(
        _ delivery: any FeedDelivery, _ kind: FeedKind, _ feed: Feed, _ activity: ClaimedActivity
    ) async throws -> (FeedTaking, Document) {
        var intake = FeedIntake(of: kind, kept: try await kept(of: feed))
        var shelves = 0
        for index in delivery.names.indices {
            try Task.checkCancellation()
            try intake.add(try await delivery.document(at: index))
            guard intake.isFull || index == delivery.names.count - 1 else { continue }
            try await keep(intake.takeShelf(), activity, shelf: shelves)
            shelves += 1
        }
        return try intake.taking(latest: surroundings.now() + FeedDecider.tolerance)
    }

    private func kept(of feed: Feed) async throws -> Set<Digest> {
        guard let digest = feed.contents, let document = try await store.document(digest) else {
            return []
        }
        let contents = try CanonicalJSON.decode(FeedContents.self, from: document.bytes)
        return Set(contents.parts.map(\.digest))
    }

    private func keep(
        _ documents: [Document], _ activity: ClaimedActivity, shelf: Int
    ) async throws {
        guard !documents.isEmpty else { return }
        var request = AppendRequest(
            context: context(activity, "keep/\(shelf)"),
            requestDigest: Digest(of: activity.id.text),
            streams: [])
        request.claim = ClaimUse(claim: activity.claim, mode: .hold)
        request.documents = documents
        _ = try await store.append(request)
    }

    private func wait(
        after look: FeedLook, _ source: FeedSource, _ feed: Feed, _ now: Timestamp
    ) -> Duration {
        guard case .failed(let fault) = look else { return source.wait(failing: nil) }
        return source.wait(
            failing: now - (feed.troubledSince ?? now),
            asked: fault.retryAfterSeconds.map { .seconds($0) })
    }

    private func outcome(of look: FeedLook, _ feed: Feed) -> String {
        switch look {
        case .unchanged: feed.rejected == nil ? "unchanged" : "unchanged since it was rejected"
        case .delivered(let taking, _):
            feed.contents == taking.contents
                ? "\(taking.summary.records) records" : "came and was rejected"
        case .failed(let fault): "\(fault.cause.rawValue): \(fault.detail)"
        }
    }
}
