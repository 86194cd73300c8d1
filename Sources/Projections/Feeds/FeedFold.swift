internal import Application
internal import EventSourcing
internal import PatchManagement

/// Feeds from their streams.
enum FeedFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try FeedEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let before = try FeedViewDocument.read(id, in: views)
        if case .watched(let watched) = decoded {
            var feed = document(
                watched, of: id, before: before, at: event.recordedAt.description)
            feed.version = event.version
            return try feed.write(to: &views)
        }
        guard var feed = before else { throw MissingView(kind: .feed, id: id) }
        feed.version = event.version
        change(&feed, by: decoded, at: event.recordedAt.description)
        feed.state = feed.standing
        try feed.write(to: &views)
    }

    private static func change(
        _ feed: inout FeedViewDocument, by event: FeedEvent, at moment: String
    ) {
        switch event {
        case .watched: break
        case .snapshotTaken(let taken):
            feed.contents = taken.contents.description
            feed.documents = taken.documents
            feed.records = taken.summary.records
            feed.refused = taken.summary.leftOut
            feed.latest = (taken.summary.issued ?? taken.summary.latest)?.description
            feed.publisherVersion = taken.summary.version
            feed.takenAt = moment
            feed.note(taken.look?.missing)
            isGood(&feed, at: moment)
        case .confirmed(let confirmed):
            // What a person sent says nothing of what the source lacks.
            if let look = confirmed.look { feed.note(look.missing) }
            isGood(&feed, at: moment)
        case .rejected(let rejected):
            (feed.rejection, feed.rejectedAt) = (rejected.reason, moment)
            // What a person sent says nothing of the source.
            if rejected.look != nil {
                feed.sourceRejectedSince =
                    feed.sourceRejectedSince ?? feed.failingSince ?? moment
                feed.endFailure()
            }
        case .givenUp(let givenUp):
            feed.givenUpBecause = givenUp.reason
            feed.endRejection()
            feed.endFailure()
            feed.silentSince = nil
        case .fetchFailed(let failed):
            feed.failure = "\(failed.cause.rawValue): \(failed.detail)"
            feed.failingSince = feed.failingSince ?? moment
        case .reached:
            feed.endFailure()
            if feed.sourceRejectedSince == nil { feed.silentSince = nil }
        case .fellSilent(let silent): feed.silentSince = silent.since.description
        case .keysPinned(let pinned): feed.keys = pinned.keys.fingerprints
        }
    }

    private static func isGood(_ feed: inout FeedViewDocument, at moment: String) {
        feed.confirmedAt = moment
        feed.endRejection()
        feed.endFailure()
        feed.silentSince = nil
    }

    private static func document(
        _ watched: FeedWatched, of id: String, before: FeedViewDocument?, at moment: String
    ) -> FeedViewDocument {
        let registration = watched.registration
        var feed =
            before
            ?? FeedViewDocument(
                id: id, name: "", kind: "", track: "", team: "", silentAfterSeconds: 0,
                state: "watched", documents: 0, records: 0, refused: 0, version: 0)
        feed.name = registration.name
        feed.kind = registration.kind.rawValue
        feed.track = registration.track.rawValue
        feed.team = registration.team
        feed.silentAfterSeconds = registration.silentAfterSeconds
        feed.origins = registration.origins
        if let keys = watched.keys { feed.keys = keys.fingerprints }
        let source = registration.source.map { FeedViewDocument.Source($0) }
        // Whoever changes only what it is called waits no longer for it.
        if before == nil || feed.givenUpBecause != nil || source != feed.source {
            feed.watchedAt = moment
        }
        if source != feed.source {
            feed.source = source
            feed.note(nil)
            feed.endRejection()
            feed.endFailure()
            feed.silentSince = nil
        }
        feed.givenUpBecause = nil
        feed.state = feed.standing
        return feed
    }
}
