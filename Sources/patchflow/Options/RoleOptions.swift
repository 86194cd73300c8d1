internal import ArgumentParser
internal import Foundation
internal import Logging

/// Options that every role has.
struct RoleOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions

    var level: Logger.Level { logging.level }

    /// The same choice on another process's command line.
    var arguments: [String] { ["--log-level", level.rawValue] }
}

/// How much a long-running process says.
struct LogOptions: ParsableArguments {
    @Option(help: "trace, debug, info, notice, warning or error (PATCHFLOW_LOG_LEVEL).")
    var logLevel: String?

    var level: Logger.Level {
        chosen.flatMap(Logger.Level.init(rawValue:)) ?? .notice
    }

    private var chosen: String? {
        logLevel ?? ProcessInfo.processInfo.environment["PATCHFLOW_LOG_LEVEL"]
    }

    func validate() throws {
        guard let chosen, Logger.Level(rawValue: chosen) == nil else { return }
        throw ValidationError(
            "the log level '\(chosen)' is not known: choose trace, debug, info, notice, warning "
                + "or error")
    }
}
