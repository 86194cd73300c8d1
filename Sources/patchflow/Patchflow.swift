internal import ArgumentParser

@main
struct Patchflow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patchflow",
        abstract: "Takes every patch from the vendor's announcement to proof that it is in effect.",
        subcommands: [Bench.self])
}
