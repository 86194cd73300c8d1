package import APIContract

extension Session {
    /// The id of the asset that people mean, by its name or that.
    func assetID(of text: String) async throws -> String {
        text.hasPrefix("as_") ? text : try await asset(called: text).id
    }

    /// The asset that people mean, by its name or id, as of the moment that is looked at.
    package func asset(called text: String) async throws -> AssetResource {
        if text.hasPrefix("as_") { return try await read("assets/\(text.segment)") }
        let page: ListPage<AssetResource> = try await client.list(
            "assets", query: ["name": text, "as_of": options.asOf])
        guard let asset = page.data.first else {
            throw ClientFailure.usage(
                "there is no asset '\(text)'; 'patchflow asset list' shows which there are")
        }
        return asset
    }
}
