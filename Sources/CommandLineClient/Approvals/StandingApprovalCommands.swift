import APIContract
import ArgumentParser
import FoundationEssentials

extension ApprovalCommand {
    struct ListStanding: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "list-standing",
            abstract: "Lists standing approvals: what waits, then what holds, the next end first.")

        @Option(help: "proposed, granted, denied, expired, revoked or all.")
        var state: String = "all"

        @Option(help: "urgent, important or nonCritical.")
        var riskClass: String?

        @Option(help: "Only those for this source package.")
        var product: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "standing-approvals",
                query: [
                    "state": state == "all" ? nil : state, "risk_class": riskClass,
                    "product": product,
                ], limit: limit,
                StandingApprovalTable.columns(now: Remaining.now(asOf: global.asOf)))
        }
    }

    struct ShowStanding: ReadCommand {
        static let configuration = CommandConfiguration(
            commandName: "show-standing",
            abstract: "Shows a standing approval, its people, and the patches it was used for.")

        @Argument(help: "The standing approval's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let standing: StandingApprovalResource = try await session.read(
                "standing-approvals/\(id.segment)")
            try session.printer.show(standing) { StandingApprovalTable.details(standing) }
        }
    }

    struct Propose: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes that patches of one class for one product are approved beforehand.",
            discussion: """
                Both of its people are approvers; a second one grants it. A policy has to allow it \
                for that class (patch.standing). It is for nobody's patch who asked for, tested, \
                signed off or edited it and gave the standing approval.
                """)

        @Option(help: "urgent, important or nonCritical.")
        var riskClass: String

        @Option(help: "The source package.")
        var product: String

        @OptionGroup var group: GroupOptions

        @Option(help: "Its end: 90d from now on, or a time such as 2026-03-01T09:30:00Z.")
        var until: EndMoment

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "standing-approvals",
                ProposeStandingApprovalRequest(
                    riskClass: riskClass, product: product, target: try group.needed(),
                    until: until.text, reason: why.reason))
        }
    }

    struct Grant: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Grants a standing approval as it was proposed by another approver.")

        @Argument(help: "The standing approval's id.")
        var id: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let standing: StandingApprovalResource = try await session.client.get(
                "standing-approvals/\(id.segment)")
            let read = digest ?? standing.digest
            try session.printer.confirm(
                "Approve beforehand all \(standing.riskClass) patches of "
                    + "\(Table.printable(standing.product)) on "
                    + "\(Table.printable(standing.target.words)) until "
                    + "\(Moment.short(standing.until)) with digest \(read)?", isYes: global.yes)
            try await session.act(
                "standing-approvals/\(id.segment):grant",
                ApproveRequest(digest: read, reason: why.reason))
        }
    }

    struct Deny: ActionCommand {
        static let configuration = CommandConfiguration(abstract: "Denies what was proposed.")

        @Argument(help: "The standing approval's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "standing-approvals/\(id.segment):deny", ReasonRequest(reason: why.reason))
        }
    }

    struct Revoke: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a standing approval: what was approved by it starts nothing new.")

        @Argument(help: "The standing approval's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "standing-approvals/\(id.segment):revoke", ReasonRequest(reason: why.reason))
        }
    }

    struct Use: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approves a submitted patch by a standing approval, in a person's place.")

        @Argument(help: "The patch's id.")
        var patch: String

        @Option(help: "The standing approval's id.")
        var standing: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let shown: PatchResource = try await session.client.get("patches/\(patch.segment)")
            guard let read = digest ?? shown.approval?.digest else {
                throw ClientFailure.usage(
                    "patch \(patch) is '\(shown.state)': there is nothing to approve; submit it "
                        + "first")
            }
            session.printer.note(ApprovalPreview.lines(shown))
            try session.printer.confirm(
                "Approve \(Table.printable(shown.title)) by \(standing) with digest \(read)?",
                isYes: global.yes)
            try await session.act(
                "patches/\(patch.segment):approve-standing",
                ApproveByStandingRequest(standing: standing, digest: read, reason: why.reason))
        }
    }
}

enum StandingApprovalTable {
    /// - Parameter now: What the ends are counted from; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<StandingApprovalResource>] {
        [
            Column("state") { $0.state }, Column("class") { $0.riskClass },
            Column("product") { $0.product },
            Column("for") { Table.cut($0.target.words, to: 40) },
            Column("ends in", .right) { standing in
                ["proposed", "granted"].contains(standing.state)
                    ? Remaining.text(until: standing.until, now: now) : "-"
            },
            Column("used", .right) { String($0.patches.count) },
            Column("proposed by") { $0.proposedBy },
            Column("decided by") { $0.decision?.by ?? "-" },
            Column("standing approval") { $0.id },
        ]
    }

    static func details(_ standing: StandingApprovalResource) -> String {
        Table.details([
            ("standing approval", standing.id), ("state", standing.state),
            ("class", standing.riskClass), ("product", standing.product),
            ("for", standing.target.words), ("until", Moment.short(standing.until)),
            ("because", standing.reason), ("digest", standing.digest),
            ("proposed", "by \(standing.proposedBy) \(Moment.short(standing.proposedAt))"),
            (
                "decided",
                standing.decision.map {
                    "\($0.outcome) by \($0.by) \(Moment.short($0.at)): \($0.reason)"
                }
            ),
            (
                "used for",
                standing.patches.isEmpty ? nil : standing.patches.joined(separator: ", ")
            ),
            (
                "ended",
                standing.end.map { end in
                    "\(end.cause) \(Moment.short(end.at))" + (end.by.map { " by \($0)" } ?? "")
                        + (end.reason.map { ": \($0)" } ?? "")
                }
            ),
            ("version", String(standing.version)),
        ])
    }
}
