internal import ArgumentParser
internal import CommandLineClient
internal import Foundation

@main
struct Patchflow: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "patchflow",
        abstract: "Takes every patch from the vendor's announcement to proof that it is in effect.",
        discussion: ClientCommands.discussion, version: version,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Running",
                subcommands: [
                    UpCommand.self, ServeCommand.self, WorkCommand.self, ProjectCommand.self,
                    SealCommand.self, MigrateCommand.self, DoctorCommand.self,
                    ProjectionCommand.self, ArchiveCommand.self,
                ]),
            CommandGroup(name: "Using", subcommands: ClientCommands.all),
            CommandGroup(
                name: "Auditing", subcommands: [AuditCommand.self, WitnessCommand.self]),
            CommandGroup(name: "Measuring", subcommands: [Bench.self]),
            CommandGroup(name: "Calculating", subcommands: [ToolCommand.self]),
        ])

    static func main() async {
        Foundation.exit(await CommandLineEntry.run(Patchflow.self))
    }
}
