package import EventSourcing

extension AssetDecider {
    /// Sources that may report on one asset.
    static let mostSources = 20

    static func take(
        _ taking: ReportTaking, _ context: CommandContext, _ state: Asset,
        _ registration: AssetRegistration
    ) throws(AssetRejection) -> [AssetEvent] {
        if let fault = taking.faults.first { throw .badField(fault) }
        guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
        let latest = context.at + .seconds(FindingDecider.toleratedSeconds)
        guard taking.gathered <= latest else {
            throw .badField(
                FieldFault(
                    field: "gathered", value: taking.gathered.description,
                    rule: "it is after \(latest): correct it, or the clock that gave it"))
        }
        guard let known = state.reports.first(where: { $0.source == taking.source }) else {
            guard state.reports.count < mostSources else {
                throw .tooManySources(registration.name, mostSources)
            }
            return [
                .reportTaken(PackageReportTaken(taking: taking, before: nil, by: context.actor))
            ]
        }
        guard taking.gathered >= known.gathered else {
            throw .olderReport(
                source: taking.source, gathered: taking.gathered, known: known.gathered)
        }
        guard taking.report != known.report else {
            return taking.gathered == known.gathered
                ? []
                : [
                    .reportConfirmed(
                        PackageReportConfirmed(
                            source: taking.source, report: taking.report,
                            gathered: taking.gathered))
                ]
        }
        return [
            .reportTaken(
                PackageReportTaken(taking: taking, before: known.report, by: context.actor))
        ]
    }

    static func forget(
        _ source: String, _ reason: String, _ context: CommandContext, _ state: Asset,
        _ registration: AssetRegistration
    ) throws(AssetRejection) -> [AssetEvent] {
        if let fault = FieldFault.inText("reason", reason, longest: 4000) { throw .badField(fault) }
        guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
        guard let known = state.reports.first(where: { $0.source == source }) else {
            throw .unknownSource(source, known: state.reports.map(\.source))
        }
        return [
            .sourceForgotten(
                ReportSourceForgotten(
                    source: source, report: known.report, reason: reason, by: context.actor))
        ]
    }
}

extension Asset {
    /// The last report of one source besides the host itself.
    package struct SourceReport: Sendable, Equatable {
        package let source: String
        package let report: Digest
        package let gathered: Timestamp
        package let format: String
        package let counts: ReportCounts
    }

    /// A source was asked again: what it says is what it was.
    mutating func confirm(_ confirmed: PackageReportConfirmed) {
        guard let known = reports.first(where: { $0.source == confirmed.source }) else { return }
        note(
            SourceReport(
                source: confirmed.source, report: confirmed.report, gathered: confirmed.gathered,
                format: known.format, counts: known.counts))
    }

    mutating func note(_ report: SourceReport) {
        reports.removeAll { $0.source == report.source }
        reports.append(report)
        reports.sort { $0.source < $1.source }
    }
}
