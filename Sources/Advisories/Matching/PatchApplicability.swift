/// What a vendor's patch brings, for the question which assets it is for.
package struct OfferedPatch: Sendable, Hashable {
    /// The packages in the versions that it brings.
    package let packages: [InstalledPackage]
    /// Any names of the vulnerabilities that it fixes; often empty.
    package let vulnerabilities: [String]

    package init(packages: [InstalledPackage], vulnerabilities: [String] = []) {
        self.packages = packages
        self.vulnerabilities = vulnerabilities
    }
}

/// What a patch would do for an asset, whether or not the asset can get it.
package struct PatchApplicability: Sendable, Hashable {
    package struct Update: Sendable, Hashable {
        package let installed: InstalledPackage
        package let offered: String
    }

    /// Vulnerabilities that the asset has and the patch fixes, best names first.
    package let fixes: [String]
    /// Packages that the asset has in an older version, in their order.
    package let updates: [Update]
    /// Packages that it has, and nobody can tell whether in an older version.
    package let undetermined: [InstalledPackage]

    package var isApplicable: Bool { !fixes.isEmpty || !updates.isEmpty || !undetermined.isEmpty }
}

/// Whether an asset's own repositories offer what a patch brings.
package struct PatchInstallability: Sendable, Hashable {
    package struct Missing: Sendable, Hashable {
        package let package: InstalledPackage
        /// What they offer instead; nil for nothing.
        package let offered: String?
    }

    /// Packages of the patch that the asset has and its repositories offer in that version or a
    /// later one, in their order.
    package let available: [InstalledPackage]
    package let missing: [Missing]

    /// False when the asset has none of the packages.
    package var isInstallable: Bool { missing.isEmpty && !available.isEmpty }
}

extension AdvisoryIndex {
    /// Needs no repository: what the asset can get is `OfferedPatch.installability`.
    ///
    /// - Parameters:
    ///   - inventory: What the asset has.
    ///   - matches: Of that inventory; suppressed ones don't count.
    package func applicability(
        of patch: OfferedPatch, to inventory: [InstalledPackage], matches: [Match]
    ) -> PatchApplicability {
        let offered = Dictionary(grouping: patch.packages, by: PatchTarget.init)
        var updates: [PatchApplicability.Update] = []
        var undetermined: [InstalledPackage] = []
        /// What packages have after the update, by the package before it.
        var remaining: [InstalledPackage: Set<String>] = [:]
        for installed in Set(inventory).sorted() {
            for package in (offered[PatchTarget(installed)] ?? []).sorted() {
                switch installed.order(relativeTo: package.version) {
                case nil: undetermined.append(installed)
                case let order? where order < 0:
                    updates.append(.init(installed: installed, offered: package.version))
                    let left = Set(match(package).map { $0.vulnerability })
                    remaining[installed] = remaining[installed]?.intersection(left) ?? left
                case .some: continue
                }
            }
        }
        let named = Set(patch.vulnerabilities.flatMap { vulnerabilities(named: $0) })
        let fixed = matches.filter { match in
            guard !match.isSuppressed else { return false }
            // A patch without packages, of a firmware say, fixes what its vendor says.
            if patch.packages.isEmpty { return named.contains(match.vulnerability) }
            guard let left = remaining[match.package] else { return false }
            return named.contains(match.vulnerability)
                || match.verdict == .affected && !left.contains(match.vulnerability)
        }
        return PatchApplicability(
            fixes: Set(fixed.map { $0.vulnerability }).sorted(by: VulnerabilityID.precedes),
            updates: updates, undetermined: undetermined)
    }
}

extension OfferedPatch {
    /// - Parameters:
    ///   - inventory: What the asset has.
    ///   - repositories: What the asset's repositories offer, one version of each package at most.
    package func installability(
        on inventory: [InstalledPackage], offering repositories: [InstalledPackage]
    ) -> PatchInstallability {
        let installed = Set(inventory.map(PatchTarget.init))
        let offered = Dictionary(grouping: repositories, by: PatchTarget.init)
        var available: [InstalledPackage] = []
        var missing: [PatchInstallability.Missing] = []
        for package in Set(packages).sorted() where installed.contains(PatchTarget(package)) {
            let offers = (offered[PatchTarget(package)] ?? []).sorted()
            if offers.contains(where: { ($0.order(relativeTo: package.version) ?? -1) >= 0 }) {
                available.append(package)
            } else {
                missing.append(.init(package: package, offered: offers.last?.version))
            }
        }
        return PatchInstallability(available: available, missing: missing)
    }
}

/// A package whatever its version.
private struct PatchTarget: Hashable {
    let key: PackageKey

    init(_ package: InstalledPackage) {
        key = PackageKey(package.ecosystem, .binary, package.name)
    }
}

extension InstalledPackage {
    /// -1 when it is older than `other`, a version of the same ecosystem; nil when nobody can tell.
    fileprivate func order(relativeTo other: String) -> Int? {
        if version == other { return 0 }
        guard let scheme = ecosystem.scheme else { return nil }
        do {
            return try PackageVersion(version, scheme)
                .order(relativeTo: PackageVersion(other, scheme))
        } catch {
            return nil
        }
    }
}
