internal import Advisories
package import EventSourcing

/// What a report says against findings: of each vulnerability the findings that it may have here,
/// under all its names. Those that don't stand as it doubts refuse what is asked of them.
package struct ScannerDoubt: Sendable, Equatable {
    let asset: StreamID
    /// The names of the vulnerability, as `WatchedAsset.known` has them.
    let keys: [String]
    /// On the asset, by these names.
    package let findings: [StreamID]
    package let command: FindingCommand
}

extension FindingMonitor {
    /// What the scanner finds that may be verified as gone is disputed; what it disputed before and
    /// finds no longer is not. What it finds unchanged it still finds.
    ///
    /// - Parameters:
    ///   - evidence: Digest of `report`.
    ///   - before: The report of the same source that it takes the place of; nil for none, and for one
    ///     that is the same.
    package func doubts(
        of source: String, _ evidence: Digest, gathered: Timestamp, on asset: StreamID,
        _ report: AssetReport, before: AssetReport?
    ) -> [ScannerDoubt] {
        let found = report.open.map { id in
            doubt(
                of: id, on: asset,
                .dispute(
                    .stillThere, source: source, evidence: evidence, gathered: gathered,
                    reason: "\(source) finds \(id) on \(gathered)"))
        }
        // Named otherwise only, it is found still.
        let still = Set(found.flatMap(\.findings))
        let gone = (before?.open ?? []).map { id in
            doubt(
                of: id, on: asset,
                .rejectDispute(
                    source: source, gathered: gathered,
                    reason: "\(source) finds \(id) no longer on \(gathered)"))
        }
        return found + gone.filter { still.isDisjoint(with: $0.findings) }
    }

    /// Whether it says nothing against anything: the finding is open here, as it says. To be asked when
    /// all that was due has been asked.
    package func isIdle(_ doubt: ScannerDoubt) -> Bool {
        guard case .dispute = doubt.command, let known = assets[doubt.asset]?.known else {
            return false
        }
        return doubt.keys.contains { known[$0] != nil }
    }

    func doubt(
        of id: VulnerabilityID, on asset: StreamID, _ command: FindingCommand
    ) -> ScannerDoubt {
        let names = fleet.advisories.vulnerabilities(named: id.text).flatMap {
            [$0] + fleet.advisories.aliases(of: $0)
        }
        let ids = Set([id] + names.compactMap { VulnerabilityID($0) }).sorted()
        return ScannerDoubt(
            asset: asset, keys: ids.map(\.key),
            findings: ids.map { Finding.id(asset: asset, vulnerability: $0) }, command: command)
    }
}
