internal import EventSourcing
package import PatchManagement

/// One version of one package that signed lists offer, and to whom.
package struct OfferedUpdates: Sendable {
    package struct Receiver: Sendable {
        package let id: String
        package let name: String
        package let environment: String
        package let installedVersion: String
    }

    /// As the first of its receivers is offered it.
    package let update: OfferedUpdate
    /// By name.
    package internal(set) var assets: [Receiver]
}

/// Which offers are wanted.
package struct OfferFilter: Sendable {
    package var asset: String?
    package var source: String?
    package var fromSecurityArchiveOnly = false

    package init(asset: String?, source: String?, fromSecurityArchiveOnly: Bool) {
        self.asset = asset
        self.source = source
        self.fromSecurityArchiveOnly = fromSecurityArchiveOnly
    }

    func matches(_ offer: OfferedUpdate) -> Bool {
        (source == nil || offer.source == source)
            && (!fromSecurityArchiveOnly || offer.fromSecurityArchive)
    }
}

extension UseCases {
    /// What active assets are offered, by package, architecture and version; files that differ stay
    /// apart.
    ///
    /// - Returns: All of it, sorted, and the position that it shows.
    package func offeredUpdates(
        _ filter: OfferFilter, _ caller: Caller, _ moment: Moment
    ) async throws -> (updates: [OfferedUpdates], position: Int64) {
        _ = try authorise(caller, .readInventory)
        var request = ListRequest(.offer)
        request.limit = 500
        request.state = "active"
        request.asOf = try await position(moment)
        var lists: [String: [OfferedUpdate]] = [:]
        var found: [OfferKey: OfferedUpdates] = [:]
        while true {
            let page = try await reads.list(request)
            for view in page.views where filter.asset == nil || filter.asset == view.id {
                let list = try CanonicalJSON.decode(OfferList.self, from: view.document)
                if lists[list.list] == nil {
                    guard let digest = Digest(list.list) else { continue }
                    // Hosts that are alike are offered the same, so their lists are one document.
                    lists[list.list] = try await stored(
                        [OfferedUpdate].self, digest, "a list of offers")
                }
                for offer in lists[list.list] ?? [] where filter.matches(offer) {
                    found[OfferKey(offer), default: OfferedUpdates(update: offer, assets: [])]
                        .assets.append(
                            OfferedUpdates.Receiver(
                                id: view.id, name: list.name, environment: list.environment,
                                installedVersion: offer.installedVersion))
                }
            }
            guard let next = page.next else {
                let sorted = found.sorted { $0.key < $1.key }.map(\.value)
                return (sorted, page.position)
            }
            request.cursor = next
        }
    }
}

/// What an asset is offered, as far as its view is needed here.
private struct OfferList: Decodable {
    let name: String
    let environment: String
    /// Digest of the document.
    let list: String
}

private struct OfferKey: Hashable, Comparable {
    let texts: [String]

    init(_ offer: OfferedUpdate) {
        texts = [
            offer.source, offer.name, offer.architecture, offer.offeredVersion,
            offer.sha256.description,
        ]
    }

    static func < (left: Self, right: Self) -> Bool {
        left.texts.lexicographicallyPrecedes(right.texts)
    }
}
