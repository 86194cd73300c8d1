internal import ArgumentParser
internal import CommandLineClient

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows that history is what was signed, without believing its server.",
        subcommands: [
            CheckpointCommand.self, ProveCommand.self, ExportCommand.self, VerifyCommand.self,
            SampleCommand.self, WhatIfCommand.self, ReplayCommand.self, RedactCommand.self,
            SignerKeyCommand.self,
            IncarnationCommand.self,
        ])
}
