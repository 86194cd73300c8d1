/// A feed as `GET /feeds` lists it and `GET /feeds/{id}` shows it.
package struct FeedResource: Codable, Sendable, Equatable {
    /// `fe_` and a UUID.
    package let id: String
    package let name: String
    package let kind: String
    package let track: String
    package let team: String
    package let silentAfterSeconds: Int
    /// `watched` before its first snapshot, `current`, or `rejected` when what came last was not
    /// taken; then what it said before stays.
    package let state: String
    /// Of the snapshot that counts, and so below.
    package let contents: String?
    package let documents: Int
    package let records: Int
    package let refused: Int
    /// When its publisher made it, else the latest moment that one of its records knows of.
    package let latest: String?
    package let publisherVersion: String?
    package let takenAt: String?
    /// When somebody last looked at it and took or confirmed what it says.
    package let confirmedAt: String?
    /// Why what came last was not taken.
    package let rejection: String?
    package let rejectedAt: String?
    package let version: Int

    package init(
        id: String, name: String, kind: String, track: String, team: String,
        silentAfterSeconds: Int, state: String, contents: String? = nil, documents: Int = 0,
        records: Int = 0, refused: Int = 0, latest: String? = nil,
        publisherVersion: String? = nil, takenAt: String? = nil, confirmedAt: String? = nil,
        rejection: String? = nil, rejectedAt: String? = nil, version: Int
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.track = track
        self.team = team
        self.silentAfterSeconds = silentAfterSeconds
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
        self.version = version
    }
}
