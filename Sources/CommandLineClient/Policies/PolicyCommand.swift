import APIContract
import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "The numbers by which patchflow decides: proposed by one, published by another.",
        discussion: """
            A policy counts for the account, a site, a group or an asset, and takes what it leaves \
            out from the scope above. Policies are named by their id or their scope: account, \
            site:NAME, group:NAME or asset:ID.
            """,
        subcommands: [
            List.self, Show.self, Windows.self, Propose.self, WhatIf.self, Publish.self,
            Reject.self, Withdraw.self, Review.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the scopes that have a policy, or to which one is proposed.")

        @Option(help: "Only of this level: account, site, group or asset.")
        var level: String?

        @Option(help: "Only proposed, examined, published, reviewDue or unpublished.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "policies", query: ["level": level, "state": state], limit: limit,
                PolicyTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what counts, or the policy of one scope.",
            discussion: """
                Without a policy it shows the numbers that count for a site, a group or an asset, \
                and from which scope and version each comes.
                """)

        @Argument(help: "The policy's id or scope; without it, what counts is shown.")
        var policy: String?

        @Option(help: "What counts at this site.")
        var site: String?

        @Option(help: "What counts for this group.")
        var group: String?

        @Option(help: "What counts for this asset, by its id; its site and group follow.")
        var asset: String?

        @Flag(help: "Shows also the values that the ones that count stand before.")
        var explain = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            if let policy {
                guard site == nil, group == nil, asset == nil, !explain else {
                    throw ClientFailure.usage(
                        "'\(policy)' names a policy: leave out --site, --group, --asset and "
                            + "--explain, which are for what counts")
                }
                let found: PolicyResource = try await session.read("policies/\(policy.segment)")
                return try session.printer.show(found) { PolicyTable.details(found) }
            }
            let effective: EffectivePolicyResource = try await session.client.get(
                "policies/effective",
                query: [
                    "site": site, "group": group, "asset": asset, "as_of": global.asOf,
                ])
            try session.printer.show(effective) {
                PolicyTable.effective(effective, isExplained: explain)
            }
        }
    }
}
