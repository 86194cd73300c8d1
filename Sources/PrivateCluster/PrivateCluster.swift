import Glibc
package import Logging
package import Postgres
import Subprocess
import Synchronization
import SystemPackage

/// A PostgreSQL of one's own in a directory: made on first use, reached only by a unix socket
/// that only this account (and root) can open, and started anew when it crashes.
///
/// As root the server runs as the account `postgres`. It ends with this process, whatever happens
/// to it: the operating system sends it SIGINT, which means a fast shutdown.
package final class PrivateCluster: Sendable {
    /// How to connect, as superuser `postgres`, to the database `postgres`.
    package let options: ConnectionOptions
    let directory: ClusterDirectory
    let installation: Installation
    let settings: [String: String]
    /// Who may log in beside the superuser; nil for everybody whom the socket lets through.
    let logins: [String]?
    let logger: Logger
    let state = Mutex(State())

    /// What the outside asks of the supervising task, and what that reports.
    struct State {
        var supervisor: Task<Void, any Error>?
        var pid: pid_t?
        var mustStop = false
        /// Who waits until the server accepts connections.
        var starters: [CheckedContinuation<Void, any Error>] = []
        var isReady = false
        var restarts = 0
    }

    /// Nothing is touched yet.
    ///
    /// - Parameters:
    ///   - directory: Absolute path. The socket lies below it, or, when that name is too long for
    ///     a socket, in `/tmp/patchflow-<hash of the path>`; `options` has the right one.
    ///   - settings: Of postgresql.conf, for example `["commit_delay": "100"]`. `fsync` is on
    ///     unless told otherwise here.
    ///   - logins: The roles that may log in beside the superuser, all others are refused; nil for
    ///     everybody whom the socket lets through.
    package init(
        directory path: String, settings: [String: String] = [:], logins: [String]? = nil,
        logger: Logger = Logger(label: "postgres.cluster")
    ) throws {
        installation = try Installation.find()
        directory = try ClusterDirectory(path, account: installation.account)
        self.logger = logger
        self.logins = logins
        var defaults = [
            "listen_addresses": "", "port": "5432", "unix_socket_permissions": "0700",
            "unix_socket_directories": directory.socket, "timezone": "UTC",
            "log_timezone": "UTC", "logging_collector": "off", "log_destination": "stderr",
            "log_line_prefix": "%m [%p] ", "max_connections": "100",
        ]
        if logins != nil { defaults["hba_file"] = directory.logins }
        self.settings = defaults.merging(settings) { $1 }
        options = ConnectionOptions(parameters: [
            "host": directory.socket, "port": "5432", "user": "postgres", "dbname": "postgres",
            "sslmode": "disable", "gssencmode": "disable",
        ])
    }

    /// The process id of the postmaster; nil while it doesn't run.
    package var pid: Int32? { state.withLock { $0.pid } }

    /// How often the server was started again after a crash.
    package var restarts: Int { state.withLock { $0.restarts } }

    /// Starts, runs `body`, stops.
    package func run<R>(_ body: (ConnectionOptions) async throws -> R) async throws -> R {
        try await start()
        do {
            let value = try await body(options)
            await stop()
            return value
        } catch {
            await stop()
            throw error
        }
    }

    /// Returns when the server accepts connections. It is then kept running until `stop`.
    ///
    /// - Throws: `ClusterError`, with the end of the server's log when it didn't come up.
    package func start() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let refused = state.withLock { state in
                guard state.supervisor == nil else { return true }
                state.mustStop = false
                state.isReady = false
                state.starters.append(continuation)
                state.supervisor = Task { try await self.supervise() }
                return false
            }
            if refused { continuation.resume(throwing: ClusterError.alreadyStarted) }
        }
    }

    /// Fast shutdown (SIGINT), after 30 s an immediate one (SIGQUIT). Returns when it is down.
    package func stop() async {
        let supervisor = state.withLock { state in
            state.mustStop = true
            return state.supervisor
        }
        // Its failure was reported to who waited for the start, or in the log.
        _ = await supervisor?.result
        state.withLock { $0.supervisor = nil }
    }

    /// For a ServiceGroup: starts, runs until the task is cancelled, stops.
    ///
    /// - Throws: When the server can't be started, or not again after a crash.
    package func run() async throws {
        try await start()
        let supervisor = state.withLock { $0.supervisor }
        try await withTaskCancellationHandler {
            defer { state.withLock { $0.supervisor = nil } }
            try await supervisor?.value
        } onCancel: {
            state.withLock { $0.mustStop = true }
        }
    }

    func isReady() {
        let starters = state.withLock { state in
            state.isReady = true
            defer { state.starters = [] }
            return state.starters
        }
        for starter in starters { starter.resume() }
    }

    func hasFailed(_ error: any Error) {
        let starters = state.withLock { state in
            defer { state.starters = [] }
            return state.starters
        }
        for starter in starters { starter.resume(throwing: error) }
    }
}
