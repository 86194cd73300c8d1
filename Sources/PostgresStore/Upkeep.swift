private import Logging
internal import Postgres

/// Makes the partitions for the events to come, long before they are needed.
struct Upkeep: Sendable {
    private let pool: ConnectionPool
    private let logger = Logger(label: "patchflow.upkeep")

    init(pool: ConnectionPool) {
        self.pool = pool
    }

    /// Until the task is cancelled. Migrating leaves room for ten million events; no single
    /// minute uses that up.
    func run() async {
        while !Task.isCancelled {
            do {
                try await pool.query("select patchflow.ensure_event_partitions()")
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "cannot look after the partitions of events", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(60)) } catch { return }
        }
    }
}
