import APIContract
import ArgumentParser

extension RolloutCommand {
    struct Retry: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Plans a rollout of exactly those assets on which another one failed.",
            discussion: """
                The other one must have ended. The plan is shown with its digest; 'rollout apply' \
                makes a rollout of it, which is approved like any other.
                """)

        @Argument(help: "The id of the rollout that failed.")
        var id: String

        @Option(help: "Sizes of the batches, as in 'rollout plan'; by default the policy's.")
        var batches: String?

        @Option(help: "How long each batch must stay healthy; by default the policy's.")
        var soak: Seconds?

        @Option(
            help: ArgumentHelp(
                "A probe of the policy; repeat it for each. By default those of the earlier plan.",
                valueName: "name"))
        var probe: [String] = []

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let plan: PlanResource = try await session.client.post(
                "rollouts/\(id.segment):retry",
                RetryRolloutRequest(
                    batches: batches, soakSeconds: soak?.value,
                    probes: probe.isEmpty ? nil : probe))
            try session.printer.show(plan) { PlanTable.details(plan) }
        }
    }
}
