internal import EventSourcing
internal import PatchManagement

/// What the stream of an asset says of it. Decisions rest on this, never on a view.
struct AssetFacts: Sendable {
    let id: StreamID
    let registration: AssetRegistration
    /// nil before the first inventory.
    let stratum: PlatformStratum?
    /// What its signed lists offer; empty before the first look at them.
    let offers: [OfferedUpdate]
    let isDecommissioned: Bool
    /// It is to be examined before it is changed.
    let isHeld: Bool
    /// What fails together with it; empty where nobody has said it.
    let failureDomain: String

    /// Whether it is offered any package of a patch in exactly that version.
    func isOffered(_ packages: [PackageSelection]) -> Bool {
        offers.contains { offer in
            packages.contains {
                $0.name == offer.name && $0.architecture == offer.architecture
                    && $0.version == offer.offeredVersion
            }
        }
    }
}

extension UseCases {
    /// The facts of `assets` by their ids; who was never registered is not among them.
    func facts(of assets: [StreamID]) async throws -> [StreamID: AssetFacts] {
        var states: [StreamID: Asset] = [:]
        for slice in assets.indices.chunks(of: 32) {
            let read = try await inOrder(slice.map { assets[$0] }) { asset in
                (asset, try await bus.state(of: asset, as: AssetDecider.self).state)
            }
            for (asset, state) in read { states[asset] = state }
        }
        // Hosts that are alike are offered the same, so their lists are one document.
        let digests = Set(states.values.compactMap(\.offers)).sorted()
        var offers: [Digest: [OfferedUpdate]] = [:]
        for slice in digests.indices.chunks(of: 32) {
            let read = try await inOrder(slice.map { digests[$0] }) { digest in
                (digest, try await stored([OfferedUpdate].self, digest, "a list of offers"))
            }
            for (digest, list) in read { offers[digest] = list }
        }
        return states.compactMapValues { state in
            guard let id = state.id, let registration = state.registration else { return nil }
            return AssetFacts(
                id: id, registration: registration, stratum: state.stratum,
                offers: state.offers.flatMap { offers[$0] } ?? [],
                isDecommissioned: state.isDecommissioned, isHeld: state.isHeld,
                failureDomain: state.attributes.failureDomain)
        }
    }

    /// The facts of one asset that a request names.
    func facts(of text: String, field: String) async throws -> AssetFacts {
        try await facts(ofNamed: [text], field: field)[0]
    }

    /// The facts of assets that a request names, in its order: none may be unknown or gone.
    func facts(ofNamed texts: [String], field: String) async throws -> [AssetFacts] {
        let known = try await facts(of: try AssetFilter.ids(texts, field: field))
        return try texts.map { text in
            guard let id = StreamID(text), let facts = known[id] else {
                throw InvalidInput(
                    field: field,
                    message: "there is no asset '\(text)'; list the assets to see their ids")
            }
            guard !facts.isDecommissioned else {
                throw InvalidInput(
                    field: field,
                    message: "'\(facts.registration.name)' is decommissioned; name another asset")
            }
            return facts
        }
    }

    /// Every active asset that is offered a package of the patch, by id. The view only says which
    /// assets there are, and has to have come as far as the log.
    func assetsOffered(_ packages: [PackageSelection]) async throws -> [AssetFacts] {
        _ = try await position(Moment(minPosition: try await store.head()))
        let request = ListRequest(.asset)
        var found: [AssetFacts] = []
        for try await page in reads.pages(of: request) {
            let ids = page.views.compactMap { StreamID($0.id) }
            let facts = try await facts(of: ids)
            found += facts.values.filter { !$0.isDecommissioned && $0.isOffered(packages) }
        }
        return found.sorted { $0.id < $1.id }
    }

    /// The platform of an asset, which a decision can't do without.
    func stratum(of asset: AssetFacts, field: String) throws(InvalidInput) -> PlatformStratum {
        guard let stratum = asset.stratum else {
            throw InvalidInput(
                field: field,
                message: "nothing is known of the system of '\(asset.registration.name)'; scan it "
                    + "first")
        }
        return stratum
    }

    /// The ids behind a digest of `ApplicableAssets`.
    func assets(in list: ApplicableAssets) async throws -> [StreamID] {
        try await stored([StreamID].self, list.assets, "a list of assets")
    }

    /// A document that an event names, read as what it is.
    func stored<Value: Decodable>(
        _ type: Value.Type, _ digest: Digest, _ what: String
    ) async throws -> Value {
        guard let document = try await store.document(digest) else {
            throw EventStoreError(
                .corrupted, "\(what), \(digest), is named by an event and not kept")
        }
        return try CanonicalJSON.decode(type, from: document.bytes)
    }
}
