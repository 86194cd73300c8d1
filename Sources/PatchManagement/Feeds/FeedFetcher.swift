package import Advisories

/// The port through which feeds are fetched from their publishers.
package protocol FeedFetcher: Sendable {
    /// Looks at `source`, and brings what is there unless it is what `known` names.
    ///
    /// - Returns: nil when it is unchanged.
    /// - Throws: `FeedFetchFault` when nothing could be had, `CancellationError`.
    func look(at source: FeedSource, known: FeedValidators?) async throws -> (any FeedDelivery)?
}

/// What came from a feed's source, whole and kept aside until the last reference goes.
package protocol FeedDelivery: Sendable {
    var validators: FeedValidators { get }
    /// Of the documents, in the order of their bytes; no name twice.
    var names: [String] { get }

    /// The document of the name at `index`, as one.
    ///
    /// - Throws: `FeedFetchFault`
    func document(at index: Int) async throws -> FeedDocument

    /// What the document of the name at `index` is kept as: itself, or a long table in several. They
    /// come one at a time, so that they need not fit into memory together.
    ///
    /// - Throws: `FeedFetchFault`
    func documents(at index: Int) async throws -> any FeedDocuments

    /// One of the documents that what came lists, from the same machines and within the time of the
    /// same look.
    ///
    /// - Throws: `FeedFetchFault`, with the cause `absent` when the server hasn't got it;
    ///   `CancellationError`.
    func listed(at url: FeedURL) async throws -> [UInt8]

    /// Fetches a small file that stands beside a document: its digest, its signature, a key.
    ///
    /// - Throws: As `listed(at:)`.
    func beside(_ url: FeedURL) async throws -> [UInt8]

    /// Checks a detached signature.
    ///
    /// - Parameter bytes: What is signed; nil for what came as a whole.
    /// - Throws: `FeedFetchFault`, with the cause `badSignature` unless it is one of `keyring`'s, and
    ///   `unverified` when that can't be told here; `CancellationError`.
    func check(
        signature: [UInt8], of bytes: [UInt8]?, by keyring: FeedKeyring
    ) async throws
}

/// Documents that come one after the other.
package protocol FeedDocuments: Sendable {
    /// - Returns: nil behind the last one.
    /// - Throws: `FeedFetchFault`
    func next() async throws -> FeedDocument?
}
