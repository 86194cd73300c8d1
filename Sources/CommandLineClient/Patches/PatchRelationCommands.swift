import APIContract
import ArgumentParser

/// What patches are to each other.
extension PatchCommand {
    struct Group: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes one patch of several that are a vendor's set.",
            discussion: """
                Such as the source packages of one advisory. Only patches that nobody has begun to \
                acquire; they are superseded by the set.
                """)

        @Argument(help: "The ids of the patches, at least two.")
        var patches: [String]

        @Option(help: "The vendor's own name for the set, such as DSA-5000-1.")
        var vendorId: String

        @Option(help: "A line for people; the vendor's name otherwise.")
        var title: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let receipt: Receipt = try await session.client.post(
                "patches:group",
                GroupPatchesRequest(patches: patches, vendorId: vendorId, title: title))
            try session.printer.receipt(receipt)
        }
    }

    struct LinkFlaw: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "link-flaw",
            abstract: "Records that the patch brought a flaw with it.",
            discussion: """
                It is stated at every approval of the patch and of its rollouts until another patch \
                mends it (patch mend-flaw). With a class above the patch's own it blocks them, until \
                then or until the risk owner accepts it (patch accept-flaws --flaw).
                """)

        @Argument(help: "The id of the patch that introduced it.")
        var id: String

        @Option(help: "A vulnerability's id, or a few words.")
        var flaw: String

        @Option(
            name: .customLong("class"), help: "How much it matters: urgent, important, nonCritical."
        )
        var riskClass: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):link-flaw",
                LinkFlawRequest(flaw: flaw, riskClass: riskClass, reason: why.reason))
        }
    }

    struct MendFlaw: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "mend-flaw",
            abstract: "Records which patch mends a flaw that this one introduced.")

        @Argument(help: "The id of the patch that introduced it.")
        var id: String

        @Option(help: "The flaw, as it is linked.")
        var flaw: String

        @Option(help: ArgumentHelp("The id of the patch that mends it.", valueName: "hotfix"))
        var by: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):mend-flaw",
                MendFlawRequest(flaw: flaw, hotfix: by, reason: why.reason))
        }
    }
}
