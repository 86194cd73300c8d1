internal import EventSourcing
internal import Postgres

/// Generations that come and go: who builds one holds a lock of its own as long as it lives, so
/// nobody takes what is being built for what a dead process left, or the other way round.
extension Generations {
    private static func lockKey(_ number: Int32) -> String { "patchflow/rebuild/\(number)" }

    /// Runs `body` with a new, empty generation that isn't live; drops it when `body` throws.
    func build<R>(
        for purpose: GenerationStatus.Purpose, definition: Int,
        _ body: (Generation) async throws -> R
    ) async throws -> R {
        let holder = try await Connection.open(pool.options)
        do {
            // A machine that vanishes says nothing: its session ends after half a minute.
            try await holder.script(
                """
                set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
                set tcp_keepalives_count = 4; set idle_session_timeout = 0;
                """)
            let generation = try await begin(definition, purpose, on: holder)
            do {
                let value = try await body(generation)
                await holder.close()
                return value
            } catch {
                try await dropCompletely(generation)
                throw error
            }
        } catch {
            await holder.close()
            throw error
        }
    }

    /// Nobody sees the generation before its lock is held.
    private func begin(
        _ definition: Int, _ purpose: GenerationStatus.Purpose, on holder: Connection
    ) async throws -> Generation {
        try await holder.withTransaction { connection in
            let rows = try await connection.query(
                """
                insert into patchflow.projections (definition, building)
                values (\(Int32(definition)), \(purpose.rawValue))
                returning generation, definition
                """)
            guard let row = rows.first else {
                throw EventStoreError(.failed, "a generation of the read models could not be made")
            }
            let generation = try generation(row)
            try await connection.query(
                """
                select pg_advisory_lock(hashtextextended(\(Self.lockKey(generation.number)), 0))
                """)
            return generation
        }
    }

    /// Also when the task has been cancelled, which is why `body` threw.
    private func dropCompletely(_ generation: Generation) async throws {
        try await Task { try await drop(generation) }.value
    }

    /// Says where `generation` is to get to.
    func aim(_ generation: Generation, at position: Int64) async throws {
        try await pool.query(
            """
            update patchflow.projections set target = \(position)
            where generation = \(generation.number) and building is not null
            """)
    }

    func drop(_ generation: Generation) async throws {
        try await pool.query(
            "delete from patchflow.projections where generation = \(generation.number) and not live"
        )
    }

    /// Drops what rebuilds left whose process has gone. It isn't gone on with: nobody knows which
    /// program folded it so far, and folding it anew is the surer half of the work.
    ///
    /// - Returns: The numbers of those.
    @discardableResult
    package func dropAbandoned() async throws -> [Int] {
        var dropped: [Int] = []
        for one in try await all() where one.state == .abandoned {
            if try await dropUnlocked(one.generation) { dropped.append(one.generation) }
        }
        return dropped
    }

    /// Drops one that isn't live and that nobody builds.
    ///
    /// - Throws: `GenerationRefusal`.
    package func drop(_ number: Int) async throws {
        guard let status = try await status(of: number) else {
            throw GenerationRefusal.unknown(number)
        }
        if status.isLive { throw GenerationRefusal.isLive(number) }
        guard try await dropUnlocked(number) else { throw GenerationRefusal.isBeingBuilt(number) }
    }

    /// - Returns: false when it is being built, or has become live.
    private func dropUnlocked(_ number: Int) async throws -> Bool {
        let number = Int32(clamping: number)
        return try await pool.withTransaction { connection in
            let rows = try await connection.query(
                """
                select pg_try_advisory_xact_lock(hashtextextended(\(Self.lockKey(number)), 0))
                """)
            guard try rows.first?.decode(Bool.self, at: 0) == true else { return false }
            let dropped = try await connection.execute(
                "delete from patchflow.projections where generation = \(number) and not live")
            return dropped == 1
        }
    }
}
