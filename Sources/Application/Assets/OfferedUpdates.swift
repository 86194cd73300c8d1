private import PatchManagement

extension UseCases {
    /// What active assets are offered, by source package, package, architecture and version; files
    /// that differ stay apart.
    ///
    /// - Parameters:
    ///   - asset: Only what this one is offered.
    ///   - isSecurityOnly: Only what comes from a security archive.
    package func offeredUpdates(
        asset: String?, source: String?, isSecurityOnly: Bool, _ caller: Caller, _ wish: ListWish
    ) async throws -> DocumentPage {
        _ = try authorise(caller, .readInventory)
        var request = OfferRequest()
        request.asset = asset
        request.source = source
        request.isSecurityOnly = isSecurityOnly
        request.limit = wish.limit
        request.cursor = wish.cursor
        request.asOf = try await position(wish.moment)
        let page = try await reads.offeredUpdates(request)
        return DocumentPage(
            documents: page.views.map(\.document), next: page.next, position: page.position)
    }
}
