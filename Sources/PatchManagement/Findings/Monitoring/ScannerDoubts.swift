internal import Advisories
package import EventSourcing

/// What a report says against findings: of each vulnerability the findings that it may have here,
/// under all its names. Those that don't stand as it doubts refuse what is asked of them.
package struct ScannerDoubt: Sendable, Equatable {
    /// On the asset, by the names of the vulnerability.
    package let findings: [StreamID]
    package let command: FindingCommand

    package init(findings: [StreamID], command: FindingCommand) {
        self.findings = findings
        self.command = command
    }
}

extension FindingMonitor {
    /// What the scanner finds that may be verified as gone is disputed; what it disputed before and
    /// finds no longer is not.
    ///
    /// - Parameters:
    ///   - report: What `taken` names.
    ///   - before: The report of the same source that it takes the place of.
    package func doubts(
        _ taken: PackageReportTaken, of asset: StreamID, _ report: AssetReport,
        before: AssetReport?
    ) -> [ScannerDoubt] {
        let taking = taken.taking
        let open = report.open
        let found = open.map { id in
            ScannerDoubt(
                findings: findings(of: id, on: asset),
                command: .dispute(
                    .stillThere, source: taking.source, evidence: taking.report,
                    gathered: taking.gathered,
                    reason: "\(taking.source) finds \(id) on \(taking.gathered)"))
        }
        let gone = (before?.open ?? []).filter { !open.contains($0) }.map { id in
            ScannerDoubt(
                findings: findings(of: id, on: asset),
                command: .rejectDispute(
                    source: taking.source, gathered: taking.gathered,
                    reason: "\(taking.source) finds \(id) no longer on \(taking.gathered)"))
        }
        return found + gone
    }

    private func findings(of id: VulnerabilityID, on asset: StreamID) -> [StreamID] {
        let names = fleet.advisories.vulnerabilities(named: id.text).flatMap {
            [$0] + fleet.advisories.aliases(of: $0)
        }
        return Set([id] + names.compactMap { VulnerabilityID($0) }).sorted().map {
            Finding.id(asset: asset, vulnerability: $0)
        }
    }
}
