import APIContract
import ArgumentParser

struct RolloutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout", abstract: "The staged deployment of a patch.",
        subcommands: [
            Plan.self, Apply.self, List.self, Show.self, Deployments.self, Watch.self, Wait.self,
            Approve.self, Reject.self, Start.self, Pause.self, Resume.self, Promote.self,
            OverrideFreeze.self, AcknowledgeMiss.self, Postpone.self, Cancel.self, Abort.self,
            Rollback.self, Retry.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists rollouts.")

        @Option(help: "Only those of this patch.")
        var patch: String?

        @Option(help: "Only those in this state.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "rollouts", query: ["patch": patch, "state": state], limit: limit,
                RolloutTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a rollout: its batches with gate values, and each deployment.",
            discussion: "Of one that waits for its approval: all that will happen.")

        @Argument(help: "The rollout's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let rollout: RolloutResource = try await session.read("rollouts/\(id.segment)")
            var deployments: [DeploymentResource] = []
            if session.printer.format == .table {
                deployments = try await session.client.list(
                    "rollouts/\(id.segment)/deployments", query: ["as_of": global.asOf]
                ).data
            }
            let preview =
                rollout.state == "awaitingApproval" && session.printer.format == .table
                ? "\n" + (try await WaitingApproval.preview(rollout, session)) : ""
            try session.printer.show(rollout) {
                RolloutTable.details(rollout) + preview
                    + (deployments.isEmpty
                        ? "" : "\n" + Table.text(deployments, RolloutTable.deploymentColumns))
            }
        }
    }

    struct Apply: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes exactly this plan a rollout and asks for its approval.",
            discussion: "A plan that no longer fits is refused, and what changed is shown.")

        @Argument(help: "The plan's id.")
        var id: String

        @Option(help: "The plan's digest, as 'rollout plan' showed it.")
        var digest: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act("plans/\(id.segment):apply", ApplyPlanRequest(digest: digest))
        }
    }

    struct Approve: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approves exactly the plan that was applied.",
            discussion: "Nobody may approve what they asked for or edited last.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let rollout: RolloutResource = try await session.client.get("rollouts/\(id.segment)")
            let read = digest ?? rollout.planDigest
            session.printer.note(try await WaitingApproval.preview(rollout, session))
            try session.printer.confirm(
                "Approve the rollout of \(Table.printable(rollout.patchTitle)) with plan \(read)?",
                isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):approve",
                ApproveRequest(digest: read, reason: why.reason))
        }
    }

    struct Start: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts an approved rollout with its canary.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "Why now; it is recorded.")
        var reason = ""

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Start \(id)?", isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):start", ReasonRequest(reason: reason))
        }
    }

    struct Resume: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes on after a pause, knowing each failure.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(
            help: ArgumentHelp(
                "A host, or an asset's id, whose failure is known and accepted; repeat it for each.",
                valueName: "host"))
        var acknowledge: [String] = []

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "rollouts/\(id.segment):resume",
                ResumeRolloutRequest(
                    reason: why.reason, acknowledge: try await assets(session)))
        }

        /// What a halt names are hosts, so they may be named back.
        private func assets(_ session: Session) async throws -> [String] {
            guard acknowledge.contains(where: { !$0.hasPrefix("as_") }) else { return acknowledge }
            let deployments: [DeploymentResource] = try await session.client.list(
                "rollouts/\(id.segment)/deployments"
            ).data
            return try acknowledge.map { name in
                if name.hasPrefix("as_") { return name }
                guard let found = deployments.first(where: { $0.host == name }) else {
                    throw ClientFailure.usage(
                        "rollout \(id) has nothing on a host '\(name)'; 'rollout show' lists its hosts"
                    )
                }
                return found.asset
            }
        }
    }

    struct Rollback: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings back the old versions, past every gate.",
            discussion: """
                With --asset only these go back: the rollout goes on, and counts them as failures, so that \
                a gate may stop by them. That is possible at any time, in a pause and after the end as well.
                """)

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "batch: the one it is at; all: every one.")
        var scope: String?

        @Option(
            help: ArgumentHelp(
                "Only this asset; may be repeated, 200 times at most.", valueName: "name|id"))
        var asset: [String] = []

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let path = "rollouts/\(id.segment):rollback"
            guard asset.isEmpty else {
                guard scope == nil else {
                    throw ClientFailure.usage("--asset names what goes back: leave out --scope")
                }
                var ids: [String] = []
                for name in asset { ids.append(try await session.assetID(of: name)) }
                try session.printer.confirm(
                    "Roll back \(ids.count) assets of \(id)?", isYes: global.yes)
                return try await session.act(
                    path, RollBackRolloutRequest(reason: why.reason, scope: "assets", assets: ids))
            }
            try session.printer.confirm(
                "Roll back \(id) (\(scope ?? "all"))?", isYes: global.yes)
            try await session.act(
                path, RollBackRolloutRequest(reason: why.reason, scope: scope ?? "all"))
        }
    }
}
