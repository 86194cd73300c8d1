internal import Application
internal import PatchManagement

/// A feed in lists and details.
struct FeedViewDocument: ViewDocument {
    struct Source: Codable, Equatable {
        var url: String
        var everySeconds: Int
        var digestUrl: String?
        var reach: String
        var signatureUrl: String?
        var signatureSuffix: String?
        var digestSuffix: String?

        init(_ source: FeedSource) {
            url = source.url
            everySeconds = source.everySeconds
            digestUrl = source.digestURL
            reach = source.reach.rawValue
            signatureUrl = source.signatureURL
            signatureSuffix = source.signatureSuffix
            digestSuffix = source.digestSuffix
        }
    }

    /// A document that the publisher lists and that counts in its last state, or not at all.
    struct Missing: Codable, Equatable {
        var name: String
        var reason: String
    }

    static let kind = ViewKind.feed

    var id: String
    var name: String
    var kind: String
    var track: String
    var team: String
    var silentAfterSeconds: Int
    var source: Source?
    var origins: [String]?
    var keys: [String]?
    var watchedAt: String?
    var state: String
    var contents: String?
    var documents: Int
    var records: Int
    var refused: Int
    var latest: String?
    var publisherVersion: String?
    var missing: Int?
    var missingDocuments: [Missing]?
    var takenAt: String?
    var confirmedAt: String?
    var rejection: String?
    var rejectedAt: String?
    var sourceRejectedSince: String?
    var failure: String?
    var failingSince: String?
    var silentSince: String?
    var givenUpBecause: String?
    var version: Int

    var sortKey: String { name }

    /// What it is now, the worst first.
    var standing: String {
        if givenUpBecause != nil { return "unwatched" }
        if failure != nil { return "failing" }
        if rejection != nil { return "rejected" }
        if contents == nil { return "watched" }
        return missing == nil ? "current" : "incomplete"
    }

    mutating func note(_ missing: FeedMissing?) {
        self.missing = missing?.documents
        missingDocuments = missing?.shown.map { Missing(name: $0.name, reason: $0.reason) }
    }

    mutating func endFailure() { (failure, failingSince) = (nil, nil) }
    mutating func endRejection() {
        (rejection, rejectedAt, sourceRejectedSince) = (nil, nil, nil)
    }
}
