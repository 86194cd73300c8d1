import APIContract
import ArgumentParser

/// Ways aside and back.
extension PatchCommand {
    struct CancelTest: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a test that is under way without a result.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):cancel-test", ReasonRequest(reason: why.reason))
        }
    }

    struct Reopen: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the patch back from where nothing goes on by itself.",
            discussion: "As after a failed acquisition, a rejection, or an approval that ended.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):reopen", ReasonRequest(reason: why.reason))
        }
    }

    struct Defer: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts the patch off until a moment.")

        @Argument(help: "The patch's id.")
        var id: String

        @Option(
            help: ArgumentHelp(
                "Until when, such as 2026-03-01T09:30:00Z.", valueName: "time"))
        var until: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):defer", Deferral(until: until, reason: why.reason))
        }

        private struct Deferral: Encodable {
            let until: String
            let reason: String
        }
    }

    struct Resume: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a deferral before its time.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):resume", ReasonRequest(reason: why.reason))
        }
    }

    struct Reinstate: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records that the vendor stands by a withdrawn patch again.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):reinstate", ReasonRequest(reason: why.reason))
        }
    }

    struct HandToOwner: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Leaves a failed rollback to the owners of the assets.")

        @Argument(help: "The patch's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "patches/\(id.segment):hand-to-owner", ReasonRequest(reason: why.reason))
        }
    }
}
