internal import ArgumentParser
internal import EventSourcing
internal import Logging
internal import Postgres
internal import PostgresStore
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

    /// Returns when the database has the schema of this program, whatever processes of another version
    /// still run beside it; waits for a database that is away.
    ///
    /// - Throws: `ValidationError` for a schema that is older or newer: a role that ran all the same
    ///   would fail half-way through its work.
    static func expectSchema(_ options: ConnectionOptions, _ logger: Logger) async throws {
        var complaint: String?
        while true {
            do {
                guard let first = try await Schema.plan(options).first else { return }
                throw ValidationError(
                    "the database has no migration '\(first)' yet, which this version of patchflow "
                        + "needs: run 'patchflow migrate' of this version first, then start its roles"
                )
            } catch let error as EventStoreError where error.code == .schemaTooNew {
                throw ValidationError(
                    "\(error.message); once a database was migrated, only roles of that version are "
                        + "started")
            } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
                throw ValidationError(
                    "the schema may not be read as this user: run 'patchflow migrate' of this "
                        + "version first, which lets every role read it; \(error)")
            } catch let error as PostgresError where error.isPassing {
                // Said once, however often it is tried.
                if complaint != "\(error)" {
                    logger.warning("waiting for the database", metadata: ["error": "\(error)"])
                }
                complaint = "\(error)"
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Runs until SIGTERM or SIGINT, then lets the services stop in reverse order.
    static func run(_ services: [any Service], logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
    }
}
