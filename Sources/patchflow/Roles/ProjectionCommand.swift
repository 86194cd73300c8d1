internal import ArgumentParser
internal import Logging
internal import Postgres
internal import PostgresStore
internal import Projections
internal import StoreCheck

struct ProjectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projection",
        abstract: "Proves the read models against the log, or builds them anew.",
        subcommands: [List.self, Verify.self, Rebuild.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the read models, how far each is, and what could not be folded.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let pool = ConnectionPool(try database.login(as: .reader))
            defer { pool.close() }
            let generations = Generations(pool: pool)
            for one in try await generations.all() {
                print(
                    "generation \(one.generation), definition \(one.definition), "
                        + "\(one.isLive ? "live" : "not live"): position \(one.position), "
                        + "\(one.lag) behind the log, \(one.parked) parked, "
                        + "begun \(one.startedAt)")
                for event in try await generations.parked(in: one.generation) {
                    print("  parked: position \(event.position), \(event.reason)")
                }
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Folds the log anew and compares every row with the live ones.",
            discussion: "Exit status: 0 the same, 9 a row differs.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let report = try await with(database) { try await $0.verify() }
            print("\(report.events) events folded up to position \(report.position)")
            for difference in report.differences { print("differs: \(difference)") }
            if !report.differences.isEmpty { throw ExitCode(9) }
            print("live equals rebuilt")
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Folds the log anew beside the live read models, then changes over.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let report = try await with(database) { try await $0.replace() }
            print("\(report.events) events folded up to position \(report.position)")
            for difference in report.differences { print("differed: \(difference)") }
            print("the rebuilt read models are live")
        }
    }

    private static func with<R>(
        _ database: DatabaseOptions,
        _ body: (Projections.Rebuild) async throws -> R
    ) async throws -> R {
        let options = try database.login(as: .projector)
        let store = try database.store(as: .projector)
        let pool = ConnectionPool(options)
        defer { pool.close() }
        return try await body(
            Projections.Rebuild(
                store: store, pool: pool, logger: Logger(label: "patchflow.projection")))
    }
}
