internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// What every long-running process of patchflow has in common.
enum RoleProcess {
    /// Logs go to standard error; PATCHFLOW_LOG_LEVEL or `--verbose` says how much.
    static func logger(_ label: String, level: Logger.Level) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "patchflow.\(label)")
    }

    /// Runs until SIGTERM or SIGINT, then lets the services stop in reverse order.
    static func run(_ services: [any Service], logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
    }
}
