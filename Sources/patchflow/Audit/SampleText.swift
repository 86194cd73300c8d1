internal import Audit
internal import CommandLineClient
internal import EventSourcing

/// A sample as people read it: the population and how it adds up, then what was drawn.
enum SampleText {
    static func text(_ sample: AuditSample) -> String {
        let dates = RecordedDates(from: sample.from, to: sample.to)?.description
        let isDated = sample.from != nil || sample.to != nil
        let summary = Table.details([
            ("log", sample.origin),
            ("checkpoint", "\(sample.size) entries, root \(sample.root)"),
            ("signed by", sample.signedBy),
            ("drawn", "\(sample.items.count) of \(sample.population) \(sample.of.rawValue)"),
            ("first recorded", isDated ? dates : nil), ("seed", sample.seed),
            ("algorithm", sample.algorithm),
        ])
        return summary + "\n" + reconciliation(sample) + "\n" + items(sample)
    }

    private static func reconciliation(_ sample: AuditSample) -> String {
        var rows = sample.states.map { ($0.name, $0.count) }
        rows.append(("population", sample.population))
        rows += sample.excluded.map { ("excluded: \($0.name)", $0.count) }
        rows.append(("in the log", sample.whole))
        let table = Table.text(
            rows,
            [
                Column(sample.of.rawValue) { $0.0 },
                Column("count", .right) { "\($0.1)" },
            ])
        return table + (sample.reconciles ? "" : "NOT RECONCILED: the numbers don't add up\n")
    }

    private static func items(_ sample: AuditSample) -> String {
        guard !sample.items.isEmpty else { return "nothing to draw\n" }
        return Table.text(
            sample.items,
            [
                Column("id") { $0.id }, Column("state") { $0.state },
                Column("recorded") { $0.recordedAt.description },
                Column("positions") { positions($0.positions) },
            ])
            + "prove an event: patchflow audit prove POSITION --size \(sample.size)\n"
    }

    /// Runs of neighbours are written with a dash.
    private static func positions(_ positions: [Int64]) -> String {
        var runs: [ClosedRange<Int64>] = []
        for position in positions {
            if let last = runs.last, last.upperBound == position - 1 {
                runs[runs.count - 1] = last.lowerBound...position
            } else {
                runs.append(position...position)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
