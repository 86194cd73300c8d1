/// A feed as `GET /feeds` lists it and `GET /feeds/{id}` shows it.
package struct FeedResource: Codable, Sendable, Equatable {
    /// `fe_` and a UUID.
    package let id: String
    package let name: String
    package let kind: String
    package let track: String
    package let team: String
    package let silentAfterSeconds: Int
    /// Where it is fetched from by itself.
    package let source: FeedSourceResource?
    /// Archives that hosts are offered updates from and that its team watches with it.
    package let origins: [String]?
    /// Fingerprints of the pinned keys: one of them has to have signed what comes, while the source
    /// demands a signature.
    package let keys: [String]?
    /// Since when its team watches it from this source.
    package let watchedAt: String?
    /// `watched` before its first snapshot, `current`, `incomplete` when some of what its publisher
    /// lists could not be had or not be trusted, `rejected` when what came last was not taken,
    /// `failing` when nothing could be fetched, or `unwatched` when nobody watches it any more; then
    /// what it said before stays.
    package let state: String
    /// Of the snapshot that counts, and so below.
    package let contents: String?
    package let documents: Int
    package let records: Int
    package let refused: Int
    /// When its publisher made it, else the latest moment that one of its records knows of.
    package let latest: String?
    package let publisherVersion: String?
    /// How many documents its publisher lists that could not be had, or not be trusted: what was
    /// known of them before counts.
    package let missing: Int?
    /// The first of them.
    package let missingDocuments: [MissingFeedDocument]?
    package let takenAt: String?
    /// When somebody last looked at it and took or confirmed what it says.
    package let confirmedAt: String?
    /// Why what came last was not taken.
    package let rejection: String?
    package let rejectedAt: String?
    /// Since when nothing of its source could be taken, where what came last from there was rejected.
    package let sourceRejectedSince: String?
    /// Why nothing can be fetched.
    package let failure: String?
    package let failingSince: String?
    /// Since when nothing has come that could be taken, once that is for too long.
    package var silentSince: String?
    package let givenUpBecause: String?
    package let version: Int
    /// When a worker last looked at its source, what that came to, and when it looks again. Of now
    /// only: a look that finds nothing new is no event.
    package var lookedAt: String?
    package var look: String?
    package var nextLookAt: String?

    package init(
        id: String, name: String, kind: String, track: String, team: String,
        silentAfterSeconds: Int, source: FeedSourceResource? = nil, origins: [String]? = nil,
        keys: [String]? = nil, watchedAt: String? = nil, state: String,
        contents: String? = nil, documents: Int = 0,
        records: Int = 0, refused: Int = 0, latest: String? = nil,
        publisherVersion: String? = nil, missing: Int? = nil,
        missingDocuments: [MissingFeedDocument]? = nil, takenAt: String? = nil,
        confirmedAt: String? = nil,
        rejection: String? = nil, rejectedAt: String? = nil,
        sourceRejectedSince: String? = nil, failure: String? = nil,
        failingSince: String? = nil, silentSince: String? = nil, givenUpBecause: String? = nil,
        version: Int
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.track = track
        self.team = team
        self.silentAfterSeconds = silentAfterSeconds
        self.source = source
        self.origins = origins
        self.keys = keys
        self.watchedAt = watchedAt
        self.missing = missing
        self.missingDocuments = missingDocuments
        self.state = state
        self.contents = contents
        self.documents = documents
        self.records = records
        self.refused = refused
        self.latest = latest
        self.publisherVersion = publisherVersion
        self.takenAt = takenAt
        self.confirmedAt = confirmedAt
        self.rejection = rejection
        self.rejectedAt = rejectedAt
        self.sourceRejectedSince = sourceRejectedSince
        self.failure = failure
        self.failingSince = failingSince
        self.silentSince = silentSince
        self.givenUpBecause = givenUpBecause
        self.version = version
    }
}

/// A document that a publisher lists and that could not be had, or not be trusted.
package struct MissingFeedDocument: Codable, Sendable, Equatable {
    package let name: String
    package let reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }
}
