import APIContract
import ArgumentParser
import FoundationEssentials

struct ControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "Security controls, what they protect, and until when they are verified.",
        subcommands: [List.self, Show.self, Add.self, Verify.self, Withdraw.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the controls, with the end of their verification.")

        @Option(help: "registered, verified, lapsed or all.")
        var state: String = "all"

        @Option(help: "firewall, webApplicationFirewall, antivirus, ...")
        var kind: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "controls", query: ["state": state == "all" ? nil : state, "kind": kind],
                limit: limit, ControlTable.columns(now: Remaining.now(asOf: global.asOf)))
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a control.")

        @Argument(help: "The control's id.")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let control: ControlResource = try await session.read("controls/\(id.segment)")
            try session.printer.show(control) { ControlTable.details(control) }
        }
    }

    struct Add: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a control known, or describes the one of that name anew.",
            discussion: "What is described anew has to be verified again: until then it lapses.")

        @Argument(help: "The control's name.")
        var name: String

        @Option(
            help: """
                firewall, webApplicationFirewall, intrusionPrevention, antivirus, \
                endpointDetection, segmentation, hardening or other.
                """)
        var kind: String

        @Option(help: "What it does, in words.")
        var description: String

        @Option(name: .customLong("asset"), help: "It protects this asset; may be repeated.")
        var assets: [String] = []

        @OptionGroup var group: GroupOptions
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let selector = try group.selector()
            guard selector != nil || !assets.isEmpty else {
                throw ClientFailure.usage("say what it protects: --asset or --environment")
            }
            try await session.act(
                "controls",
                RegisterControlRequest(
                    name: name, kind: kind, description: description, assets: assets,
                    group: selector))
        }
    }

    struct Verify: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records what shows that a control works, and until when that is believed.",
            discussion: "When that time is over it lapses, and what leans on it ends.")

        @Argument(help: "The control's id.")
        var id: String

        @Option(help: "SHA-256 of what shows it.")
        var evidence: String

        @Option(help: "How it was verified, in words.")
        var method: String

        @Option(help: "90d from now on, or a time such as 2026-03-01T09:30:00Z.")
        var until: EndMoment

        @Option(help: "When the evidence was gathered; now without it.")
        var gathered: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "controls/\(id.segment):verify",
                VerifyControlRequest(
                    evidence: evidence, method: method, gatheredAt: gathered, until: until.text))
        }
    }

    struct Withdraw: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that a control doesn't work, or isn't there: what leans on it ends.")

        @Argument(help: "The control's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "controls/\(id.segment):withdraw", ReasonRequest(reason: why.reason))
        }
    }
}

enum ControlTable {
    /// - Parameter now: What the ends are counted from; nil where nobody can tell.
    static func columns(now: Date?) -> [Column<ControlResource>] {
        [
            Column("name") { $0.name }, Column("kind") { $0.kind }, Column("state") { $0.state },
            Column("verified until") { $0.verification.map { Moment.minute($0.until) } ?? "never" },
            Column("ends in", .right) { control in
                control.state == "verified"
                    ? control.verification.map { Remaining.text(until: $0.until, now: now) } ?? "-"
                    : "-"
            },
            Column("lapsed") { control in
                control.lapse.map { "\(Moment.minute($0.at)) \($0.cause)" } ?? "-"
            },
            Column("protects") { Table.cut(scope($0), to: 40) }, Column("control") { $0.id },
        ]
    }

    static func details(_ control: ControlResource) -> String {
        let verification = control.verification
        return Table.details([
            ("control", control.id), ("name", control.name), ("kind", control.kind),
            ("does", control.description), ("state", control.state),
            ("protects", scope(control, isWhole: true)),
            ("verified until", verification.map { Moment.short($0.until) } ?? "never"),
            ("verified by", verification?.by), ("method", verification?.method),
            ("gathered", verification.map { Moment.short($0.gatheredAt) }),
            ("evidence", verification?.evidence),
            (
                "lapsed",
                control.lapse.map { "\(Moment.short($0.at)) \($0.cause): \($0.reason)" }
            ),
            ("version", String(control.version)),
        ])
    }

    private static func scope(_ control: ControlResource, isWhole: Bool = false) -> String {
        var parts: [String] = []
        if !control.assets.isEmpty {
            parts.append(
                isWhole || control.assets.count == 1
                    ? control.assets.joined(separator: ", ")
                    : Count.of(control.assets.count, "asset"))
        }
        if let group = control.group { parts.append(group.words) }
        return parts.joined(separator: " and ")
    }
}
