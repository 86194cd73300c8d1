import APIContract
import ArgumentParser

extension PolicyCommand {
    struct Propose: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes what the policy of a scope shall be.",
            discussion: """
                The file holds all of it, as YAML or JSON: {"classification": {"sla": \
                {"urgent_seconds": 172800}}}. What it leaves out is taken from the scope above; {} \
                takes everything from there. 'policy show' lists the fields.

                windows.maintenance lists when assets may be touched, windows.freezes when not; \
                'policy windows' shows what they come to. A list stands in the place of that of the \
                scope above. Where no policy lists a window, work may begin at any time. \
                patch.approvers says how many people have to approve a patch of each \
                class as approvers, patch.approver_roles in which other roles one more person each has \
                to: {"urgent": [{"role": "riskOwner", "criticality": "high"}]} asks for a risk owner \
                where a target is at least that critical. patch.standing says of which classes \
                patches may be approved beforehand. retention.online_seconds keeps events in the \
                database for so long; retention.evidence_seconds is kept and shown, as nothing \
                deletes evidence.
                """)

        @Argument(help: "The document, or - for standard input.")
        var document: String?

        @Option(help: ArgumentHelp("The same as an option.", valueName: "path"))
        var file: String?

        @Option(help: "account, site:NAME, group:NAME or asset:ID.")
        var scope: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard (document == nil) != (file == nil) else {
                throw ValidationError(
                    "name the file with the policy, or - for standard input, once")
            }
        }

        func run(_ session: Session) async throws {
            let path = document ?? file ?? "-"
            try await session.act(
                "policies",
                ProposePolicyRequest(
                    scope: scope, document: try PolicyFile.read(path), reason: why.reason))
        }
    }

    struct WhatIf: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "what-if",
            abstract: "Shows and records what a proposal would change.",
            discussion: """
                Each open finding in the scope is classified anew by the inputs that were recorded \
                with it. Without a what-if of the last 7 days nothing is published.
                """)

        @Argument(help: "The policy's id or scope.")
        var policy: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let whatIf: PolicyWhatIfResource = try await session.client.post(
                "policies/\(policy.segment):what-if", EmptyRequest(), patience: .seconds(300))
            try session.printer.show(whatIf) { PolicyTable.whatIf(whatIf) }
        }
    }

    struct Publish: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a proposal count from now on.",
            discussion: "Nobody may publish what they proposed.")

        @Argument(help: "The policy's id or scope.")
        var policy: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let found: PolicyResource = try await session.client.get(
                "policies/\(policy.segment)")
            guard let read = digest ?? found.proposal?.digest else {
                throw ClientFailure.failed(
                    "nothing is proposed for '\(found.scope)'; propose it first")
            }
            try session.printer.confirm(
                "Publish version \(found.proposal?.version ?? 0) of '\(found.scope)' with digest "
                    + "\(read)?", isYes: global.yes)
            try await session.act(
                "policies/\(policy.segment):publish",
                PublishPolicyRequest(digest: read, reason: why.reason))
        }
    }

    struct Reject: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a proposal: what counts stays.")

        @Argument(help: "The policy's id or scope.")
        var policy: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "policies/\(policy.segment):reject", ReasonRequest(reason: why.reason))
        }
    }

    struct Withdraw: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes your own proposal back.")

        @Argument(help: "The policy's id or scope.")
        var policy: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "policies/\(policy.segment):withdraw", ReasonRequest(reason: why.reason))
        }
    }

    struct Review: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that what counts was looked at and stays.",
            discussion: "Each published policy is to be looked at once a year.")

        @Argument(help: "The policy's id or scope.")
        var policy: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "policies/\(policy.segment):review", ReasonRequest(reason: why.reason))
        }
    }
}
