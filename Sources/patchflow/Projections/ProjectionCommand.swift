internal import APIContract
internal import Application
internal import ArgumentParser
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import Logging
internal import Postgres
internal import PostgresStore
internal import Projections
internal import StoreCheck

struct ProjectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projection",
        abstract: "Shows, proves, rebuilds and exchanges the read models.",
        discussion: """
            The read models are one fold of the log: a generation. Another one can be built beside \
            the live one, and change places with it in one step; the one before stays for a way back. \
            An event that can't be folded is parked after three tries, and the others go on.
            """,
        subcommands: [
            List.self, Parked.self, Hash.self, Watch.self, Verify.self, Rebuild.self, Retry.self,
            Back.self, Drop.self,
        ])

    /// What all of them take.
    struct Options: ParsableArguments {
        @OptionGroup var database: DatabaseOptions

        @Option(name: [.short, .long], help: "For people, or JSON; jsonl is one item a line.")
        var output: OutputFormat = .table

        @Flag(name: [.short, .long], help: "Prints no progress.")
        var quiet = false

        var printer: Printer { Printer(format: output, isQuiet: quiet) }

        /// With the rights to look.
        func reading<R>(_ body: (ConnectionPool) async throws -> R) async throws -> R {
            let pool = ConnectionPool(try database.login(as: .reader))
            defer { pool.close() }
            return try await body(pool)
        }

        /// With the rights to fold.
        func folding<R>(
            _ body: (PostgresEventStore, ConnectionPool) async throws -> R
        ) async throws -> R {
            let options = try database.login(as: .projector)
            let pool = ConnectionPool(options)
            defer { pool.close() }
            return try await body(try database.store(as: .projector), pool)
        }

        /// The resources of a whole list, as the API answers them.
        func resources<Resource: Decodable>(
            _ request: ListRequest, as type: Resource.Type, _ pool: ConnectionPool
        ) async throws -> (items: [Resource], position: Int64) {
            let reads = PostgresReadModel(pool: pool)
            var items: [Resource] = []
            var position: Int64 = 0
            for try await page in reads.pages(of: request) {
                position = page.position
                items += try page.views.map {
                    try WireJSON.decode(Resource.self, from: Data($0.document))
                }
            }
            return (items, position)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the generations: how far each is, what it lacks, what was proved.",
            discussion: """
                'behind' counts the events that a generation has not seen, and how long ago the first \
                of them was recorded. 'verified' is the position up to which it was found equal to \
                another fold of the log, with the beginning of its state hash.
                """)

        @OptionGroup var options: Options

        func run() async throws {
            let (items, position) = try await options.reading {
                try await options.resources(
                    ListRequest(.projection), as: ProjectionResource.self, $0)
            }
            let columns: [Column<ProjectionResource>] = [
                Column("generation", .right) { $0.id },
                Column("state") { one in
                    one.rebuild.map { "\(one.state) \($0.percent) % (\($0.purpose))" } ?? one.state
                },
                Column("definition", .right) { String($0.definition) },
                Column("position", .right) { String($0.position) },
                Column("behind") { $0.lag == 0 ? "0" : "\($0.lag), \($0.lagSeconds) s" },
                Column("parked", .right) { String($0.parked) },
                Column("begun") { CommandLineClient.Moment.short($0.startedAt) },
                Column("verified") { one in
                    one.verified.map { "\($0.position)  \($0.stateHash.prefix(16))" } ?? "-"
                },
            ]
            try options.printer.list(
                ListPage(data: items, next: nil, position: position), columns)
        }
    }

    struct Parked: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the events that could not be folded, and why.")

        @Option(help: "Of this generation instead of the live one.")
        var generation: Int?

        @OptionGroup var options: Options

        func run() async throws {
            let (items, position) = try await options.reading {
                (pool) async throws -> ([ParkedEventResource], Int64) in
                var request = ListRequest(.parked)
                let live = try await Generations(pool: pool).all().first { $0.isLive }
                guard let number = generation ?? live?.generation else {
                    return ([], 0)
                }
                request.parent = String(number)
                do {
                    return try await options.resources(
                        request, as: ParkedEventResource.self, pool)
                } catch is NotFound {
                    throw GenerationRefusal.unknown(number)
                }
            }
            let columns: [Column<ParkedEventResource>] = [
                Column("position", .right) { String($0.position) },
                Column("stream") { $0.stream ?? "-" },
                Column("parked") { CommandLineClient.Moment.short($0.parkedAt) },
                Column("retries", .right) { String($0.retries) },
                Column("reason") { $0.reason },
            ]
            try options.printer.list(
                ListPage(data: items, next: nil, position: position), columns)
        }
    }

    struct Hash: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Computes one digest of all rows, as of a position, of each generation.",
            discussion: """
                Equal state hashes as of a position mean equal answers as of that position and of \
                every earlier one, byte for byte; a row that was edited by hand gives another one. \
                Take it from two databases that hold the same log, or before and after.

                Exit status: 0; 9 when two generations of one definition differ.
                """)

        @Option(help: "As of this position of the log (default: where all generations are).")
        var asOf: Int64?

        @Option(help: "Of this generation only; may be repeated.")
        var generation: [Int] = []

        @OptionGroup var options: Options

        func run() async throws {
            let hashes = try await options.reading { try await compute($0) }
            let columns: [Column<StateHashResource>] = [
                Column("generation", .right) { $0.projection }, Column("state") { $0.state },
                Column("definition", .right) { String($0.definition) },
                Column("position", .right) { String($0.position) },
                Column("state hash") { $0.stateHash },
            ]
            let position = hashes.first?.position ?? 0
            try options.printer.list(
                ListPage(data: hashes, next: nil, position: position), columns)
            let byDefinition = Dictionary(grouping: hashes, by: \.definition)
            guard byDefinition.values.allSatisfy({ Set($0.map(\.stateHash)).count == 1 }) else {
                complain(
                    "generations of the same definition differ: run 'patchflow projection verify'")
                throw ExitCode(9)
            }
        }

        private func compute(_ pool: ConnectionPool) async throws -> [StateHashResource] {
            let generations = Generations(pool: pool)
            var wanted = try await generations.all()
            for number in generation where !wanted.contains(where: { $0.generation == number }) {
                throw GenerationRefusal.unknown(number)
            }
            // Those that rebuilds work on come and go.
            wanted.removeAll {
                generation.isEmpty
                    ? $0.state == .building || $0.state == .abandoned
                    : !generation.contains($0.generation)
            }
            let reached = wanted.map(\.position).min() ?? 0
            let position = asOf ?? reached
            guard position >= 0, position <= reached else {
                throw ValidationError(
                    "--as-of \(position): not all of these have come that far; they are at "
                        + "\(reached) and more")
            }
            var hashes: [StateHashResource] = []
            for one in wanted {
                let hash = try await generations.stateHash(of: one.generation, at: position)
                hashes.append(
                    StateHashResource(
                        projection: String(one.generation), state: one.state.rawValue,
                        definition: one.definition, position: position,
                        stateHash: hash.digest.description))
            }
            return hashes
        }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Shows how far a rebuild is, or the live read models, until they are current.",
            discussion: "A bar at a terminal; a line for each per cent where output is piped.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.reading { pool in
                let generations = Generations(pool: pool)
                var bar: (name: String, bar: ProgressBar)?
                defer { bar?.bar.end() }
                while true {
                    let all = try await generations.all()
                    let subject =
                        all.first { $0.state == .building } ?? all.first { $0.isLive && $0.lag > 0 }
                    guard let subject else { return }
                    let name =
                        subject.building.map {
                            "generation \(subject.generation), to \($0.rawValue)"
                        }
                        ?? "the live read models"
                    if bar?.name != name {
                        bar?.bar.end()
                        bar = (name, ProgressBar(name, isQuiet: options.quiet))
                    }
                    bar?.bar.show(
                        subject.position, of: subject.target ?? subject.position + subject.lag)
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
        }
    }
}
