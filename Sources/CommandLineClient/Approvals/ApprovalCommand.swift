import APIContract
import ArgumentParser

struct ApprovalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approval",
        abstract: "What waits for an approval, many at once, and what is approved beforehand.",
        subcommands: [
            List.self, Approve.self, ListStanding.self, ShowStanding.self, Propose.self,
            Grant.self, Deny.self, Revoke.self, Use.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the patches and rollouts that wait for an approval.")

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let waiting = try await WaitingApproval.all(session, asOf: global.asOf)
            try session.printer.list(
                ListPage(data: waiting.items, next: nil, position: waiting.position),
                WaitingApproval.columns)
        }
    }

    struct Approve: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approves many patches and rollouts, each with the digest that is shown.",
            discussion: """
                Each is decided on its own: what is refused keeps none of the others back. Exits with \
                1 when any was refused. --details shows of each all that will happen.
                """)

        @Argument(help: "Ids of patches and rollouts.")
        var ids: [String] = []

        @Flag(help: "Everything that waits.")
        var all = false

        @Flag(help: "Shows of each what will happen: services, hosts, downtime, gates.")
        var details = false

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard ids.isEmpty == all else {
                throw ValidationError("name the ids, or say --all")
            }
        }

        func run(_ session: Session) async throws {
            let waiting = try await WaitingApproval.all(session, asOf: nil).items
            let items =
                try all
                ? waiting
                : ids.map { id in
                    guard let item = waiting.first(where: { $0.id == id }) else {
                        throw ClientFailure.usage(
                            "'\(id)' waits for no approval; see 'patchflow approval list'")
                    }
                    return item
                }
            guard !items.isEmpty else {
                session.printer.note("none waits")
                return
            }
            if details {
                for item in items {
                    session.printer.note(try await WaitingApproval.preview(item.id, session))
                }
            }
            for item in items {
                session.printer.note("\(item.id)  \(item.title)  \(item.digest)")
            }
            try session.printer.confirm(
                "Approve these \(items.count), each with the digest beside it?", isYes: global.yes)
            let answer: ApproveManyResource = try await session.client.post(
                "approvals",
                ApproveManyRequest(
                    items: items.map { .init(id: $0.id, digest: $0.digest) }, reason: why.reason))
            try session.printer.list(
                ListPage(data: answer.data, next: nil, position: 0), WaitingApproval.answerColumns)
            guard answer.refused == 0 else {
                throw ClientFailure.failed(
                    "\(answer.refused) of \(items.count) were refused, the others are approved")
            }
        }
    }
}

/// A patch or a rollout that waits for an approval.
struct WaitingApproval: Codable, Sendable, Equatable {
    let id: String
    let title: String
    let riskClass: String?
    let assets: Int
    let digest: String
    let requestedBy: String
    let expiresAt: String?

    static let columns: [Column<WaitingApproval>] = [
        Column("waits") { $0.id }, Column("title") { Table.cut($0.title, to: 40) },
        Column("class") { $0.riskClass ?? "-" }, Column("assets", .right) { String($0.assets) },
        Column("asked by") { $0.requestedBy },
        Column("until") { $0.expiresAt.map(Moment.minute) ?? "-" },
        Column("digest") { $0.digest },
    ]

    static let answerColumns: [Column<ApproveManyResource.Item>] = [
        Column("id") { $0.id }, Column("outcome") { $0.outcome },
        Column("state") { $0.state ?? "-" },
        Column("reason") { $0.problem?.detail ?? "-" },
    ]

    static func all(
        _ session: Session, asOf: String?
    ) async throws -> (items: [WaitingApproval], position: Int64) {
        let query: [String: String?] = ["state": "awaitingApproval", "as_of": asOf]
        let patches: ListPage<PatchResource> = try await session.client.list(
            "patches", query: query)
        let rollouts: ListPage<RolloutResource> = try await session.client.list(
            "rollouts", query: query)
        var items: [WaitingApproval] = []
        for patch in patches.data {
            guard let approval = patch.approval else { continue }
            items.append(
                WaitingApproval(
                    id: patch.id, title: patch.title, riskClass: patch.riskClass,
                    assets: approval.assets ?? patch.counts.applicable, digest: approval.digest,
                    requestedBy: approval.requestedBy, expiresAt: approval.expiresAt))
        }
        for rollout in rollouts.data {
            guard let approval = rollout.approval else { continue }
            items.append(
                WaitingApproval(
                    id: rollout.id, title: rollout.patchTitle, riskClass: nil,
                    assets: rollout.counts.waiting, digest: rollout.planDigest,
                    requestedBy: approval.requestedBy, expiresAt: approval.expiresAt))
        }
        return (items, min(patches.position, rollouts.position))
    }

    /// All that will happen when it is approved.
    static func preview(_ id: String, _ session: Session) async throws -> String {
        guard id.hasPrefix("ro_") else {
            return ApprovalPreview.lines(try await session.client.get("patches/\(id.segment)"))
        }
        let rollout: RolloutResource = try await session.client.get("rollouts/\(id.segment)")
        return try await preview(rollout, session)
    }

    static func preview(_ rollout: RolloutResource, _ session: Session) async throws -> String {
        let plan: PlanResource = try await session.client.get("plans/\(rollout.id.segment)")
        let patch: PatchResource = try await session.client.get(
            "patches/\(rollout.patch.segment)")
        return ApprovalPreview.lines(rollout, plan, patch)
    }
}
