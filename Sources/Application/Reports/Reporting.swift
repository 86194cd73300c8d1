internal import EventSourcing
package import PatchManagement

/// What a report is wanted of, as the request put it.
package struct ReportWish: Sendable, Equatable {
    package var moment = Moment()
    /// A time, or a date, which means its start.
    package var from: String?
    /// A time, or a date, which means its end.
    package var to: String?
    package var site: String?
    package var owner: String?
    package var environment: String?
    package var riskClass: String?
    /// By what its rows are told apart; nil for classes alone.
    package var grouping: String?

    package init() {}
}

/// A report, and what it is of.
package struct Report<Row: Sendable>: Sendable {
    /// Everything up to this position is in it.
    package let position: Int64
    package let period: ReportPeriod
    package let scope: ReportScope
    package let grouping: ReportGrouping
    package let rows: [Row]
}

/// Reports are counted when they are asked for, from the read models as of a moment: each figure is
/// what `PatchManagement` says of the facts, and can be had again for any past position.
extension UseCases {
    /// How many findings are closed in time, of those that should be.
    package func complianceReport(
        _ caller: Caller, _ wish: ReportWish
    ) async throws -> Report<GroupedCounts<ComplianceCounts>.Row> {
        let frame = try await frame(caller, wish)
        var tally = ComplianceTally(frame.period, frame.scope, by: frame.grouping)
        let position = try await reads.facts(frame.wish(isFindingsOnly: true)) { fact in
            if case .finding(let finding) = fact { tally.add(finding) }
        }
        return frame.report(position, tally.rows)
    }

    /// What is open, and how soon it is due.
    package func slaReport(
        _ caller: Caller, _ wish: ReportWish
    ) async throws -> Report<GroupedCounts<BurnDownCounts>.Row> {
        if let from = wish.from {
            throw InvalidInput(
                field: "from",
                message: "'\(from)': a burn-down is of one moment; say it with to or as_of")
        }
        let frame = try await frame(caller, wish)
        var tally = BurnDownTally(at: frame.period.to, frame.scope, by: frame.grouping)
        let position = try await reads.facts(frame.wish(isFindingsOnly: true)) { fact in
            if case .finding(let finding) = fact { tally.add(finding) }
        }
        return frame.report(position, tally.rows)
    }

    /// Every metric, with its denominator.
    package func metricsReport(_ caller: Caller, _ wish: ReportWish) async throws -> Report<Figure>
    {
        if let grouping = wish.grouping {
            throw InvalidInput(
                field: "by",
                message: "'\(grouping)': metrics are told apart by class only; filter by the others"
            )
        }
        let frame = try await frame(caller, wish)
        var tally = MetricsTally(frame.period, frame.scope)
        let position = try await reads.facts(frame.wish(isFindingsOnly: false)) { fact in
            switch fact {
            case .finding(let finding): tally.add(finding)
            case .asset(let asset): tally.add(asset)
            case .deployment(let deployment, let asset): tally.add(deployment, on: asset)
            case .rollout(let rollout): tally.add(rollout)
            case .patch(let patch): tally.add(patch)
            }
        }
        return frame.report(position, tally.figures)
    }

    /// What a report is about, in the words of the domain.
    private struct Frame {
        let period: ReportPeriod
        let scope: ReportScope
        let grouping: ReportGrouping
        let asOf: Int64?

        func wish(isFindingsOnly: Bool) -> FactWish {
            FactWish(scope, asOf: asOf, isFindingsOnly: isFindingsOnly)
        }

        func report<Row>(_ position: Int64, _ rows: [Row]) -> Report<Row> {
            Report(position: position, period: period, scope: scope, grouping: grouping, rows: rows)
        }
    }

    private func frame(_ caller: Caller, _ wish: ReportWish) async throws -> Frame {
        _ = try authorise(caller, .readReports)
        var scope = ReportScope()
        scope.site = wish.site
        scope.owner = wish.owner
        scope.environment = try wish.environment.map { try known($0, "environment") }
        scope.riskClass = try wish.riskClass.map { try known($0, "risk_class") }
        let grouping: ReportGrouping = try wish.grouping.map { try known($0, "by") } ?? .riskClass
        let from = try wish.from.map { try start($0, field: "from") }
        let (asOf, to) = try await end(wish)
        if let from, from > to {
            throw InvalidInput(
                field: "from", message: "'\(from)' lies after the end of the period, \(to)")
        }
        return Frame(
            period: ReportPeriod(from: from, to: to), scope: scope, grouping: grouping, asOf: asOf)
    }

    /// The end of the period, and as of when it is known: then, unless `as_of` says otherwise.
    private func end(_ wish: ReportWish) async throws -> (asOf: Int64?, to: Timestamp) {
        let asOf = try await position(wish.moment)
        var known = now()
        if let asOf {
            if let text = wish.moment.asOf, let time = Timestamp(pastText: text) {
                // What is to come is not known, whatever moment was asked for.
                known = min(time, known)
            } else if let recorded = try await reads.moment(of: asOf) {
                known = recorded
            } else {
                throw InvalidInput(
                    field: "as_of",
                    message: "no event at position \(asOf) says which time it is of; name a time")
            }
        }
        guard let text = wish.to else { return (asOf, known) }
        let to = try time(text, field: "to")
        guard to <= known else {
            throw InvalidInput(
                field: "to", message: "'\(text)' lies after \(known), up to which it is known")
        }
        if asOf != nil { return (asOf, to) }
        return (try await reads.position(at: to), to)
    }

    private func known<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ field: String
    ) throws(InvalidInput) -> Choice {
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidInput(field: field, message: "'\(text)' is none of \(names)")
        }
        return choice
    }
}
