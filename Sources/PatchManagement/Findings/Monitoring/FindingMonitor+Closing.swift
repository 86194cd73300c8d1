internal import Advisories
internal import EventSourcing

extension FindingMonitor {
    /// The packages of an asset of whose systems no feed speaks.
    func unheardOf(on asset: StreamID) -> UnheardOfPackages {
        let packages = fleet.inventories.packages(of: asset.text)
        let covered = Set(Set(packages.map(\.ecosystem)).filter(fleet.advisories.covers))
        var ecosystems: [String: Set<String>] = [:]
        for package in packages where !covered.contains(package.ecosystem) {
            ecosystems[package.name, default: []].insert(package.ecosystem.text)
        }
        if ecosystems.isEmpty { return UnheardOfPackages(ecosystems: [:]) }
        for package in packages where covered.contains(package.ecosystem) {
            ecosystems[package.name] = nil
        }
        return UnheardOfPackages(ecosystems: ecosystems)
    }

    /// How a finding ends that isn't found any more.
    func close(
        _ known: WatchedAsset.Known, _ asset: StreamID, _ watched: WatchedAsset,
        _ matches: [Match], _ moment: Timestamp
    ) -> FindingCommand {
        if watched.isDecommissioned {
            return .dismiss(
                .assetDecommissioned, reason: "the asset was decommissioned", observed: moment)
        }
        if let source = watched.forgotten {
            return .dismiss(
                .sourceForgotten,
                reason: "\(source) is forgotten, and nothing else says that \(known.package) "
                    + "\(known.version) is there", observed: moment)
        }
        let own = fleet.inventories.packages(of: asset.text).filter { $0.name == known.package }
        if own.contains(where: { $0.version == known.version }) || watched.evidence == nil {
            return dismissal(of: known, matches, moment)
        }
        let (evidence, gathered) = (
            watched.evidence ?? known.match, watched.reported ?? watched.inScope
        )
        let source = watched.evidenceSource
        if own.isEmpty {
            return .resolve(
                Resolution(
                    means: .removed, evidence: evidence, source: source, gathered: gathered))
        }
        guard let install = watched.install(of: known.package) else {
            return .resolve(
                Resolution(
                    means: .outOfBand, evidence: evidence, source: source, gathered: gathered))
        }
        return .resolve(
            Resolution(
                means: .patched, evidence: evidence, source: source, gathered: gathered,
                deployment: install.deployment, installed: install.finished))
    }

    /// The package is what it was: the feeds say something else of it.
    private func dismissal(
        of known: WatchedAsset.Known, _ matches: [Match], _ moment: Timestamp
    ) -> FindingCommand {
        let excused = matches.first { match in
            match.package.name == known.package && match.isSuppressed
                && VulnerabilityID(match.vulnerability) == known.vulnerability
        }
        if case .statement(let advisory, let justification) = excused?.suppressor {
            let words = "\(advisory) says that it is not affected: \(justification.description)"
            return .dismiss(.notAffected, reason: FeedText.cut(words, to: 1000), observed: moment)
        }
        return .dismiss(
            .withdrawn,
            reason: "no advisory that counts here says any more that \(known.package) "
                + "\(known.version) is affected", observed: moment)
    }
}

/// Packages of an asset that are only of systems of which no feed speaks.
struct UnheardOfPackages {
    /// By name.
    let ecosystems: [String: Set<String>]

    /// Whether the package is of another system by now, an upgraded one perhaps: that nobody says any
    /// more that it is affected means nothing then.
    func hides(_ known: WatchedAsset.Known) -> Bool {
        guard let ecosystem = known.ecosystem, let own = ecosystems[known.package] else {
            return false
        }
        return !own.contains(ecosystem)
    }
}
