import APIContract
import ArgumentParser

/// Actions that need nothing but the patch and a reason.
extension PatchCommand {
    struct Dismiss: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that the patch applies to nothing here.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):dismiss", ReasonRequest(reason: why.reason))
        }
    }

    struct AcceptFlaws: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "accept-flaws",
            abstract: "Takes the patch with the flaws that are known of its version.",
            discussion: """
                For the risk owner. 'patch show' lists the flaws and their digest: --digest takes all \
                that the advisories know of the version, --flaw one that the patch has introduced. \
                While the advisories were not matched with the version yet, which takes seconds, the \
                digest of the artefact takes it without that look.
                """)

        @Argument(help: "The patch's id.")
        var id: String

        @Option(help: "The digest of the flaws that you saw.")
        var digest: String?

        @Option(help: "A flaw that the patch has introduced, as it is linked.")
        var flaw: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            switch (digest, flaw) {
            case (let digest?, nil):
                try await session.act(
                    "patches/\(id.segment):accept-flaws",
                    AcceptFlawsRequest(digest: digest, reason: why.reason))
            case (nil, let flaw?):
                try await session.act(
                    "patches/\(id.segment):accept-introduced-flaw",
                    AcceptIntroducedFlawRequest(flaw: flaw, reason: why.reason))
            case (nil, nil), (.some, .some):
                throw ClientFailure.usage("say --digest or --flaw, one of the two")
            }
        }
    }

    struct SignOff: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Signs the tested patch off for the security team.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):sign-off", ReasonRequest(reason: why.reason))
        }
    }

    struct Reject: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuses the approval.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):reject", ReasonRequest(reason: why.reason))
        }
    }

    struct Revoke: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an approval back: nothing new starts, what runs finishes.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Revoke the approval of \(id)?", isYes: global.yes)
            try await session.act(
                "patches/\(id.segment):revoke", ReasonRequest(reason: why.reason))
        }
    }

    struct Withdraw: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records that the vendor has withdrawn the patch: starts stop at once.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Withdraw \(id)?", isYes: global.yes)
            try await session.act(
                "patches/\(id.segment):withdraw", ReasonRequest(reason: why.reason))
        }
    }
}
