internal import EventSourcing
private import PatchManagement

extension UseCases {
    /// The asset is gone for good: it is asked, patched and counted no longer, and its name is used up.
    package func decommissionAsset(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await write(
            .decommission(reason: reason), to: try stream(id, .asset, prefix: AssetDecider.prefix),
            as: AssetDecider.self, order, .decommissionAsset,
            state: { $0.isDecommissioned ? "decommissioned" : "active" })
    }
}
