import APIContract

/// What hosts said of their health, probe by probe.
enum HealthTable {
    private struct Row {
        let batch: BatchResource
        let health: HealthResource
        let probe: ProbeResource
    }

    /// Empty where nobody was asked.
    static func text(_ batches: [BatchResource]) -> String {
        let rows = batches.flatMap { batch in
            (batch.health?.probes ?? []).compactMap { probe in
                batch.health.map { Row(batch: batch, health: $0, probe: probe) }
            }
        }
        return rows.isEmpty ? "" : "\n" + Table.text(rows, columns)
    }

    private static let columns: [Column<Row>] = [
        Column("health of") { RolloutTable.name(ofBatch: $0.batch.index) },
        Column("round") { "\($0.health.kind) \($0.health.rounds)" },
        Column("verdict") { $0.health.verdict },
        Column("probe") { $0.probe.name },
        Column("good", .right) { String($0.probe.good) },
        Column("bad", .right) { String($0.probe.bad) },
        Column("missing", .right) { String($0.probe.missing) },
        Column("mean", .right) { mean($0.probe.mean, $0.probe.samples) },
        Column("before", .right) { mean($0.probe.baselineMean, $0.probe.baselineSamples) },
        Column("control", .right) { mean($0.probe.controlMean, $0.probe.controlSamples) },
    ]

    /// Such as `12 of 5`, the mean of five samples.
    private static func mean(_ mean: Int?, _ samples: Int?) -> String {
        mean.map { "\($0) of \(samples ?? 0)" } ?? "-"
    }
}
