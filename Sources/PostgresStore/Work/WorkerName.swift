internal import EventSourcing
private import Logging
internal import Postgres
internal import ServiceLifecycle

/// The right to a worker's name: one process has it at a time, wherever it runs.
///
/// It is a lock of a database session, so PostgreSQL gives it to the next one when the process that
/// had it ends, however it ends, and never while that one lives. A `Service`: lost with its
/// connection, the name is taken back while `run()` does.
package final class WorkerName: Service {
    private let name: String
    private let options: ConnectionOptions
    private let connection: Connection
    private let interval: Duration
    private let patience: Duration
    private let logger = Logger(label: "patchflow.worker")

    private init(
        _ name: String, _ options: ConnectionOptions, _ connection: Connection,
        interval: Duration, patience: Duration
    ) {
        self.name = name
        self.options = options
        self.connection = connection
        self.interval = interval
        self.patience = patience
    }

    /// Takes `name`, and ends the leases of the process that had it before: it is proven to be gone,
    /// so nobody need wait until they have run out.
    ///
    /// - Parameters:
    ///   - interval: How often it is looked after.
    ///   - patience: How long to wait for a process that is just ending.
    /// - Throws: `WorkerNameTaken` when that process lives.
    package static func take(
        _ name: String, for queue: PostgresActivityQueue, interval: Duration = .seconds(5),
        patience: Duration = .seconds(5)
    ) async throws -> WorkerName {
        let options = queue.connectionOptions
        let connection = try await lock(name, options, patience)
        do {
            try await queue.endLeases(ofWorkersNamed: name)
        } catch {
            await connection.close()
            throw error
        }
        return WorkerName(name, options, connection, interval: interval, patience: patience)
    }

    /// Holds the name until it is told to stop.
    ///
    /// - Throws: `WorkerNameTaken` when another process took it while the database was away: this
    ///   one must end, since that one has ended its leases.
    package func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.hold() }
    }

    private func hold() async throws {
        var connection = connection
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: interval)
                try await connection.query("select")
            } catch {
                await connection.close()
                if Task.isCancelled { return }
                logger.warning(
                    "lost the hold on this worker's name", metadata: ["error": "\(error)"])
                guard let again = try await takeBack() else { return }
                connection = again
            }
        }
        await connection.close()
    }

    /// Until the database is there again; nil when told to stop before that.
    private func takeBack() async throws -> Connection? {
        while !Task.isCancelled {
            do {
                return try await Self.lock(name, options, patience)
            } catch let taken as WorkerNameTaken {
                throw taken
            } catch {
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
        return nil
    }

    private static func lock(
        _ name: String, _ options: ConnectionOptions, _ patience: Duration
    ) async throws -> Connection {
        let deadline = ContinuousClock.now + patience
        let connection = try await Connection.open(options)
        do {
            // A machine that vanishes says nothing: its session ends after half a minute.
            try await connection.script(
                """
                set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
                set tcp_keepalives_count = 4; set idle_session_timeout = 0;
                """)
            let key = "patchflow/worker/\(name)"
            while true {
                let rows = try await connection.query(
                    "select pg_try_advisory_lock(hashtextextended(\(key), 0))")
                if try rows.first?.decode(Bool.self, at: 0) == true { return connection }
                guard ContinuousClock.now < deadline else { throw WorkerNameTaken(name: name) }
                try await Task.sleep(for: .milliseconds(100))
            }
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// A living process has that worker's name, on this machine or on another.
package struct WorkerNameTaken: Error, CustomStringConvertible {
    package let name: String

    package var description: String {
        "a living worker has the name '\(name)', on this machine or on another one that works on "
            + "this database; choose another name"
    }
}
