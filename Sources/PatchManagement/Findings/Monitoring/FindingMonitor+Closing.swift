internal import Advisories
internal import EventSourcing

extension FindingMonitor {
    /// Whether the package is of another system by now, an upgraded one perhaps, of which no feed
    /// speaks: that nobody says any more that it is affected means nothing then.
    func isUnheardOf(_ known: WatchedAsset.Known, on asset: StreamID) -> Bool {
        guard let ecosystem = known.ecosystem else { return false }
        let own = fleet.inventories.packages(of: asset.text).filter { $0.name == known.package }
        return !own.isEmpty
            && own.allSatisfy {
                $0.ecosystem.text != ecosystem && !fleet.advisories.covers($0.ecosystem)
            }
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
