private import Advisories
package import EventSourcing

/// Who watches a feed, and what of it is taken in.
package enum FeedDecider: Decider {
    package static let prefix = "fe"
    package static var initialState: Feed { Feed() }
    /// How far a publisher's clock may be ahead of ours.
    package static let tolerance: Duration = .seconds(86_400)
    /// The kind of the activity that looks at a feed's source.
    package static let lookKind = "look-at-feed"
    /// Hosts come first.
    private static let lookPriority = -10

    package static func decide(
        _ command: FeedCommand, _ context: CommandContext, _ state: Feed
    ) throws(FeedDenial) -> [FeedEvent] {
        switch command {
        case .watch(let registration, let keys):
            return try watch(registration, keys, context, state)
        case .pinKeys(let keys, let reason): return try pin(keys, reason, state)
        case .giveUp(let reason):
            guard state.registration != nil else { throw .unknown }
            try FeedDenial.check(reason: reason)
            guard state.isWatched else { throw .notWatched }
            return [.givenUp(FeedGivenUp(reason: reason))]
        case .take(let taking):
            guard let registration = state.registration else { throw .unknown }
            return [take(taking, registration.kind, context.at, nil, state)]
        case .note(let look, let watch):
            guard let registration = state.registration else { throw .unknown }
            // It was given up or registered anew meanwhile.
            guard watch == state.watch, state.source != nil else { return [] }
            return note(look, registration, context.at, state)
        }
    }

    private static func watch(
        _ registration: FeedRegistration, _ keys: FeedKeys?, _ context: CommandContext,
        _ state: Feed
    ) throws(FeedDenial) -> [FeedEvent] {
        if let fault = registration.faults.first { throw .badField(fault) }
        if let before = state.registration, before.kind != registration.kind {
            throw .kindIsFixed(before.kind, registration.kind)
        }
        // Held here on every path: also who changes no more than the team says so again.
        if let source = registration.source, source.reach != .publicInternet,
            context.actor.role != Role.administrator.rawValue
        {
            throw .reachIsForAdministrators(source.reach)
        }
        // Leaving out a word must not let anybody speak for the publisher.
        if state.source?.demandsSignature == true,
            registration.source?.demandsSignature != true
        {
            throw .signatureIsDemanded
        }
        if let keys {
            try check(keys, registration)
            if let pinned = state.keys, pinned != keys {
                throw .keysArePinned(pinned.fingerprints)
            }
        } else if registration.source?.demandsSignature == true {
            guard let pinned = state.keys else { throw .keysMissing }
            try check(pinned, registration)
        }
        if state.isWatched, state.registration == registration, state.keys == keys ?? state.keys {
            return []
        }
        return [
            .watched(
                FeedWatched(registration: registration, keys: state.keys == nil ? keys : nil))
        ]
    }

    private static func pin(
        _ keys: FeedKeys, _ reason: String, _ state: Feed
    ) throws(FeedDenial) -> [FeedEvent] {
        guard let registration = state.registration else { throw .unknown }
        guard state.isWatched else { throw .notWatched }
        try FeedDenial.check(reason: reason)
        try check(keys, registration)
        guard state.keys != keys else { return [] }
        return [
            .keysPinned(
                FeedKeysPinned(
                    keys: keys, before: state.keys?.fingerprints ?? [], reason: reason))
        ]
    }

    /// Keys are of use where something is signed, and where they can be had.
    private static func check(
        _ keys: FeedKeys, _ registration: FeedRegistration
    ) throws(FeedDenial) {
        guard let source = registration.source, source.demandsSignature else {
            throw .nothingIsSigned
        }
        if let fault = keys.fault { throw .badField(fault) }
        guard keys.document != nil || source.isProvider else { throw .keysMissing }
    }

    /// Whether `taking` may take the place of what the feed says.
    ///
    /// - Parameter stamp: Of the look that brought it; nil when a person sent it.
    private static func take(
        _ taking: FeedTaking, _ kind: FeedKind, _ now: Timestamp, _ stamp: FeedLookStamp?,
        _ state: Feed
    ) -> FeedEvent {
        if taking.contents == state.contents {
            return .confirmed(FeedConfirmed(contents: taking.contents, look: stamp))
        }
        do throws(FeedRejection) {
            try FeedRule.standard.check(
                taking.summary.snapshot, after: state.summary?.snapshot,
                latest: UTCTime(now + tolerance))
            return .snapshotTaken(
                FeedSnapshotTaken(
                    kind: kind, contents: taking.contents, before: state.contents,
                    documents: taking.documents, summary: taking.summary, look: stamp))
        } catch {
            return .rejected(
                FeedRejected(
                    contents: taking.contents, documents: taking.documents,
                    summary: taking.summary, reason: error.description, look: stamp))
        }
    }

    /// What a look has changed.
    private static func note(
        _ look: FeedLook, _ registration: FeedRegistration, _ now: Timestamp, _ state: Feed
    ) -> [FeedEvent] {
        var events: [FeedEvent] = []
        switch look {
        case .unchanged:
            if state.failure != nil { events = [.reached(FeedReached(at: now))] }
        case .delivered(let taking, let validators, let listing, let missing):
            let stamp = FeedLookStamp(
                at: now, validators: validators, listing: listing, missing: missing)
            let event = take(taking, registration.kind, now, stamp, state)
            let isKnown =
                switch event {
                case .confirmed: state.troubledSince == nil
                case .rejected: state.rejected == taking.contents && state.failure == nil
                case .watched, .givenUp, .snapshotTaken, .fetchFailed, .reached, .fellSilent,
                    .keysPinned:
                    false
                }
            // Of what is rejected no validators are kept.
            let isSame =
                state.rejected == taking.contents
                || state.validators == validators && state.listing == listing
                    && areSame(state.missing, missing)
            events = isKnown && isSame ? [] : [event]
        case .failed(let fault):
            if state.failure != fault.cause {
                events = [
                    .fetchFailed(FeedFetchFailed(at: now, cause: fault.cause, detail: fault.detail))
                ]
            }
        }
        var then = state
        for event in events { evolve(&then, event) }
        if let since = then.troubledSince, !then.isSilent,
            now - since >= .seconds(registration.silentAfterSeconds)
        {
            events.append(.fellSilent(FeedFellSilent(since: since)))
        }
        return events
    }

    package static func evolve(_ state: inout Feed, _ event: FeedEvent) {
        switch event {
        case .watched(let watched):
            let (before, source) = (state.registration?.source, watched.registration.source)
            // The documents of a directory stay what they are, however often it is looked at.
            if before?.url != source?.url { state.listing = nil }
            if before != source { state.missing = nil }
            if before != source { state.endTrouble() }
            if let keys = watched.keys { state.keys = keys }
            // What nobody vouched for is fetched again once somebody has to.
            if source?.demandsMore(than: before) == true { state.listing = nil }
            // Who says so again wants it looked at anew.
            state.validators = nil
            state.registration = watched.registration
            state.isWatched = true
            state.watch += 1
        case .givenUp:
            state.isWatched = false
            state.watch += 1
            // Whoever watches it again has to be told what is wrong with it.
            state.validators = nil
            state.endTrouble()
        case .snapshotTaken(let taken):
            state.contents = taken.contents
            state.summary = taken.summary
            // What a person sent is not what the source's server knows of.
            state.validators = taken.look?.validators
            state.listing = taken.look?.listing
            state.missing = taken.look?.missing
            state.endTrouble()
        case .confirmed(let confirmed):
            if let look = confirmed.look {
                (state.validators, state.listing) = (look.validators, look.listing)
                state.missing = look.missing
            } else {
                // The source may have sent something else, which was not taken.
                state.validators = nil
            }
            state.endTrouble()
        case .rejected(let rejected):
            // What a person sent says nothing of the source.
            guard let look = rejected.look else { return }
            // It is asked for in full again: an upgrade, or time, may let it be taken.
            state.validators = nil
            state.rejected = rejected.contents
            state.rejectedListing = look.listing
            state.failure = nil
            state.troubledSince = state.troubledSince ?? look.at
        case .fetchFailed(let failed):
            state.failure = failed.cause
            state.troubledSince = state.troubledSince ?? failed.at
        case .reached:
            state.failure = nil
            if state.rejected == nil { state.endTrouble() }
        case .fellSilent: state.isSilent = true
        case .keysPinned(let pinned):
            state.keys = pinned.keys
            // What other keys have signed is fetched and checked again.
            (state.validators, state.listing, state.rejectedListing) = (nil, nil, nil)
            state.watch += 1
        }
    }

    private static func areSame(_ one: FeedMissing?, _ other: FeedMissing?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.isSame(as: other)
    }

    package static func effects(of event: FeedEvent, _ state: Feed) -> [Effect] {
        switch event {
        case .watched(let watched):
            return watched.registration.source == nil ? [.cancelPending] : look(state)
        case .keysPinned: return look(state)
        case .givenUp: return [.cancelPending]
        case .snapshotTaken, .confirmed, .rejected, .fetchFailed, .reached, .fellSilent: return []
        }
    }

    /// One look, at once, instead of the one that may wait.
    private static func look(_ state: Feed) -> [Effect] {
        let task = FeedLookTask(watch: state.watch)
        return [
            .cancelPending,
            .schedule(
                NewActivity(kind: lookKind, data: storedForm(task), priority: lookPriority)),
        ]
    }
}

extension Feed {
    /// What comes from the source is good again.
    fileprivate mutating func endTrouble() {
        troubledSince = nil
        failure = nil
        rejected = nil
        rejectedListing = nil
        isSilent = false
    }
}
