internal import Application
internal import EventSourcing
internal import PatchManagement

/// A feed in lists and details.
struct FeedViewDocument: ViewDocument {
    static let kind = ViewKind.feed

    var id: String
    var name: String
    var kind: String
    var track: String
    var team: String
    var silentAfterSeconds: Int
    var state: String
    var contents: String?
    var documents: Int
    var records: Int
    var refused: Int
    var latest: String?
    var publisherVersion: String?
    var takenAt: String?
    var confirmedAt: String?
    var rejection: String?
    var rejectedAt: String?
    var version: Int

    var sortKey: String { name }
}

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
        let at = event.recordedAt.description
        switch decoded {
        case .watched: break
        case .snapshotTaken(let taken):
            feed.state = "current"
            feed.contents = taken.contents.description
            feed.documents = taken.documents
            feed.records = taken.summary.records
            feed.refused = taken.summary.refused
            feed.latest = (taken.summary.issued ?? taken.summary.latest)?.description
            feed.publisherVersion = taken.summary.version
            feed.takenAt = at
            feed.confirmedAt = at
            (feed.rejection, feed.rejectedAt) = (nil, nil)
        case .confirmed:
            feed.state = "current"
            feed.confirmedAt = at
            (feed.rejection, feed.rejectedAt) = (nil, nil)
        case .rejected(let rejected):
            feed.state = "rejected"
            (feed.rejection, feed.rejectedAt) = (rejected.reason, at)
        }
        try feed.write(to: &views)
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
        return feed
    }
}
