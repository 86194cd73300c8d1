internal import EventSourcing
internal import PatchManagement

/// What each document of a source has to pass before it counts: its digest and its signature, where
/// they are demanded or the publisher's list says where they are.
struct FeedChecks: Sendable {
    let source: FeedSource
    /// nil where no signature is demanded.
    let keyring: FeedKeyring?

    /// - Throws: `FeedFetchFault`, with the cause `wrongDigest` or `badSignature` for a document that
    ///   may not count; `CancellationError`.
    func check(
        _ bytes: [UInt8], _ entry: FeedListing.Entry, at place: FeedURL,
        _ delivery: any FeedDelivery
    ) async throws {
        let beside = source.digestSuffix.flatMap { place.withSuffix($0) }
        if let stated = entry.digest ?? beside {
            let algorithm = StatedDigest.Algorithm(endingOf: stated.fileName)
            let text = try await words(at: stated, .wrongDigest, "digest", delivery)
            if let fault = StatedDigest.fault(
                in: bytes, named: place.fileName, algorithm,
                by: String(decoding: text, as: UTF8.self))
            {
                throw FeedFetchFault(.wrongDigest, "\(stated.shown): \(fault)")
            }
        }
        guard let keyring else { return }
        let own = source.signatureSuffix.flatMap { place.withSuffix($0) }
        guard let signed = entry.signature ?? own else {
            throw FeedFetchFault(
                .badSignature,
                "one signature of a whole directory can't be: ask for those of its documents, with "
                    + "'signature_suffix'", scope: .look)
        }
        let signature = try await words(at: signed, .badSignature, "signature", delivery)
        try await delivery.check(signature: signature, of: bytes, by: keyring)
    }

    /// What stands beside a document. That it is missing is the document's fault.
    private func words(
        at place: FeedURL, _ cause: FeedFetchFault.Cause, _ what: String,
        _ delivery: any FeedDelivery
    ) async throws -> [UInt8] {
        do {
            return try await delivery.beside(place)
        } catch let fault as FeedFetchFault where fault.cause == .absent {
            throw FeedFetchFault(cause, "there is no \(what) at \(place.shown)")
        }
    }
}

extension PatchWork {
    /// What the documents of a source have to pass.
    ///
    /// - Parameter provider: Where it says of itself where its keys are, what it says.
    func checks(
        _ source: FeedSource, _ feed: Feed, _ provider: ProviderMetadata?,
        _ delivery: any FeedDelivery
    ) async throws -> FeedChecks {
        guard source.demandsSignature else { return FeedChecks(source: source, keyring: nil) }
        guard let keys = feed.keys else {
            throw FeedFetchFault(.badSignature, "no key is pinned", scope: .look)
        }
        let packets: [UInt8]
        if let document = keys.document {
            guard let kept = try await store.document(document) else {
                throw FeedFetchFault(
                    .unverified, "the pinned keys \(document) are gone: pin them again",
                    scope: .look)
            }
            packets = kept.bytes
        } else if let provider {
            packets = try await fetch(keys.fingerprints, of: provider, delivery)
        } else {
            throw FeedFetchFault(
                .badSignature, "the source says not where the pinned keys are", scope: .look)
        }
        return FeedChecks(
            source: source,
            keyring: FeedKeyring(packets: packets, fingerprints: keys.fingerprints))
    }

    /// The keys that a person has confirmed, from where the provider says that they are: nobody else's
    /// have their fingerprints.
    private func fetch(
        _ fingerprints: [String], of provider: ProviderMetadata, _ delivery: any FeedDelivery
    ) async throws -> [UInt8] {
        var packets: [UInt8] = []
        for key in provider.keys where fingerprints.contains(key.fingerprint) {
            let bytes = try await delivery.beside(key.url)
            let found: OpenPGPKeys
            do throws(OpenPGPFault) {
                found = try OpenPGPKeys(bytes)
            } catch {
                throw FeedFetchFault(
                    .badSignature, "\(key.url.shown) is no key: \(error)", scope: .look)
            }
            guard found.fingerprints.contains(key.fingerprint) else {
                throw FeedFetchFault(
                    .badSignature,
                    "\(key.url.shown) holds \(found.fingerprints.joined(separator: ", ")), and "
                        + "not \(key.fingerprint)", scope: .look)
            }
            packets += found.packets
        }
        guard !packets.isEmpty else {
            let offered = provider.keys.map(\.fingerprint).joined(separator: ", ")
            throw FeedFetchFault(
                .badSignature,
                "the provider has none of the pinned keys, and offers "
                    + (offered.isEmpty ? "none" : offered), scope: .look)
        }
        return packets
    }

    /// What came as a whole has to be signed as a whole.
    func checkWhole(
        _ delivery: any FeedDelivery, at url: FeedURL, _ source: FeedSource, _ feed: Feed
    ) async throws {
        guard source.demandsSignature else { return }
        let keyring = try await checks(source, feed, nil, delivery).keyring
        let place =
            source.signatureURL.flatMap { FeedURL($0) }
            ?? source.signatureSuffix.flatMap { url.withSuffix($0) }
        guard let keyring, let place else {
            throw FeedFetchFault(.badSignature, "nothing says where its signature is")
        }
        let signature: [UInt8]
        do {
            signature = try await delivery.beside(place)
        } catch let fault as FeedFetchFault where fault.cause == .absent {
            throw FeedFetchFault(.badSignature, "there is no signature at \(place.shown)")
        }
        try await delivery.check(signature: signature, of: nil, by: keyring)
    }
}
