internal import ArgumentParser

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Moves old events from the database into files that prove themselves.",
        discussion: """
            A partition of events at a time, the oldest first. The file is a bundle that 'audit \
            verify' checks without the database: entries, the tiles up to a signed checkpoint, and \
            the documents that the events name. It is read back and verified before the partition \
            goes. Everything still reads across archives: streams, replay, proofs, rebuilt read \
            models, doctor; each process needs the directory (--archive). Keep copies: without the \
            file its events are gone.
            """,
        subcommands: [ArchiveCreateCommand.self, ArchiveListCommand.self])
}
