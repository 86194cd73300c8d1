import APIContract
import ArgumentParser

extension RolloutCommand {
    struct Plan: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a plan, with a digest, and changes nothing.",
            discussion: "'rollout apply' makes a rollout of exactly that plan.")

        @Option(help: "The patch's id.")
        var patch: String

        @Option(
            help: ArgumentHelp(
                """
                Sizes of the batches, the canary first, as in Ansible's serial, such as \
                1,10%,25%,rest. By default the policy's: 1, 10, 25, 50 and 100 % in all; for \
                urgent patches 1, 25 and 100 %.
                """, valueName: "sizes"))
        var batches: String?

        @Option(
            help: """
                How long each batch must stay healthy before its gate can pass. By default the \
                policy's: 24h after the canary and 12h after each further batch of an important \
                patch, 1h for urgent ones, 24h for the others.
                """)
        var soak: Seconds?

        @Option(help: "A batch with more failures than this trips.")
        var maxFailures: Int?

        @Option(help: "A batch with a larger share of failures than this trips.")
        var maxFailurePercent: Int?

        @Option(help: "A batch with a smaller share of successes than this does not pass.")
        var minSuccessPercent: Int?

        @Option(help: "A batch with a larger share of absent assets than this trips.")
        var maxAbsentPercent: Int?

        @Option(
            help: """
                A rollout with more failures than this, acknowledged or not, trips (default 10 % \
                of the assets, at least 3).
                """)
        var maxTotalFailures: Int?

        @Option(help: "What a tripped gate does: pause, freeze, rollbackBatch or rollbackAll.")
        var onTrip: String?

        @Option(help: "At most so many assets at once.")
        var atOnce: Int?

        @Option(help: "How often a host that is away, or whose dpkg is locked, is tried again.")
        var retries: Int?

        @Option(help: "How long before the first of these; doubled each time, such as 15s.")
        var retryDelay: Seconds?

        @Option(
            help: ArgumentHelp(
                """
                Whether hosts are rebooted where the patch needs it: never, ifRequired, always or \
                servicesSuffice. By default the policy's.
                """, valueName: "policy"))
        var reboot: String?

        @Option(
            help: ArgumentHelp(
                """
                A probe of the policy for rollouts by which hosts are asked for their health, before \
                each batch and while it soaks; repeat it for each.
                """, valueName: "name"))
        var probe: [String] = []

        @OptionGroup var target: TargetOptions
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let gate = GateOverrides(
                maxFailures: maxFailures, maxFailurePercent: maxFailurePercent,
                minSuccessPercent: minSuccessPercent, maxAbsentPercent: maxAbsentPercent,
                maxTotalFailures: maxTotalFailures, onTrip: onTrip)
            let caps = CapsResource(total: atOnce)
            let plan: PlanResource = try await session.client.post(
                "plans",
                PlanRolloutRequest(
                    patch: patch, target: try target.selector(), batches: batches,
                    soakSeconds: soak?.value,
                    gate: gate == GateOverrides() ? nil : gate,
                    caps: caps == CapsResource() ? nil : caps, rebootPolicy: reboot,
                    retries: retries == nil && retryDelay == nil
                        ? nil
                        : RetriesResource(
                            count: retries, firstDelaySeconds: retryDelay?.value),
                    probes: probe.isEmpty ? nil : probe))
            try session.printer.show(plan) { PlanTable.details(plan) }
        }
    }
}

enum PlanTable {
    static func details(_ plan: PlanResource) -> String {
        let gate = plan.gate
        var text = Table.details([
            ("plan", plan.id), ("digest", plan.digest), ("patch", plan.patch),
            ("artefact", plan.artefactDigest),
            (
                "packages",
                plan.packages.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
            ),
            (
                "gate",
                """
                at most \(gate.maxFailures) failures and \(gate.maxFailurePercent) %, at least \
                \(gate.minSuccessPercent) % successes, at most \(gate.maxAbsentPercent) % absent; \
                else \(gate.onTrip)
                """
            ),
            ("over all batches", gate.maxTotalFailures.map { "at most \($0) failures" }),
            ("at once", plan.caps.total.map(String.init)),
            ("at once per site", plan.caps.perSite.map(String.init)),
            ("reboot", plan.rebootPolicy),
            (
                "probes",
                plan.health.map {
                    """
                    \($0.probes.joined(separator: ", ")) on \($0.sampleHosts) hosts of a batch, every \
                    \($0.intervalSeconds) s
                    """
                }
            ),
            ("policy", plan.policyVersion.map { "version \($0)" }),
            ("retries the failures of", plan.retryOf),
            ("introduced flaws", plan.introducedFlaws?.joined(separator: ", ")),
            ("predicted end", plan.predictedEnd.map(Moment.short)),
            ("deadline", plan.slaDeadline.map(Moment.short)),
            ("too late", plan.lateness),
            (
                "windows",
                plan.calendars.map { calendars in
                    calendars.map { $0.windows.joined(separator: " and ") }
                        .joined(separator: "; ")
                } ?? "none: they begin at any time"
            ),
        ])
        text += "\n" + Table.text(plan.batches, batchColumns)
        if !plan.skipped.isEmpty { text += "\n" + Table.text(plan.skipped, skippedColumns) }
        return text
    }

    private static let batchColumns: [Column<PlannedBatchResource>] = [
        Column("batch") { RolloutTable.name(ofBatch: $0.index) },
        Column("assets", .right) { String($0.targets.count) },
        Column("soak", .right) { "\($0.soakSeconds) s" },
        Column("begins") { $0.predictedStart.map(Moment.short) ?? "-" },
        Column("ends") { batch in
            let end = batch.predictedEnd.map(Moment.short) ?? "-"
            return batch.isShort == true ? "\(end), its windows end before" : end
        },
        Column("hosts") { batch in
            let names = batch.targets.prefix(8).map(\.name).joined(separator: " ")
            return batch.targets.count > 8 ? names + " ..." : names
        },
    ]

    private static let skippedColumns: [Column<SkippedAssetResource>] = [
        Column("skipped") { $0.name }, Column("asset") { $0.asset },
        Column("reason") { $0.reason },
    ]
}
