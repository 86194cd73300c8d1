import APIContract

enum RolloutTable {
    static let columns: [Column<RolloutResource>] = [
        Column("rollout") { $0.id }, Column("patch") { $0.patchTitle },
        Column("state") { $0.state },
        Column("batch") {
            $0.state == "awaitingStragglers"
                ? "stragglers" : $0.batch.map(name(ofBatch:)) ?? "-"
        },
        Column("changed") { Moment.minute($0.changedAt) },
        Column("hosts") { words($0.counts) },
    ]

    static let deploymentColumns: [Column<DeploymentResource>] = [
        Column("host") { $0.host }, Column("batch") { name(ofBatch: $0.batch) },
        Column("state") { $0.state }, Column("outcome") { $0.outcome ?? "-" },
        Column("before") { versions($0.before) }, Column("after") { versions($0.after) },
        Column("deployment") { $0.id }, Column("reason") { $0.reason ?? words($0.items) },
    ]

    /// Of a bundle: each patch with what became of it.
    private static func words(_ items: [ItemOutcomeResource]?) -> String {
        (items ?? []).map { "\($0.patch) \($0.outcome)" }.joined(separator: ", ")
    }

    /// Batches are counted from the canary, which is number 0 in the log and in JSON.
    static func name(ofBatch index: Int) -> String { index == 0 ? "canary" : String(index) }

    private static func name(of batch: BatchResource) -> String {
        batch.returnUntil == nil ? name(ofBatch: batch.index) : "stragglers"
    }

    private static func words(forStateOf batch: BatchResource) -> String {
        guard batch.state == "awaitingReturn", let until = batch.returnUntil else {
            return batch.state
        }
        return "may return until \(Moment.minute(until))"
    }

    private static let batchColumns: [Column<BatchResource>] = [
        Column("batch") { name(of: $0) }, Column("state") { words(forStateOf: $0) },
        Column("assets", .right) { String($0.size) },
        Column("succeeded", .right) { String($0.counts.succeeded) },
        Column("failed", .right) { String($0.counts.failed) },
        Column("unknown", .right) { String($0.counts.unknown) },
        Column("gate") { $0.gate.map(words) ?? "-" },
    ]

    static func details(_ rollout: RolloutResource) -> String {
        var text = Table.details([
            ("rollout", rollout.id), ("patch", "\(rollout.patchTitle) (\(rollout.patch))"),
            ("state", rollout.state), ("reason", rollout.reason),
            ("emergency", rollout.emergency), ("schedule", rollout.schedule),
            (
                "postponed",
                rollout.postponed?.map {
                    "\($0.asset) until \(Moment.short($0.until)) (\($0.number)): \($0.reason)"
                }.joined(separator: "\n")
            ),
            ("misses the deadline", rollout.missedDeadline.map(Moment.short)),
            (
                "knows of the miss",
                rollout.missedDeadline == nil
                    ? nil
                    : rollout.missAcknowledgedBy
                        ?? "nobody: a riskOwner has to, before it can start"
            ),
            ("plan", rollout.planDigest), ("counts", words(rollout.counts)),
            ("predicted end", rollout.predictedEnd.map(Moment.short)),
            ("planned", Moment.short(rollout.plannedAt)),
            ("changed", Moment.short(rollout.changedAt)), ("version", String(rollout.version)),
        ])
        if let approval = rollout.approval { text += "\n" + PatchTable.details(approval) }
        if !rollout.batches.isEmpty { text += "\n" + Table.text(rollout.batches, batchColumns) }
        return text + HealthTable.text(rollout.batches)
    }

    /// Such as `pass: 3 of 3 good, 0 bad, 0 open`, or `trip: maxFailures is 1, limit 0, by host-3`.
    static func words(_ gate: GateResource) -> String {
        if gate.verdict == "pass" {
            return gate.value.isEmpty ? gate.verdict : "\(gate.verdict): \(gate.value)"
        }
        let hosts = gate.hosts.isEmpty ? gate.assets : gate.hosts
        let shown = hosts.prefix(5).joined(separator: " ") + (hosts.count > 5 ? " ..." : "")
        return "\(gate.verdict): \(gate.rule) is \(gate.value)"
            + (gate.limit.isEmpty ? "" : ", limit \(gate.limit)")
            + (hosts.isEmpty ? "" : ", by \(shown)")
    }

    /// The counts that aren't zero.
    static func words(_ counts: DeploymentCounts) -> String {
        let all = [
            (counts.waiting, "waiting"), (counts.running, "running"),
            (counts.succeeded, "succeeded"), (counts.failed, "failed"),
            (counts.unknown, "unknown"), (counts.absent, "absent"), (counts.skipped, "skipped"),
            (counts.cancelled, "cancelled"), (counts.rolledBack, "rolled back"),
        ]
        let shown = all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return shown.isEmpty ? "none yet" : shown.joined(separator: ", ")
    }

    private static func versions(_ packages: [PackageResource]) -> String {
        let versions = Set(packages.map(\.version)).sorted()
        return versions.isEmpty ? "-" : versions.joined(separator: " ")
    }
}
