package import EventSourcing
package import FoundationEssentials
internal import Postgres

/// Activities and timers on PostgreSQL: see `ActivityQueue`.
package struct PostgresActivityQueue: ActivityQueue {
    private let store: PostgresEventStore
    private let vocabulary: Int

    package var workBell: any Bell { store.workBell }
    var connectionOptions: ConnectionOptions { store.pool.options }

    /// Shares the connections and bells of `store`.
    ///
    /// - Parameter vocabulary: How much this program knows of events, as a number that rises with it.
    package init(store: PostgresEventStore, vocabulary: Int = 0) {
        self.store = store
        self.vocabulary = vocabulary
    }

    package func heartbeat(worker: UUID, name: String, lease: Duration) async throws {
        let microseconds = lease.wholeMicroseconds
        let rows = try await store.read(
            """
            insert into patchflow.workers as w (id, name, vocabulary, lease_until)
            values (\(worker), \(name), \(Int32(clamping: vocabulary)),
                clock_timestamp() + \(microseconds) * interval '1 microsecond')
            on conflict (id) do update set lease_until = excluded.lease_until
            where w.lease_until > clock_timestamp()
            returning 1
            """)
        guard !rows.isEmpty else { throw ActivityQueueError.workerExpired }
    }

    package func claim(
        worker: UUID, queues: [String], limit: Int
    ) async throws -> [ClaimedActivity] {
        do {
            return try await store.pool.query(
                """
                select \(unsafe: Self.columns) from patchflow.claim_activities(
                    \(worker), \(queues), \(Int32(clamping: limit))) a
                order by priority desc, available_at, id
                """
            ).map(Self.activity)
        } catch let error as PostgresError {
            if error.sqlState == "PF002" { throw ActivityQueueError.workerExpired }
            throw error.asStoreError
        }
    }

    package func held(by worker: UUID) async throws -> [ClaimedActivity] {
        try await store.read(
            """
            select \(unsafe: Self.columns) from patchflow.activities a where a.worker = \(worker)
            order by priority desc, available_at, id
            """
        ).map(Self.activity)
    }

    package func release(
        _ claim: Claim, after delay: Duration, reason: String, until scope: String?
    ) async throws {
        let microseconds = delay.wholeMicroseconds
        guard let scope else {
            _ = try await store.read(
                """
                update patchflow.activities
                set worker = null, fence = null, claimed_at = null, last_reason = \(reason),
                    available_at = clock_timestamp() + \(microseconds) * interval '1 microsecond'
                where id = \(claim.activity) and worker = \(claim.worker)
                    and fence = \(claim.fence)
                """)
            return
        }
        // A slot that was freed meanwhile woke nobody.
        _ = try await store.read(
            """
            update patchflow.activities
            set worker = null, fence = null, claimed_at = null, last_reason = \(reason),
                parked_by = \(scope),
                available_at = clock_timestamp() + case when exists (
                        select from patchflow.dispatch_control c
                        join patchflow.slots s
                            on s.scope = c.scope and s.attempt is null and s.number <= c.capacity
                        where c.scope = \(scope))
                    then interval '0.1 seconds' else \(microseconds) * interval '1 microsecond' end
            where id = \(claim.activity) and worker = \(claim.worker) and fence = \(claim.fence)
            """)
    }

    /// Ends the leases of every worker called `name`: for the process that has proof that they are
    /// gone, so that what they held is taken over at once. `WorkerName` is that proof.
    func endLeases(ofWorkersNamed name: String) async throws {
        _ = try await store.read(
            """
            update patchflow.workers set lease_until = clock_timestamp()
            where name = \(name) and lease_until > clock_timestamp()
            """)
    }

    /// The names of living workers whose program knows less of events than this one.
    package func workersKnowingLess() async throws -> [String] {
        try await store.read(
            """
            select distinct name from patchflow.workers
            where lease_until > clock_timestamp() and vocabulary < \(Int32(clamping: vocabulary))
            order by name
            """
        ).map { try $0.decode(at: 0) }
    }

    package func expired(limit: Int) async throws -> [ClaimedActivity] {
        try await store.read(
            """
            select \(unsafe: Self.columns)
            from patchflow.activities a
            left join patchflow.workers w on w.id = a.worker
            where a.worker is not null
                and coalesce(w.lease_until, '-infinity') <= clock_timestamp()
            order by a.claimed_at limit \(Int32(clamping: limit))
            """
        ).map(Self.activity)
    }

    package func dueTimers(limit: Int) async throws -> [DueTimer] {
        try await store.read(
            """
            select id, stream, name, due, data, correlation_id
            from patchflow.timers where due <= clock_timestamp()
            order by due, id limit \(Int32(clamping: limit))
            """
        ).map { row in
            DueTimer(
                id: try row.decode(at: 0), stream: try StreamID(stored: row.decode(at: 1)),
                name: try row.decode(at: 2),
                due: Timestamp(try row.decode(PostgresTimestamp.self, at: 3)),
                data: try row.decode(JSONText.self, at: 4).bytes,
                correlationID: try row.decode(at: 5))
        }
    }

    package func untilNextDue() async throws -> Duration? {
        let rows = try await store.read(
            """
            select (extract(epoch from min(due) - clock_timestamp()) * 1000000)::bigint
            from patchflow.timers
            """)
        guard let microseconds = try rows.first?.decode(Int64?.self, at: 0) else { return nil }
        return .microseconds(max(0, microseconds))
    }

    private static let columns = """
        a.id, a.kind, a.queue, a.stream, a.asset, a.data, a.tries, a.worker, a.fence, \
        a.correlation_id
        """

    @Sendable
    private static func activity(_ row: Row) throws -> ClaimedActivity {
        let id: UUID = try row.decode(at: 0)
        return ClaimedActivity(
            id: id, kind: try row.decode(at: 1), queue: try row.decode(at: 2),
            stream: try StreamID(stored: row.decode(at: 3)),
            asset: try row.decode(String?.self, at: 4).map { try StreamID(stored: $0) },
            data: try row.decode(JSONText.self, at: 5).bytes,
            tries: Int(try row.decode(Int32.self, at: 6)),
            claim: Claim(
                activity: id, worker: try row.decode(at: 7), fence: try row.decode(at: 8)),
            correlationID: try row.decode(at: 9))
    }
}
