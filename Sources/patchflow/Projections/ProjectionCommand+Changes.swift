internal import APIContract
internal import ArgumentParser
internal import CommandLineClient
internal import EventSourcing
internal import Logging
internal import Projections
internal import StoreCheck

private let logger = Logger(label: "patchflow.projection")

extension ProjectionCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Folds the log anew and compares every row with the live ones.",
            discussion: "Exit status: 0 the same, 9 a row differs.")

        @OptionGroup var options: Options

        func run() async throws {
            let report = try await options.rebuilding { try await $0.verify() }
            try options.print(report, live: nil) {
                report.isEqual ? "live equals rebuilt\n" : "live and rebuilt differ\n"
            }
            if !report.isEqual { throw ExitCode(9) }
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Folds the log anew beside the live read models, then changes over.",
            discussion: """
                Readers go on reading the live ones until the new ones are where those are; then \
                both are compared, by their state hashes and row by row where these differ, and \
                change places in one transaction. What differed is named, and repaired by that. The \
                ones before stay: 'projection back' is the way back, 'projection drop' frees their \
                space. A rebuild that was interrupted leaves the live ones as they are; the next one \
                removes what it left.

                Exit status: 1 when the new ones could not fold an event that the live ones have; \
                nothing was changed then.
                """)

        @OptionGroup var acceptance: ParkedAcceptance
        @OptionGroup var options: Options

        func run() async throws {
            let report = try await options.rebuilding {
                try await $0.replace(acceptingParked: acceptance.acceptParked)
            }
            try options.print(report, live: report.generation) {
                "the rebuilt read models are live\n"
            }
        }
    }

    struct Back: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an earlier generation of the read models the live one again.",
            discussion: """
                It is brought up to date first, and changes places with the live one in one \
                transaction as soon as it has come as far: readers are never set back. Only the \
                version of patchflow whose definition made it can do that. What differs is named.
                """)

        @Argument(help: "Which (default: the one that was replaced last).")
        var generation: Int?

        @OptionGroup var acceptance: ParkedAcceptance
        @OptionGroup var options: Options

        func run() async throws {
            let report = try await options.rebuilding {
                try await $0.goBack(
                    to: generation, acceptingParked: acceptance.acceptParked)
            }
            try options.print(report, live: report.generation) {
                "generation \(report.generation) is live again\n"
            }
        }
    }

    struct ParkedAcceptance: ParsableArguments {
        @Flag(help: "Changes over also when events are parked that the live ones have folded.")
        var acceptParked = false
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes generations that are neither live nor being built.")

        @Argument(help: "Which.")
        var generation: [Int] = []

        @Flag(help: "All earlier ones, and what interrupted rebuilds left.")
        var former = false

        @OptionGroup var options: Options

        func validate() throws {
            guard generation.isEmpty == former else {
                throw ValidationError("name generations, or say --former for all earlier ones")
            }
        }

        func run() async throws {
            try await options.folding { _, pool in
                let generations = Generations(pool: pool)
                var wanted = generation
                if former {
                    wanted = try await generations.all()
                        .filter { $0.state == .former || $0.state == .abandoned }.map(\.generation)
                }
                for number in wanted {
                    try await generations.drop(number)
                    options.printer.note("generation \(number) is gone")
                }
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Folds parked events once more, in their order.",
            discussion: """
                For when what was in the way is gone: a fault of the database, or of an older version \
                of patchflow. An event that is folded late is right only where no later event went on \
                without it: then its rows are as if it had never been parked, as of every position. \
                Otherwise it stays parked, the event that went on is named, and the read models must \
                be built anew: with --rebuild that is done at once. After a change of how events are \
                folded a rebuild is the right thing anyway, since that may concern more than what was \
                parked.

                Exit status: 0 when nothing that was asked for is parked any more, otherwise 1.
                """)

        @Argument(help: "Positions of parked events.")
        var position: [Int64] = []

        @Flag(help: "All that are parked.")
        var all = false

        @Flag(help: "Builds the read models anew when that is the only way.")
        var rebuild = false

        @OptionGroup var options: Options

        func validate() throws {
            guard position.isEmpty == all else {
                throw ValidationError("name positions, or say --all")
            }
        }

        func run() async throws {
            let results = try await options.folding { store, pool in
                try await ParkedRetry(store: store, pool: pool).retry(all ? nil : position)
            }
            let needsRebuild = results.contains {
                if case .needsRebuild = $0.outcome { true } else { false }
            }
            try options.printer.list(
                ListPage(data: results.map(RetryResource.init), next: nil, position: 0),
                [
                    Column("position", .right) { String($0.position) },
                    Column("outcome") { $0.outcome }, Column("detail") { $0.detail },
                ])
            if rebuild, needsRebuild {
                let report = try await options.rebuilding { try await $0.replace() }
                try options.print(report, live: report.generation) {
                    "the rebuilt read models are live, with \(report.otherParked) parked\n"
                }
                if report.otherParked == 0 { return }
            } else if needsRebuild {
                options.printer.note("do: 'patchflow projection rebuild', or 'retry --rebuild'")
            }
            let isDone = results.allSatisfy {
                switch $0.outcome {
                case .folded, .notParked: true
                case .failed, .needsRebuild: false
                }
            }
            if !isDone { throw ExitCode.failure }
        }
    }
}

extension ProjectionCommand.Options {
    /// With a bar on standard error.
    fileprivate func rebuilding<R>(
        _ body: (Projections.Rebuild) async throws -> R
    ) async throws -> R {
        let bar = ProgressBar("folding", isQuiet: quiet)
        defer { bar.end() }
        return try await folding { store, pool in
            try await body(
                Projections.Rebuild(store: store, pool: pool, logger: logger) {
                    bar.show($0.position, of: $0.target)
                })
        }
    }

    fileprivate func print(
        _ report: Projections.Rebuild.Report, live: Int?, _ end: () -> String
    ) throws {
        let comparison = ProjectionComparison(
            projection: String(report.generation), events: report.events,
            position: report.position, stateHash: report.live.digest.description,
            otherStateHash: report.other.digest.description, differences: report.differences,
            parked: report.liveParked, otherParked: report.otherParked,
            live: live.map { String($0) })
        try printer.show(comparison) {
            var lines = [
                "\(report.events) events folded, compared up to position \(report.position)"
            ]
            if report.isEqual {
                lines.append("state hash of both: \(report.live.digest)")
            } else {
                lines.append("state hash of the live ones: \(report.live.digest)")
                lines.append("state hash of the others:    \(report.other.digest)")
                lines += report.differences.map { "differs: \($0)" }
                if report.differences.isEmpty {
                    lines.append("rows were not compared: they were made by different definitions")
                }
            }
            if report.liveParked + report.otherParked > 0 {
                lines.append(
                    "parked: \(report.liveParked) of the live ones, \(report.otherParked) of the others"
                )
            }
            return lines.map { $0 + "\n" }.joined() + end()
        }
    }
}

extension RetryResource {
    fileprivate init(_ result: ParkedRetry.Result) {
        let (outcome, detail): (String, String) =
            switch result.outcome {
            case .folded(let rows): ("folded", "\(counted(rows, "row")) changed")
            case .failed(let reason): ("failed", reason)
            case .needsRebuild(let later, let row):
                ("needsRebuild", "event \(later) went on without it, with \(row)")
            case .notParked: ("notParked", "no such event is parked in the live read models")
            }
        self.init(position: result.position, outcome: outcome, detail: detail)
    }
}
