import APIContract

enum PatchTable {
    /// What fits 120 columns, as a terminal often has.
    static let columns: [Column<PatchResource>] = [
        Column("patch") { $0.id }, Column("title") { $0.title }, Column("state") { $0.state },
        Column("class") { $0.riskClass ?? "-" }, due,
        Column("verified", .right) { "\($0.counts.verified) of \($0.counts.applicable)" },
        Column("failed", .right) { String($0.counts.failed) },
        Column("open", .right) { String($0.counts.open) },
        Column("changed", exact: { $0.changedAt }) { Moment.minute($0.changedAt) },
    ]

    /// What has to be known to put patches together.
    static let reviewColumns: [Column<PatchResource>] = [
        Column("patch") { $0.id }, Column("title") { $0.title }, Column("state") { $0.state }, due,
        Column("findings", .right) { String($0.due?.findings ?? 0) },
        Column("needed", .right) { String($0.due?.assets ?? 0) },
        Column("assets", .right) { String($0.counts.applicable) },
        Column("reboot") { $0.assessment.map { $0.rebootExpected ? "expected" : "no" } ?? "-" },
        Column("downtime", .right) {
            $0.assessment.map { "\($0.expectedDowntimeSeconds) s" } ?? "-"
        },
        Column("effort", .right) { $0.assessment.map { "\($0.effortMinutes) min" } ?? "-" },
    ]

    private static let due = Column<PatchResource>("due", exact: { $0.due?.deadline }) {
        $0.due?.deadline.map(Moment.minute) ?? "-"
    }

    static func details(_ patch: PatchResource) -> String {
        var text = Table.details([
            ("patch", patch.id), ("title", patch.title), ("state", patch.state),
            ("class", patch.riskClass), ("vendor id", patch.vendorId), ("kind", patch.kind),
            ("purpose", patch.purpose), ("source", patch.sourcePackage), ("origin", patch.origin),
            (
                "supersedes",
                patch.supersedes.isEmpty ? nil : patch.supersedes.joined(separator: " ")
            ),
            ("holds", patch.holds?.joined(separator: " ")),
            ("in pack", patch.pack.map(words)),
            ("excepted by", patch.exceptions?.joined(separator: " ")),
            (
                "emergency",
                patch.emergency.map { "\($0.id) until \(Moment.short($0.until))" }
            ),
            ("mends", patch.mends?.map { "\($0.flaw) of \($0.patch)" }.joined(separator: ", ")),
            (
                "due",
                patch.due.map { due in
                    let findings = Count.of(due.findings, "finding")
                    let time = due.deadline.map(Moment.short) ?? "no deadline yet"
                    return "\(time), \(findings) on \(Count.of(due.assets, "asset"))"
                }
            ),
            ("artefact", patch.artefactDigest), ("signed off by", patch.signedOffBy),
            (
                "assets",
                "\(patch.counts.applicable) applicable, \(patch.counts.verified) verified, "
                    + "\(patch.counts.failed) failed, \(patch.counts.open) open"
            ),
            ("identified", Moment.short(patch.identifiedAt)),
            ("changed", Moment.short(patch.changedAt)), ("version", String(patch.version)),
        ])
        text += "\n" + Table.text(patch.packages, packageColumns)
        if let members = patch.members { text += "\n" + Table.text(members, partColumns) }
        if let parts = patch.parts { text += "\n" + Table.text(parts, partColumns) }
        if let flaws = patch.flaws { text += "\n" + details(flaws) }
        if let flaws = patch.introducedFlaws {
            text += "\n" + Table.text(flaws, introducedFlawColumns)
        }
        if let assessment = patch.assessment { text += "\n" + details(assessment) }
        if let qualification = patch.qualification { text += "\n" + details(qualification) }
        if let approval = patch.approval { text += "\n" + details(approval) }
        if !patch.rollouts.isEmpty { text += "\n" + Table.text(patch.rollouts, rolloutColumns) }
        return text
    }

    private static func details(_ flaws: PatchFlawsResource) -> String {
        if flaws.uncovered == true {
            return "known flaws  unknown: no advisory here is about its platforms\n"
        }
        guard flaws.total > 0 else { return "known flaws  none\n" }
        return Table.details([
            ("known flaws", String(flaws.total)), ("digest", flaws.digest),
            ("accepted by", flaws.acceptedBy),
        ]) + "\n" + Table.text(flaws.flaws, flawColumns)
    }

    private static let flawColumns: [Column<PatchFlawResource>] = [
        Column("vulnerability") { $0.vulnerability }, Column("class") { $0.riskClass },
        Column("package") { $0.package }, Column("version") { $0.version },
        Column("fixed in") { $0.fixed ?? "-" },
    ]

    private static func words(_ pack: PackMembershipResource) -> String {
        guard let remaining = pack.remaining else { return pack.id }
        return "\(pack.id), verified, \(Count.of(remaining, "asset")) outside of it"
    }

    /// What whoever approves has to know of it, as the end of a question; empty mostly.
    static func caution(_ patch: PatchResource) -> String {
        let unmended = (patch.introducedFlaws ?? []).filter { $0.mendedBy == nil }
        guard !unmended.isEmpty else { return "" }
        let names = unmended.map { Table.printable($0.flaw) }.joined(separator: ", ")
        return ", though it introduced \(names)"
    }

    private static let partColumns: [Column<PatchPartResource>] = [
        Column("part") { $0.patch }, Column("source") { $0.sourcePackage },
        Column("packages") { $0.packages.joined(separator: " ") },
    ]

    private static let introducedFlawColumns: [Column<IntroducedFlawResource>] = [
        Column("introduced flaw") { $0.flaw }, Column("class") { $0.riskClass ?? "-" },
        Column("mended by") { $0.mendedBy ?? "nobody" },
        Column("accepted by") { $0.acceptedBy ?? "-" }, Column("reason") { $0.reason },
    ]

    static func details(_ approval: ApprovalResource) -> String {
        Table.details([
            ("approval", approval.state), ("digest", approval.digest),
            ("requested by", "\(approval.requestedBy), \(Moment.short(approval.requestedAt))"),
            (
                "decided by",
                approval.decidedBy.map { by in
                    "\(by), \(approval.decidedAt.map(Moment.short) ?? "")"
                }
            ),
            ("reason", approval.reason), ("expires", approval.expiresAt.map(Moment.short)),
            (
                "approvers",
                approval.approversNeeded.map { needed in
                    let given = approval.approvers ?? []
                    let roles = approval.approverRoles ?? []
                    return "\(needed) needed"
                        + (roles.isEmpty ? "" : ", among them \(roles.joined(separator: ", "))")
                        + (given.isEmpty ? "" : ", given by \(given.joined(separator: ", "))")
                }
            ),
            ("waits for", approval.awaitedRoles?.joined(separator: ", ")),
            ("for", approval.target.map(words)),
            ("hosts", approval.assets.map { Count.of($0, "asset") }),
            ("by platform", approval.strata.map(ApprovalPreview.counts)),
            ("by site", approval.sites.map(ApprovalPreview.counts)),
            ("in emergency", approval.emergency),
            (
                "standing approval",
                approval.standing.map { standing in
                    "\(standing), given by "
                        + (approval.standingBy ?? []).joined(separator: " and ")
                }
            ),
        ])
    }

    private static func details(_ assessment: AssessmentResource) -> String {
        Table.details([
            ("assessed", Count.of(assessment.assets, "asset")),
            ("platforms", assessment.strata.joined(separator: ", ")),
            (
                "services",
                assessment.services.isEmpty ? nil : assessment.services.joined(separator: ", ")
            ),
            ("dependents", assessment.dependents?.joined(separator: ", ")),
            ("downtime", "\(assessment.expectedDowntimeSeconds) s"),
            ("reboot", assessment.rebootExpected ? "expected" : "not expected"),
            ("effort", "\(assessment.effortMinutes) min"),
            ("check", assessment.checks.command),
        ])
    }

    private static func details(_ qualification: QualificationResource) -> String {
        Table.details([
            ("qualification", qualification.state), ("reason", qualification.reason),
            ("sample", qualification.sample.map(\.name).joined(separator: ", ")),
            (
                "coverage",
                qualification.coverage?.map {
                    "\($0.stratum): \(Count.of($0.samples, "host")) for \($0.targets)"
                }.joined(separator: ", ")
            ),
            ("evidence", qualification.evidenceDigest),
        ])
            + (qualification.checks.isEmpty
                ? "" : "\n" + Table.text(qualification.checks, checkColumns))
    }

    private static func words(_ target: TargetSelector) -> String {
        [
            target.environment.map { "environment \($0)" }, target.group.map { "group \($0)" },
            target.site.map { "site \($0)" },
            target.assets.map { "\(Count.of($0.count, "asset")) by id" },
        ]
        .compactMap(\.self).joined(separator: ", ")
    }

    static let packageColumns: [Column<PackageResource>] = [
        Column("package") { $0.name }, Column("arch") { $0.architecture },
        Column("version") { $0.version },
        Column("bytes", .right) { $0.size.map(String.init) ?? "-" },
        Column("sha256") { $0.sha256 ?? "-" },
    ]

    private static let checkColumns: [Column<CheckResource>] = [
        Column("host") { $0.name }, Column("step") { $0.step }, Column("outcome") { $0.outcome },
        Column("at") { Moment.short($0.at) }, Column("detail") { $0.detail },
    ]

    private static let rolloutColumns: [Column<RolloutSummaryResource>] = [
        Column("rollout") { $0.id }, Column("state") { $0.state },
        Column("targets", .right) { String($0.targets) },
        Column("verified", .right) { String($0.verified) },
        Column("failed", .right) { String($0.failed) },
        Column("open", .right) { String($0.open) },
    ]
}
