import APIContract
import ArgumentParser

/// Actions that need nothing but the rollout and a reason.
extension RolloutCommand {
    struct Pause: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts nothing new until it is resumed; what runs finishes.")

        @Argument(help: "The rollout's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "rollouts/\(id.segment):pause", ReasonRequest(reason: why.reason))
        }
    }

    struct Promote: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Goes on past a gate that did not pass; never past unknown outcomes.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(
            help: "A new limit of failures over the whole rollout, which you approve by this.")
        var maxTotalFailures: Int?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Promote past the gate \(id)?", isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):promote",
                PromoteRolloutRequest(reason: why.reason, maxTotalFailures: maxTotalFailures))
        }
    }

    struct Postpone: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has an asset patched later, as its owner wishes.",
            discussion: """
                It leaves its batch, is counted with those that are absent, and gets its turn with \
                them when that time has come. At most three times in a rollout, not beyond its \
                deadline or the approval, never in an emergency, and not when it has begun.
                """)

        @Argument(help: "The rollout's id.")
        var id: String

        @Argument(help: "The asset's name or id.")
        var asset: String

        @Option(
            name: .customLong("until"),
            help: "Until when: 8h from now on, or a time such as 2027-01-02T00:00:00Z.")
        var end: EndMoment

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let asset = try await session.assetID(of: asset)
            try await session.act(
                "rollouts/\(id.segment):postpone",
                PostponeRequest(asset: asset, until: end.text, reason: why.reason))
        }
    }

    struct AcknowledgeMiss: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge-miss",
            abstract: "Lets a rollout start that ends after its deadline: the risk owner's word.",
            discussion: "Nobody may who planned the rollout or asked for it.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "The plan's digest that you read; without it the current one is taken.")
        var digest: String?

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let rollout: RolloutResource = try await session.client.get("rollouts/\(id.segment)")
            let end = rollout.predictedEnd.map(Moment.short) ?? "a time that nobody knows"
            let deadline = rollout.missedDeadline.map(Moment.short) ?? "its deadline"
            try session.printer.confirm(
                "Let it end at \(end), after \(deadline)?", isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):acknowledge-miss",
                ApproveRequest(digest: digest ?? rollout.planDigest, reason: why.reason))
        }
    }

    struct OverrideFreeze: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "override-freeze",
            abstract: "Lets a rollout go on in spite of a freeze; nobody may who released it.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "The freeze's id, or SCOPE/NAME of one that a policy lists.")
        var freeze: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Go on in spite of \(freeze)?", isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):override-freeze",
                OverrideFreezeRequest(freeze: freeze, reason: why.reason))
        }
    }

    struct Reject: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuses the approval of the plan.")

        @Argument(help: "The rollout's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "rollouts/\(id.segment):reject", ReasonRequest(reason: why.reason))
        }
    }

    struct Cancel: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a rollout that has not started.")

        @Argument(help: "The rollout's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "rollouts/\(id.segment):cancel", ReasonRequest(reason: why.reason))
        }
    }

    struct Abort: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a rollout: nothing new starts, what runs finishes.")

        @Argument(help: "The rollout's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try session.printer.confirm("Abort \(id)?", isYes: global.yes)
            try await session.act(
                "rollouts/\(id.segment):abort", ReasonRequest(reason: why.reason))
        }
    }
}
