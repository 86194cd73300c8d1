internal import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows that history is what was signed, and came about by the rules.",
        subcommands: [AuditVerify.self])
}
