/// What a look at a feed's source may take and bring at most.
package struct FeedFetchLimits: Sendable {
    package var connect: Duration = .seconds(10)
    /// Between two pieces of an answer.
    package var idle: Duration = .seconds(30)
    /// From the first question to the last byte, of all documents together.
    package var whole: Duration = .seconds(1800)
    /// Of that, for one document of a directory.
    package var document: Duration = .seconds(300)
    package var redirects = 5
    /// Of an answer as it is sent, which may be an archive.
    package var bytes = 1 << 30
    package var digestBytes = 1 << 20
    /// Of one document of a directory.
    package var documentBytes = 60 << 20

    package init() {}
}
