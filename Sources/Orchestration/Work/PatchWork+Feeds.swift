internal import Advisories
internal import Application
internal import EventSourcing
private import Logging
internal import PatchManagement

/// Looks at feeds' sources. One activity per registered feed, which is given back after each look
/// until the next: its lease sees to it that one worker looks at a time, and after a kill -9 at any
/// point the next one looks again, which changes nothing that was done. What came is kept by its
/// digest, and counts only with the event that names it.
extension PatchWork {
    func runFeedLook(_ activity: ClaimedActivity) async throws {
        guard looks.take() else {
            throw PutBack(after: .seconds(5), "this worker looks at as many feeds as it may")
        }
        defer { looks.giveBack() }
        try await look(activity)
    }

    /// What was looked at may have ended the worker, and would end the next one as well. So this is
    /// a failure like others: the next look waits, and silence is told.
    func rescueFeedLook(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(FeedLookTask.self, from: activity.data)
        let feed = try await bus.state(of: activity.stream, as: FeedDecider.self).state
        let look = FeedLook.failed(
            FeedFetchFault(.workerLost, "the worker that looked at it is gone"))
        // Under no claim: the activity stays, and of two rescuers one says it.
        let command = context(activity, "lost")
        let after = try await bus.send(
            .note(look, watch: task.watch), to: activity.stream, as: FeedDecider.self, command
        ).state
        guard after.watch == task.watch, let source = after.source else {
            return try await queue.release(
                activity.claim, after: .zero, reason: "the worker before is gone")
        }
        let note = outcome(of: look, nil, after)
        complain(of: note, feed, after)
        try await queue.release(
            activity.claim, after: wait(after: look, nil, source, after, command.at),
            reason: "\(FeedLookNote(at: command.at, outcome: note))")
    }

    private func look(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(FeedLookTask.self, from: activity.data)
        let feed = try await bus.state(of: activity.stream, as: FeedDecider.self).state
        guard task.watch == feed.watch, let source = feed.source,
            let kind = feed.registration?.kind
        else { return try await drop(activity) }
        guard let feeds else {
            throw PutBack(after: .seconds(60), "this worker fetches no feeds")
        }
        let look: FeedLook
        var received: ReceivedFeed?
        var options = using(activity, .hold)
        do {
            if let delivery = try await feeds.look(at: source, known: feed.validators) {
                let came = try await receive(delivery, source, kind, feed, activity)
                // Where more is to come, the next look has to see the list again.
                let none = FeedValidators(etag: nil, lastModified: nil)
                look = .delivered(
                    came.taking, came.isFinal ? delivery.validators : none,
                    listing: came.listing, missing: came.missing)
                options.documents = came.documents
                received = came
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
        let note = outcome(of: look, received, after)
        complain(of: note, feed, after)
        try await queue.release(
            activity.claim,
            after: wait(after: look, received, source, after, command.at),
            reason: "\(FeedLookNote(at: command.at, outcome: note))")
    }

    /// Tells whoever watches the worker what has changed for the worse.
    private func complain(of outcome: String, _ before: Feed, _ after: Feed) {
        let metadata: Logger.Metadata = [
            "feed": "\(after.registration?.name ?? "")",
            "team": "\(after.registration?.team ?? "")",
            "outcome": "\(outcome)",
        ]
        if after.isSilent, !before.isSilent {
            logger.error("a feed has been silent for longer than it may be", metadata: metadata)
        } else if after.troubledSince != nil,
            before.failure != after.failure || before.rejected != after.rejected
        {
            logger.warning("a feed brought nothing that can be taken", metadata: metadata)
        } else if let missing = after.missing, missing.documents > before.missing?.documents ?? 0 {
            logger.warning(
                "documents that a feed lists can't be had, or not be trusted",
                metadata: metadata.merging(["missing": "\(missing.documents)"]) { $1 })
        }
    }

    /// Reads what came and keeps those documents that the feed hasn't got already.
    private func receive(
        _ delivery: any FeedDelivery, _ source: FeedSource, _ kind: FeedKind, _ feed: Feed,
        _ activity: ClaimedActivity
    ) async throws -> ReceivedFeed {
        guard let url = FeedURL(source.url) else {
            throw FeedFetchFault(.unreachable, "'\(FeedURL.shown(source.url))' is no URL")
        }
        if kind == .csaf, delivery.names.count == 1,
            let list = try FeedDirectory(try await delivery.document(at: 0), from: url)
        {
            return try await receiveDirectory(list, at: url, delivery, source, feed, activity)
        }
        try await checkWhole(delivery, at: url, source, feed)
        let kept = try await contents(feed.contents)?.parts.map(\.digest) ?? []
        var intake = FeedIntake(
            of: kind, kept: Set(kept), latest: surroundings.now() + FeedDecider.tolerance)
        var shelves = 0
        for index in delivery.names.indices {
            let documents = try await delivery.documents(at: index)
            while let document = try await documents.next() {
                try Task.checkCancellation()
                try intake.add(document)
                guard intake.isFull else { continue }
                try await keep(intake.takeShelf(), activity, shelf: shelves)
                shelves += 1
            }
        }
        try await keep(intake.takeShelf(), activity, shelf: shelves)
        let (taking, document) = try intake.taking()
        return ReceivedFeed(
            taking: taking, documents: [document], duplicates: intake.duplicates)
    }

    /// What a feed consists of; nil before there is anything.
    func contents(_ digest: Digest?) async throws -> FeedContents? {
        guard let digest, let document = try await store.document(digest) else { return nil }
        return try CanonicalJSON.decode(FeedContents.self, from: document.bytes)
    }

    func keep(
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
        after look: FeedLook, _ received: ReceivedFeed?, _ source: FeedSource, _ feed: Feed,
        _ now: Timestamp
    ) -> Duration {
        switch look {
        case .unchanged: source.wait(failing: nil)
        case .delivered(let taking, _, _, _):
            // The rest comes soon, but what was rejected has to become better first.
            source.wait(
                failing: received?.isComplete == false && feed.contents == taking.contents
                    ? .zero : nil,
                asked: received?.retryAfterSeconds.map { .seconds($0) })
        case .failed(let fault):
            source.wait(
                failing: now - (feed.troubledSince ?? now),
                asked: fault.retryAfterSeconds.map { .seconds($0) })
        }
    }

    private func outcome(
        of look: FeedLook, _ received: ReceivedFeed?, _ feed: Feed
    ) -> String {
        switch look {
        case .unchanged: "unchanged"
        case .delivered(let taking, _, _, let missing):
            ([
                feed.contents == taking.contents
                    ? "\(taking.summary.records) records" : "came and was rejected",
                received?.isComplete == false ? "more to come" : nil,
                missing.map { "\($0.documents) documents can't be had" },
                received.flatMap {
                    $0.duplicates > 0
                        ? "\($0.duplicates) documents are the same as others" : nil
                },
            ] as [String?]).compactMap(\.self).joined(separator: ", ")
        case .failed(let fault): "\(fault.cause.rawValue): \(fault.detail)"
        }
    }
}
