import APIContract
import ArgumentParser

struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Combined deployment: non-critical patches that go together.",
        discussion: """
            A bundle is a patch made of others: assess, acquire, test, sign off, submit, approve and \
            roll it out by its id. It is tested as the combination that it is, each host gets all of \
            it in one attempt, and each deployment says what became of each patch. A hotfix for \
            security never waits for one. A member that is withdrawn, or no longer non-critical, \
            leaves by itself; whoever leaves changes what is to be approved, so that tests, approvals \
            and plans are asked for again.
            """,
        subcommands: [Propose.self, List.self, Create.self, Leave.self])

    struct Propose: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows which patches could go together now, and why others can't.")

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let proposal: BundleProposalResource = try await session.client.get("bundle-proposal")
            try session.printer.show(proposal) {
                var text = Table.text(proposal.members, Self.members)
                if !proposal.left.isEmpty { text += "\n" + Table.text(proposal.left, Self.left) }
                return text
            }
        }

        private static let members: [Column<ProposedMemberResource>] = [
            Column("patch") { $0.patch }, Column("title") { $0.title },
        ]

        private static let left: [Column<LeftOutResource>] = [
            Column("left out") { $0.patch }, Column("title") { $0.title },
            Column("because") { $0.reason },
        ]
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the bundles.")

        @Option(help: "Only those in this state, which is that of a patch.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "bundles", query: ["state": state], limit: limit, PatchTable.columns)
        }
    }

    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts patches together, to be tested and rolled out as one.")

        @Argument(help: "The ids of the patches, at least two; see 'bundle propose'.")
        var patches: [String]

        @Option(help: "What it is called, such as 'July, servers'.")
        var title: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let receipt: Receipt = try await session.client.post(
                "bundles", CreateBundleRequest(patches: patches, title: title))
            try session.printer.receipt(receipt)
        }
    }

    struct Leave: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a patch out: the rest is tested and approved anew.")

        @Argument(help: "The bundle's id.")
        var id: String

        @Argument(help: "The id of the patch that leaves.")
        var patch: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm(
                "Take \(patch) out? Tests and approvals of \(id) are void then.", isYes: global.yes)
            try await session.act(
                "bundles/\(id.segment):leave",
                LeaveBundleRequest(patch: patch, reason: why.reason))
        }
    }
}
