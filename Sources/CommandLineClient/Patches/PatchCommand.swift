import APIContract
import ArgumentParser

struct PatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch", abstract: "A vendor's fix, from its announcement to the evidence.",
        subcommands: [
            Identify.self, List.self, Show.self, Assess.self, Dismiss.self, Acquire.self,
            Test.self, CancelTest.self, AcceptFlaws.self, SignOff.self, Submit.self, Approve.self,
            Reject.self, Revoke.self, Group.self, LinkFlaw.self, MendFlaw.self,
            Document.self, Reopen.self, Defer.self, Resume.self, Withdraw.self,
            Reinstate.self, HandToOwner.self,
        ])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists patches.",
            discussion: """
                'due' is the earliest deadline of the open findings that a patch mends on the assets \
                of its assessment, 'needed' how many assets have one. With --site, --owner or \
                --environment both are of these assets alone. --review lists what can wait and is \
                not under way, for a combined deployment, the earliest deadline first.
                """)

        @Option(help: "Only those in this state.")
        var state: String?

        @Option(help: "Only those of this class: urgent, important or nonCritical.")
        var riskClass: String?

        @Option(help: "Only those for assets at this site.")
        var site: String?

        @Option(help: "Only those for assets of this owner.")
        var owner: String?

        @Option(help: "Only those for this environment: lab, staging or production.")
        var environment: String?

        @Option(
            help: ArgumentHelp(
                "Only what is due before a time or the end of a day, such as 2026-03-01.",
                valueName: "time"))
        var dueBefore: String?

        @Option(help: "identified, urgency or deadline.")
        var sort: String?

        @Flag(help: "Non-critical patches to review for a combined deployment.")
        var review = false

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "patches",
                query: [
                    "state": state, "risk_class": riskClass, "site": site, "owner": owner,
                    "environment": environment, "due_before": dueBefore, "sort": sort,
                    "review": review ? "true" : nil,
                ], limit: limit, review ? PatchTable.reviewColumns : PatchTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a patch.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let patch: PatchResource = try await session.read("patches/\(id.segment)")
            try session.printer.show(patch) { PatchTable.details(patch) }
        }
    }

    struct Acquire: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Downloads the patch and checks it against the signed lists.",
            discussion: "Also tries again after a failure.")

        @Argument(help: "The patch's id.")
        var id: String

        @Option(help: "The asset through whose signed lists it is downloaded.")
        var reference: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):acquire", AcquirePatchRequest(referenceAsset: reference))
        }
    }

    struct Test: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tests the patch on lab assets: back up, install, verify, roll back.")

        @Argument(help: "The patch's id.")
        var id: String

        @Option(
            help: """
                A lab asset; repeat it until every platform of the targets is covered. By default \
                patchflow chooses lab assets that are offered the patch, one of each platform.
                """)
        var sample: [String] = []

        @Option(
            help: ArgumentHelp(
                "A command probe of the policy for rollouts that puts a load on each host.",
                valueName: "name"))
        var stress: String?

        @Option(
            help: ArgumentHelp(
                "A probe of the policy that each host is asked by; repeat it for each.",
                valueName: "name"))
        var probe: [String] = []

        @Flag(
            help: """
                One lab host is enough for a start: while an emergency is in force for the patch, and \
                for its assets only.
                """)
        var smoke = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):test",
                TestPatchRequest(
                    sample: sample, stress: stress, probes: probe.isEmpty ? nil : probe,
                    smoke: smoke ? true : nil))
        }
    }

    struct Submit: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for the approval of the patch for some assets.")

        @Argument(help: "The patch's id.")
        var id: String

        @Option(help: "How long the approval is good, such as 14d; the policy says it otherwise.")
        var expiresIn: Seconds?

        @OptionGroup var target: TargetOptions
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):submit",
                SubmitPatchRequest(
                    target: try target.selector(), expiresInSeconds: expiresIn?.value))
        }
    }

    struct Approve: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approves exactly what was submitted.",
            discussion: """
                Nobody may approve what they asked for, tested or edited last. A policy may ask for \
                several approvers, and for others beside them, such as a riskOwner: patch show says \
                who is waited for.
                """)

        @Argument(help: "The patch's id.")
        var id: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @Option(
            name: .customLong("as"), help: "In which role, if you hold several of those asked for.")
        var role: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let patch: PatchResource = try await session.client.get("patches/\(id.segment)")
            guard let read = digest ?? patch.approval?.digest else {
                throw ClientFailure.usage(
                    "patch \(id) is '\(patch.state)': there is nothing to approve; "
                        + "submit it first")
            }
            session.printer.note(ApprovalPreview.lines(patch))
            try session.printer.confirm(
                "Approve \(Table.printable(patch.title)) with digest \(read)\(PatchTable.caution(patch))?",
                isYes: global.yes)
            try await session.act(
                "patches/\(id.segment):approve",
                ApprovePatchRequest(digest: read, reason: why.reason, role: role))
        }
    }

    struct Document: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes the patch, when every item of the evidence is there.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act("patches/\(id.segment):document", EmptyRequest())
        }
    }
}
