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
            var feed = document(watched.registration, of: id, before: before)
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
            feed.refused = taken.summary.refused
            feed.latest = (taken.summary.issued ?? taken.summary.latest)?.description
            feed.publisherVersion = taken.summary.version
            feed.takenAt = moment
            isGood(&feed, at: moment)
        case .confirmed: isGood(&feed, at: moment)
        case .rejected(let rejected):
            (feed.rejection, feed.rejectedAt) = (rejected.reason, moment)
            if rejected.look != nil { feed.endFailure() }
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
            if feed.rejection == nil { feed.silentSince = nil }
        case .fellSilent(let silent): feed.silentSince = silent.since.description
        }
    }

    private static func isGood(_ feed: inout FeedViewDocument, at moment: String) {
        feed.confirmedAt = moment
        feed.endRejection()
        feed.endFailure()
        feed.silentSince = nil
    }

    private static func document(
        _ registration: FeedRegistration, of id: String, before: FeedViewDocument?
    ) -> FeedViewDocument {
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
        let source = registration.source.map { FeedViewDocument.Source($0) }
        if source != feed.source {
            feed.source = source
            feed.endRejection()
            feed.endFailure()
            feed.silentSince = nil
        }
        feed.givenUpBecause = nil
        feed.state = feed.standing
        return feed
    }
}
