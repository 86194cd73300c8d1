/// The matches of a whole fleet, kept right while advisories and inventories change.
///
/// What assets have in common is matched once. A changed advisory touches only the packages that it
/// is about, a changed inventory only what has changed in it.
package struct FleetMatches: Sendable {
    package private(set) var advisories: AdvisoryIndex
    package private(set) var inventories: InventoryIndex
    package private(set) var rules: [Suppression] = []
    private var resolved: ResolvedSuppressions
    /// By the package; those without a match are left out.
    private var matches: [InstalledPackage: [Match]] = [:]

    /// What a change has changed for the assets that have a package.
    package struct Change: Sendable, Hashable {
        package let package: InstalledPackage
        package let before: [Match]
        package let after: [Match]
    }

    package init(_ advisories: AdvisoryIndex = AdvisoryIndex()) {
        self.advisories = advisories
        inventories = InventoryIndex(upstream: advisories.upstream)
        resolved = ResolvedSuppressions([], advisories.names)
    }

    /// In the order of the asset's packages.
    package func matches(of asset: String) -> [Match] {
        inventories.packages(of: asset).flatMap { matches[$0] ?? [] }
    }

    /// - Returns: The packages whose matches are others now, sorted; `inventories.assets(having:)`
    ///   says who has them.
    package mutating func apply(_ change: AdvisoryChange) -> [Change] {
        let keys = advisories.apply(change)
        var packages = Set(inventories.packages(under: keys))
        packages.formUnion(resolveRules())
        return packages.sorted().compactMap { match($0) }
    }

    /// - Returns: What of it is new and what is gone, sorted.
    package mutating func put(
        _ asset: String, _ packages: some Sequence<InstalledPackage>
    ) -> InventoryIndex.Difference {
        let difference = inventories.put(asset, packages)
        for package in difference.unseen { _ = match(package) }
        forget(difference.removed)
        return difference
    }

    package mutating func remove(_ asset: String) -> InventoryIndex.Difference {
        let difference = inventories.remove(asset)
        forget(difference.removed)
        return difference
    }

    /// - Returns: The packages whose matches are others now, sorted.
    package mutating func suppress(_ rules: [Suppression]) -> [Change] {
        self.rules = rules
        return resolveRules().sorted().compactMap { match($0) }
    }

    /// A rule's name may stand for another vulnerability than before.
    ///
    /// - Returns: The packages that have matches with vulnerabilities whose rules are others now.
    private mutating func resolveRules() -> [InstalledPackage] {
        let old = resolved
        resolved = ResolvedSuppressions(rules, advisories.names)
        let changed = Set(resolved.difference(from: old).map { advisories.names[$0] })
        if changed.isEmpty { return [] }
        return matches.filter { $0.value.contains { changed.contains($0.vulnerability) } }
            .map(\.key)
    }

    /// - Returns: nil when nothing has changed.
    private mutating func match(_ package: InstalledPackage) -> Change? {
        let before = matches[package] ?? []
        let after = advisories.match(
            package, advisories.route(for: package.ecosystem), resolved)
        if before == after { return nil }
        matches[package] = after.isEmpty ? nil : after
        return Change(package: package, before: before, after: after)
    }

    private mutating func forget(_ packages: [InstalledPackage]) {
        for package in packages where !inventories.has(package) { matches[package] = nil }
    }
}
