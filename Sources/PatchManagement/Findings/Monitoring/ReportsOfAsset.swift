internal import Advisories

/// All that is reported of one asset: by itself, and by others, one report a source.
package struct ReportsOfAsset: Sendable {
    package var inventory: InventoryReport?
    /// In any order.
    package var others: [AssetReport] = []

    package init(inventory: InventoryReport? = nil, others: [AssetReport] = []) {
        self.inventory = inventory
        self.others = others
    }

    /// All that is installed, by all of them, each once. As for `matchable`, of what the host lists
    /// itself its own word counts alone.
    package var installed: [InstalledPackage] {
        let own = inventory?.packages ?? []
        let names = Set(own.map(\.name))
        let reported = others.flatMap(\.installed).filter { !names.contains($0.name) }
        return own
            + Set(reported).sorted {
                ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version)
            }
    }

    /// The packages of all of them, each once; nil where none of them has any that advisories are
    /// published for: nothing can be told of it then.
    ///
    /// Of what the host lists itself, its own word counts alone: another's report may be of long before
    /// the last repair.
    var matchable: [Advisories.InstalledPackage]? {
        guard !others.isEmpty else { return inventory?.matchable }
        let own = inventory?.matchable
        var packages = own ?? []
        let ownEcosystems = Set(packages.map(\.ecosystem))
        for report in others {
            packages += report.matchable.filter { !ownEcosystems.contains($0.ecosystem) }
        }
        guard own != nil || !packages.isEmpty else { return nil }
        return Set(packages).sorted()
    }
}
