import APIContract
import ArgumentParser

extension ExceptionCommand {
    struct Request: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for an exception; a risk owner who isn't you grants it.",
            discussion: """
                For findings, patches, assets or a group of assets; findings that come later are \
                excepted with the others while it lives. A compensating control is named with \
                --control: its lapse ends the exception.
                """)

        @Option(help: "acceptRisk, compensatingControl or defer.")
        var kind: String

        @Option(name: .customLong("finding"), help: "For this finding; may be repeated.")
        var findings: [String] = []

        @Option(
            name: .customLong("patch"),
            help: "For what this patch mends on the assets it was assessed for; may be repeated.")
        var patches: [String] = []

        @Option(name: .customLong("asset"), help: "For all of this asset; may be repeated.")
        var assets: [String] = []

        @OptionGroup var group: GroupOptions

        @Option(help: "Its end: 90d from now on, or a time such as 2026-03-01T09:30:00Z.")
        var until: EndMoment

        @Option(help: "The control that it leans on, by its id.")
        var control: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let scope = ExceptionScopeResource(
                findings: findings, patches: patches, assets: assets, group: try group.selector())
            guard scope.group != nil || !(findings + patches + assets).isEmpty else {
                throw ClientFailure.usage(
                    "say what it is for: --finding, --patch, --asset or --environment")
            }
            try await session.act(
                "exceptions",
                RequestExceptionRequest(
                    kind: kind, scope: scope, until: until.text, reason: why.reason,
                    control: control))
        }
    }

    struct Approve: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Grants exactly what was asked for, or an earlier end.",
            discussion: "Nobody may grant what they asked for.")

        @Argument(help: "The exception's id.")
        var id: String

        @Option(help: "The digest that you read; without it the current one is shown and taken.")
        var digest: String?

        @Option(help: "An earlier end: 30d from now on, or a time such as 2026-03-01T09:30:00Z.")
        var until: EndMoment?

        @Option(
            help: """
                What its end does to deadlines: keeps the old ones, or restarts the time of the class.
                """)
        var clock: String = "keeps"

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let exception: ExceptionResource = try await session.client.get(
                "exceptions/\(id.segment)")
            let read = digest ?? exception.digest
            try session.printer.confirm(
                "Grant \(exception.kind) for \(Table.printable(ExceptionTable.scope(exception))) "
                    + "until \(until?.text ?? Moment.short(exception.until)) with digest \(read)?",
                isYes: global.yes)
            try await session.act(
                "exceptions/\(id.segment):approve",
                ApproveExceptionRequest(
                    digest: read, until: until?.text, restart: clock, reason: why.reason))
        }
    }

    struct Deny: ActionCommand {
        static let configuration = CommandConfiguration(abstract: "Denies what was asked for.")

        @Argument(help: "The exception's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "exceptions/\(id.segment):deny", ReasonRequest(reason: why.reason))
        }
    }

    struct Revoke: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends an exception before its time: its findings come back.")

        @Argument(help: "The exception's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "exceptions/\(id.segment):revoke", ReasonRequest(reason: why.reason))
        }
    }
}
