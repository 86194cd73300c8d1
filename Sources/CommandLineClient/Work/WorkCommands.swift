import APIContract
import ArgumentParser

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "The processes that take activities.",
        subcommands: [List.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists workers.")

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let columns: [Column<WorkerResource>] = [
                Column("worker") { $0.id }, Column("name") { $0.name },
                Column("state") { $0.state }, Column("held", .right) { String($0.held) },
                Column("started") { Moment.short($0.startedAt) },
                Column("lease until") { Moment.short($0.leaseUntil) },
            ]
            try await session.list("workers", columns)
        }
    }
}

struct ActivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity", abstract: "Work that is due, delayed or under way.",
        subcommands: [List.self])

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists activities.")

        @Option(help: "Only those of this stream.")
        var stream: String?

        @Option(help: "Only those in this state: delayed, due or claimed.")
        var state: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let columns: [Column<ActivityResource>] = [
                Column("activity") { $0.id }, Column("kind") { $0.kind },
                Column("state") { $0.state }, Column("attempt", .right) { String($0.attempt) },
                Column("worker") { $0.worker ?? "-" },
                Column("due") { Moment.short($0.dueAt) }, Column("stream") { $0.stream },
                Column("reason") { $0.lastReason ?? "" },
            ]
            try await session.list(
                "activities", query: ["stream": stream, "state": state], columns)
        }
    }
}
