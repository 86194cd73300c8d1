package import Advisories
package import EventSourcing
package import PatchManagement

/// Takes up a feed's documents one after the other as they come from its source, in memory that the
/// records and one shelf of documents bound. It keeps nothing: its user does, shelf by shelf.
package struct FeedIntake: Sendable {
    private var inspection: FeedInspection
    private var parts: [FeedContents.Part] = []
    private var seen: Set<Digest> = []
    private let kept: Set<Digest>
    private var shelf: [Document] = []
    private var shelfBytes = 0
    private var bytes = 0
    /// Documents that are the same as one before, and so count once.
    package private(set) var duplicates = 0

    private static let shelfSize = 8 << 20
    private static let shelfDocuments = 500

    /// - Parameters:
    ///   - kept: Digests of documents that are kept already.
    ///   - latest: Records that know of a later moment are left out.
    package init(of kind: FeedKind, kept: Set<Digest>, latest: Timestamp) {
        inspection = FeedInspection(of: kind, latest: latest)
        self.kept = kept
    }

    /// Documents come in the order of their names. One that is the same as another counts once.
    ///
    /// - Throws: `FeedFetchFault` when there are too many.
    package mutating func add(_ document: FeedDocument) throws(FeedFetchFault) {
        guard parts.count < UseCases.mostFeedParts else {
            throw FeedFetchFault(
                .tooLarge, "it has more than \(UseCases.mostFeedParts) documents: split the feed")
        }
        bytes += document.bytes.count
        guard bytes <= UseCases.mostFeedBytes else {
            throw FeedFetchFault(
                .tooLarge,
                "its documents have more than \(UseCases.mostFeedBytes >> 20) MiB: split the feed")
        }
        let stored = Document(mediaType: "application/octet-stream", bytes: document.bytes)
        guard seen.insert(stored.digest).inserted else {
            duplicates += 1
            return
        }
        inspection.read(document)
        parts.append(FeedContents.Part(name: document.name, digest: stored.digest))
        guard !kept.contains(stored.digest) else { return }
        shelf.append(stored)
        shelfBytes += stored.bytes.count
    }

    /// Whether it is time to keep what lies on the shelf.
    package var isFull: Bool {
        shelfBytes >= Self.shelfSize || shelf.count >= Self.shelfDocuments
    }

    /// What is to be kept, which lies there no more.
    package mutating func takeShelf() -> [Document] {
        defer { (shelf, shelfBytes) = ([], 0) }
        return shelf
    }

    /// What all of it comes to, with the document that names its parts.
    ///
    /// - Throws: `FeedFetchFault` when a name stands twice.
    package func taking() throws(FeedFetchFault) -> (FeedTaking, Document) {
        guard let contents = FeedContents(parts) else {
            throw FeedFetchFault(.badArchive, "two of its documents have one name")
        }
        let document = contents.document
        let taking = FeedTaking(
            contents: document.digest, documents: parts.count,
            summary: inspection.result.summary)
        return (taking, document)
    }
}
