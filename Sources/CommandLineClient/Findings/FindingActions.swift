import APIContract
import ArgumentParser

extension FindingCommand {
    struct Dismiss: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that a finding is none.",
            discussion: "It stays so until another match is found.")

        @Argument(help: "The finding's id.")
        var id: String

        @Option(name: .customLong("as"), help: "notAffected or falsePositive.")
        var dismissal: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "findings/\(id.segment):dismiss",
                DismissFindingRequest(dismissal: dismissal, reason: why.reason))
        }
    }

    struct Reopen: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes back how a finding ended: it starts anew.")

        @Argument(help: "The finding's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "findings/\(id.segment):reopen", ReasonRequest(reason: why.reason))
        }
    }

    struct RejectDispute: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject-dispute",
            abstract:
                "Ends a dispute against whoever raised it: the finding is what it was before.",
            discussion: "'reopen' upholds it. The next report of the scanner may raise it again.")

        @Argument(help: "The finding's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "findings/\(id.segment):reject-dispute", ReasonRequest(reason: why.reason))
        }
    }

    struct Hold: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has the asset examined before it is changed for this finding.")

        @Argument(help: "The finding's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act("findings/\(id.segment):hold", ReasonRequest(reason: why.reason))
        }
    }

    struct Release: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a hold: by the evidence that was taken, or by a decision.")

        @Argument(help: "The finding's id.")
        var id: String

        @Option(help: "SHA-256 of what was taken from the asset.")
        var evidence: String?

        @Option(help: "released or kept: what the incident commander decides of an overdue one.")
        var decide: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "findings/\(id.segment):release",
                ReleaseFindingRequest(evidence: evidence, outcome: decide, reason: why.reason))
        }
    }
}
