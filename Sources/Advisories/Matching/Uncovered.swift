/// Packages of an inventory that no advisory can be about: that they have no match says nothing.
package struct Uncovered: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// The type of package URL has no ecosystem of advisories.
        case noEcosystem(type: String)
        /// No advisory that is there is about packages of the ecosystem: its feed may be missing.
        case noAdvisories(Ecosystem)
    }

    package let reason: Reason
    package let packages: Int
}

extension AdvisoryIndex {
    /// What of an inventory nobody watches, by the names of types and ecosystems; empty when all of
    /// it is covered.
    package func uncovered(_ inventory: PackageInventory) -> [Uncovered] {
        var counts: [Uncovered.Reason: Int] = [:]
        for package in inventory.packages {
            guard let name = package.ecosystem else {
                counts[.noEcosystem(type: package.type), default: 0] += 1
                continue
            }
            counts[.noAdvisories(Ecosystem(name)), default: 0] += 1
        }
        return counts.filter { reason, _ in
            guard case .noAdvisories(let ecosystem) = reason else { return true }
            return !covers(ecosystem)
        }
        .map { Uncovered(reason: $0.key, packages: $0.value) }
        .sorted { $0.reason.name < $1.reason.name }
    }
}

/// The ecosystems that advisories speak of.
package struct CoveredEcosystems: Sendable {
    private let all: Set<Ecosystem>
    private let families: Set<String>

    package init(_ ecosystems: some Sequence<Ecosystem>) {
        all = Set(ecosystems)
        families = Set(all.map(\.family))
    }

    /// As `AdvisoryIndex.covers`.
    package func covers(_ ecosystem: Ecosystem) -> Bool {
        ecosystem.withWider.contains { all.contains($0) }
            || (!ecosystem.hasRelease && families.contains(ecosystem.text))
    }
}

extension Uncovered.Reason {
    fileprivate var name: String {
        switch self {
        case .noEcosystem(let type): type
        case .noAdvisories(let ecosystem): ecosystem.text
        }
    }
}
