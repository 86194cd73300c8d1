import APIContract
import ArgumentParser

extension RolloutCommand {
    struct Deployments: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what became of each asset of a rollout.")

        @Argument(help: "The rollout's id.")
        var id: String

        @Option(help: "Only those in this state.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            // A rollout that isn't there has no deployments either, but that isn't the answer.
            let _: RolloutResource = try await session.read("rollouts/\(id.segment)")
            try await session.list(
                "rollouts/\(id.segment)/deployments", query: ["state": state], limit: limit,
                RolloutTable.deploymentColumns)
        }
    }
}
