private import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addOffers(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("offered-updates", query: .list, ["asset", "source", "security"]) { call in
            let wish = try call.listWish()
            let (updates, position) = try await useCases.offeredUpdates(
                OfferFilter(
                    asset: call.filter("asset"), source: call.filter("source"),
                    fromSecurityArchiveOnly: call.flag("security")),
                call.caller(), wish.moment)
            let page = try Slice(updates, wish)
            return try .json(
                ListPage(
                    data: page.items.map(OfferedUpdateResource.init), next: page.next,
                    position: position))
        }
    }
}

/// A page of a list that is at hand as a whole; the cursor counts.
private struct Slice<Item> {
    let items: [Item]
    let next: String?

    init(_ all: [Item], _ wish: ListWish) throws(InvalidInput) {
        var start = 0
        if let cursor = wish.cursor {
            guard let number = Int(cursor), (0...all.count).contains(number) else {
                throw InvalidInput(
                    field: "cursor",
                    message: "'\(cursor)' did not come with a page of this list; begin without one")
            }
            start = number
        }
        let end = min(all.count, start + wish.limit)
        items = Array(all[start..<end])
        next = end < all.count ? String(end) : nil
    }
}

extension OfferedUpdateResource {
    fileprivate init(_ offered: OfferedUpdates) {
        let update = offered.update
        self.init(
            name: update.name, source: update.source, architecture: update.architecture,
            offeredVersion: update.offeredVersion, origin: update.origin,
            fromSecurityArchive: update.fromSecurityArchive, sha256: update.sha256.description,
            size: update.size,
            assets: offered.assets.map {
                OfferedToResource(
                    id: $0.id, name: $0.name, environment: $0.environment,
                    installedVersion: $0.installedVersion)
            })
    }
}
