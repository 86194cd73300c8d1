internal import EventSourcing
package import PatchManagement

/// Keys as a person names them.
package struct SentFeedKeys: Sendable, Equatable {
    /// The public keys, in armour or not; nil where the publisher's metadata says where they are.
    package let bytes: [UInt8]?
    /// Those that count. Empty: all of `bytes`.
    package let fingerprints: [String]

    package init(bytes: [UInt8]?, fingerprints: [String]) {
        self.bytes = bytes
        self.fingerprints = fingerprints
    }

    /// What is pinned, with the document that it is kept by.
    ///
    /// - Throws: `InvalidInput` for what is no public key, or a fingerprint that is none of theirs.
    func pinned() throws(InvalidInput) -> (keys: FeedKeys, document: Document?) {
        guard let bytes else { return (FeedKeys(fingerprints: fingerprints), nil) }
        let found: OpenPGPKeys
        do throws(OpenPGPFault) {
            found = try OpenPGPKeys(bytes)
        } catch {
            throw InvalidInput(field: "keys", message: "\(error)")
        }
        let document = Document(mediaType: "application/pgp-keys", bytes: found.packets)
        let named = FeedKeys(fingerprints: fingerprints, document: document.digest)
        if fingerprints.isEmpty {
            return (
                FeedKeys(fingerprints: found.fingerprints, document: document.digest), document
            )
        }
        if let other = named.fingerprints.first(where: { !found.fingerprints.contains($0) }) {
            throw InvalidInput(
                field: "keys.fingerprints",
                message:
                    "'\(other)' is none of the keys that were sent: those have "
                    + found.fingerprints.joined(separator: ", "))
        }
        return (named, document)
    }
}

extension UseCases {
    /// Names the team that watches a feed, or changes what is known of it.
    ///
    /// - Parameter keys: Those that have to sign what comes, where that is demanded for the first time.
    package func watchFeed(
        _ registration: FeedRegistration, keys: SentFeedKeys? = nil, _ order: Order
    ) async throws -> Written {
        let isPublic = registration.source.map { $0.reach == .publicInternet } ?? true
        let pinned = try keys?.pinned()
        var options = options(order)
        if let document = pinned?.document { options.documents = [document] }
        return try await write(
            .watch(registration, keys: pinned?.keys), to: registration.feed,
            as: FeedDecider.self, order, isPublic ? .watchFeed : .watchInnerFeed,
            options: options, state: { _ in "watched" })
    }

    /// Pins other keys to a feed: from then on one of them has to have signed what comes.
    package func pinFeedKeys(
        of name: String, _ keys: SentFeedKeys, reason: String, _ order: Order
    ) async throws -> Written {
        let pinned = try keys.pinned()
        var options = options(order)
        if let document = pinned.document { options.documents = [document] }
        return try await write(
            .pinKeys(pinned.keys, reason: reason), to: FeedRegistration.id(name: name),
            as: FeedDecider.self, order, .pinFeedKeys, options: options,
            state: { _ in "watched" })
    }
}
