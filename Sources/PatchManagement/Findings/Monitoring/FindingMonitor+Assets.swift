internal import Advisories
package import EventSourcing

/// What is reported of assets, as it is matched.
extension FindingMonitor {
    /// Takes up what was kept of an asset, with all that is reported of it.
    package mutating func restore(
        _ asset: StreamID, _ watched: WatchedAsset, _ reports: ReportsOfAsset
    ) {
        assets[asset] = watched
        for change in watched.underWay ?? [] { deploymentAssets[change.deployment] = asset }
        if !watched.isDecommissioned { put(reports, of: asset) }
    }

    mutating func put(_ reports: ReportsOfAsset, of asset: StreamID) {
        if let packages = reports.matchable {
            _ = fleet.put(asset.text, packages)
            untold.remove(asset)
        } else {
            untold.insert(asset)
        }
    }

    /// What a source said of an asset counts no longer.
    ///
    /// - Parameter reports: Those that are left.
    mutating func forget(_ source: String, of asset: StreamID, _ reports: ReportsOfAsset) {
        assets[asset]?.forget(source)
        put(reports, of: asset)
        if untold.contains(asset) { _ = fleet.remove(asset.text) }
    }

    /// Since a source was forgotten nobody says anything of the package: what a deployment makes of it
    /// is seen by nobody, and held back it would later look like one that was removed (I13).
    func isUnnamed(_ package: String, on asset: StreamID) -> Bool {
        assets[asset]?.forgotten != nil
            && !fleet.inventories.packages(of: asset.text).contains { $0.name == package }
    }

    /// What a source disputed that is forgotten now: nobody says it any more.
    ///
    /// - Parameter before: What it had said last.
    package func doubts(
        forgetting source: String, at moment: Timestamp, on asset: StreamID, before: AssetReport
    ) -> [ScannerDoubt] {
        before.open.map { id in
            doubt(
                of: id, on: asset,
                .rejectDispute(
                    source: source, gathered: moment,
                    reason: "\(source) is forgotten: what it said counts no longer"))
        }
    }
}
