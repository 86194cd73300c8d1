internal import Advisories

extension InventoryReport {
    /// The packages as advisories are matched with them; nil for a system that no ecosystem of
    /// advisories has: nothing can be told of it then.
    var matchable: [Advisories.InstalledPackage]? {
        let release = OperatingSystemRelease(id: osName, version: osVersion)
        guard let name = release.ecosystem else { return nil }
        let ecosystem = Ecosystem(name)
        return packages.map { package in
            Advisories.InstalledPackage(
                ecosystem: ecosystem, name: package.name, version: package.version,
                source: Advisories.InstalledPackage.Source(
                    name: package.source, version: package.sourceVersion ?? package.version))
        }
    }
}
