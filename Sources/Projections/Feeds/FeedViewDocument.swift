internal import Application
internal import PatchManagement

/// A feed in lists and details.
struct FeedViewDocument: ViewDocument {
    struct Source: Codable, Equatable {
        var url: String
        var everySeconds: Int
        var digestUrl: String?
        var reach: String

        init(_ source: FeedSource) {
            url = source.url
            everySeconds = source.everySeconds
            digestUrl = source.digestURL
            reach = source.reach.rawValue
        }
    }

    static let kind = ViewKind.feed

    var id: String
    var name: String
    var kind: String
    var track: String
    var team: String
    var silentAfterSeconds: Int
    var source: Source?
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
        return contents == nil ? "watched" : "current"
    }

    mutating func endFailure() { (failure, failingSince) = (nil, nil) }
    mutating func endRejection() { (rejection, rejectedAt) = (nil, nil) }
}
