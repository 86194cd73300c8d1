private import EventSourcing
private import PatchManagement

extension UseCases {
    /// Has hosts looked at.
    ///
    /// - Parameters:
    ///   - ids: nil means every active asset.
    ///   - what: Any of `inventory` and `updates`.
    /// - Returns: How many scans were asked for, and the position of the last.
    package func scanAssets(
        _ ids: [String]?, what: [String], _ order: Order
    ) async throws -> (requested: Int, position: Int64) {
        let context = try context(order, .scanAsset)
        let scans = try what.map { name in
            guard let scan = Scan(rawValue: name) else {
                throw InvalidInput(
                    field: "what",
                    message: "'\(name)' is none of "
                        + Scan.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return scan
        }
        guard !scans.isEmpty, Set(scans).count == scans.count else {
            throw InvalidInput(
                field: "what", message: "is empty or says something twice; name inventory, updates")
        }
        let assets = try await assets(ids, order.caller)
        for asset in assets {
            let state = try await bus.state(of: asset, as: AssetDecider.self).state
            guard state.registration != nil else { throw NotFound(.asset, asset.text) }
            for scan in scans {
                _ = try AssetDecider.decide(.requestScan(scan), context, state)
            }
        }
        try await claimKey(of: order, context)
        let options = partOptions(order)
        var position: Int64 = 0
        for slice in assets.indices.chunks(of: 32) {
            let positions = try await inOrder(slice.map { assets[$0] }) { asset in
                var last: Int64 = 0
                for scan in scans {
                    last = try await write(
                        .requestScan(scan), to: asset, as: AssetDecider.self, order, .scanAsset,
                        part: "\(asset.text)/\(scan.rawValue)", options: options,
                        state: { _ in nil }
                    ).position
                }
                return last
            }
            position = max(position, positions.max() ?? 0)
        }
        return (assets.count * scans.count, position)
    }

    private func assets(_ ids: [String]?, _ caller: Caller) async throws -> [StreamID] {
        if let ids {
            guard !ids.isEmpty else {
                throw InvalidInput(field: "assets", message: "is empty; leave it out for all")
            }
            var assets: [StreamID] = []
            for id in ids {
                let asset = try stream(id, .asset, prefix: AssetDecider.prefix)
                if !assets.contains(asset) { assets.append(asset) }
            }
            return assets
        }
        // Whoever says all means those that were registered a moment ago as well.
        try await wait(until: try await store.head())
        var request = ListRequest(.asset)
        request.state = "active"
        var assets: [StreamID] = []
        for try await page in reads.pages(of: request) {
            for view in page.views {
                let kind = try CanonicalJSON.decode(KindLine.self, from: view.document)
                // Nobody can log in to what is only reported on.
                guard CollectionRule.standard(for: kind.kind).intervalSeconds != nil else {
                    continue
                }
                assets.append(try stream(view.id, .asset, prefix: AssetDecider.prefix))
            }
        }
        return assets
    }
}

/// What the view of an asset says of its kind.
private struct KindLine: Decodable {
    struct Attributes: Decodable { let kind: AssetKind }

    let attributes: Attributes?

    var kind: AssetKind { attributes?.kind ?? .machine }
}
