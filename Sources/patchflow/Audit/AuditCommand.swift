internal import ArgumentParser

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Holds the log to what it has said before, without believing its server.",
        subcommands: [
            CheckpointCommand.self, ProveCommand.self, SignerKeyCommand.self,
            IncarnationCommand.self,
        ])
}
