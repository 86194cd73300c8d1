import APIContract

/// What an approver is asked to allow, in words: everything that happens when they do.
enum ApprovalPreview {
    /// Of a patch that was submitted.
    static func lines(_ patch: PatchResource) -> String {
        let (assessment, approval) = (patch.assessment, patch.approval)
        return Table.details(
            [
                ("patch", "\(patch.title) (\(patch.id))"), ("class", patch.riskClass),
                (
                    "packages",
                    patch.packages.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
                ),
            ] + effects(assessment) + [
                ("hosts", approval?.assets.map { Count.of($0, "asset") }),
                ("by platform", approval?.strata.map(counts)),
                ("by site", approval?.sites.map(counts)),
            ] + cautions(patch) + [
                (
                    "approvers",
                    approval?.approversNeeded.map { needed in
                        "\(needed) needed, \(approval?.approvers?.count ?? 0) so far"
                    }
                ),
                ("emergency", emergency(patch)),
                ("good until", approval?.expiresAt.map(Moment.short)),
                ("digest", approval?.digest),
            ])
    }

    /// Of a rollout with its plan, and the patch that it brings.
    static func lines(
        _ rollout: RolloutResource, _ plan: PlanResource, _ patch: PatchResource
    ) -> String {
        let targets = plan.batches.flatMap(\.targets)
        let gate = plan.gate
        let batches = plan.batches.map { batch in
            "\(RolloutTable.name(ofBatch: batch.index)) \(batch.targets.count), "
                + "soak \(batch.soakSeconds) s"
        }
        return Table.details(
            [
                ("rollout", "of \(rollout.patchTitle) (\(rollout.id))"),
                ("class", patch.riskClass),
                (
                    "packages",
                    plan.packages.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
                ),
            ] + effects(patch.assessment) + [
                ("reboot policy", plan.rebootPolicy),
                (
                    "hosts",
                    Count.of(targets.count, "asset")
                        + (plan.skipped.isEmpty ? "" : ", \(plan.skipped.count) left out")
                ),
                ("by platform", counts(tally(targets.map(\.stratum)))),
                ("by site", counts(tally(targets.map { $0.site ?? "-" }))),
                ("batches", batches.joined(separator: "; ")),
                (
                    "gate",
                    "at most \(gate.maxFailures) failures and \(gate.maxFailurePercent) %, at least "
                        + "\(gate.minSuccessPercent) % successes; else \(gate.onTrip)"
                ),
            ] + cautions(patch) + [
                ("emergency", rollout.emergency),
                ("predicted end", plan.predictedEnd.map(Moment.short)),
                ("digest", plan.digest),
            ])
    }

    private static func effects(_ assessment: AssessmentResource?) -> [(
        name: String, value: String?
    )] {
        guard let assessment else { return [] }
        func list(_ names: [String]?) -> String {
            names.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") } ?? "none"
        }
        return [
            ("services", list(assessment.services)), ("dependents", list(assessment.dependents)),
            ("downtime", "\(assessment.expectedDowntimeSeconds) s"),
            ("reboot", assessment.rebootExpected ? "expected" : "not expected"),
            ("effort", "\(assessment.effortMinutes) min"),
        ]
    }

    private static func cautions(_ patch: PatchResource) -> [(name: String, value: String?)] {
        let introduced = (patch.introducedFlaws ?? []).map { flaw in
            let end = flaw.mendedBy.map { "mended by \($0)" } ?? "mended by nobody"
            return "\(flaw.flaw), \(end)"
        }
        return [
            (
                "known flaws",
                patch.flaws.map { $0.uncovered == true ? "unknown" : String($0.total) }
            ),
            ("introduced flaws", introduced.isEmpty ? "none" : introduced.joined(separator: "; ")),
            ("exceptions", patch.exceptions?.joined(separator: ", ") ?? "none"),
        ]
    }

    private static func emergency(_ patch: PatchResource) -> String? {
        patch.emergency.map {
            "\($0.id) until \(Moment.short($0.until)), declared by "
                + $0.declaredBy.joined(separator: ", ")
                + ($0.freezeOverride == nil ? "" : ", overrides freezes")
        }
    }

    private static func tally(_ names: [String]) -> [AssetCountResource] {
        Dictionary(grouping: names, by: \.self).sorted { $0.key < $1.key }.map {
            AssetCountResource(name: $0.key, assets: $0.value.count)
        }
    }

    static func counts(_ counts: [AssetCountResource]) -> String {
        let shown = counts.prefix(20).map {
            "\($0.name.isEmpty ? "others" : $0.name) \($0.assets)"
        }
        return shown.joined(separator: ", ")
            + (counts.count > 20 ? " and \(counts.count - 20) more" : "")
    }
}
