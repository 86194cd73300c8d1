import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// One living process to a worker's name, whichever machine it is on (I4, I5).
@Suite(.timeLimit(.minutes(1))) struct WorkerNameTests {
    /// Two stores are two processes of two machines here: nothing but the database is between them.
    @Test func aLivingNamesakeIsRefusedAndKeepsItsLease() async throws {
        try await withStore { store, options in
            let (queue, worker) = (PostgresActivityQueue(store: store), UUID())
            let name = try await WorkerName.take("box/1", for: queue)
            try await queue.heartbeat(worker: worker, name: "box/1", lease: .seconds(60))
            try await holding(name) {
                try await serving(options) { other in
                    let otherQueue = PostgresActivityQueue(store: other)
                    let error = await #expect(throws: WorkerNameTaken.self) {
                        try await WorkerName.take("box/1", for: otherQueue, patience: .zero)
                    }
                    #expect(error?.description.contains("'box/1'") == true)
                    // Not expired, or this would throw.
                    try await queue.heartbeat(worker: worker, name: "box/1", lease: .seconds(60))
                    let another = try await WorkerName.take("box/2", for: otherQueue)
                    try await holding(another) {}
                }
            }
        }
    }

    @Test func whatADeadNamesakeHeldIsFreeAtOnce() async throws {
        try await withStore { store, options in
            let (queue, worker) = (PostgresActivityQueue(store: store), UUID())
            let name = try await WorkerName.take("box/1", for: queue)
            try await queue.heartbeat(worker: worker, name: "box/1", lease: .seconds(60))
            // It ends, without a word to anybody.
            try await endHolders(options)
            let next = try await WorkerName.take("box/1", for: queue)
            try await holding(next) {
                await #expect(throws: ActivityQueueError.workerExpired) {
                    try await queue.heartbeat(worker: worker, name: "box/1", lease: .seconds(60))
                }
            }
            withExtendedLifetime(name) {}
        }
    }

    @Test func aLostNameIsTakenBack() async throws {
        try await withStore { store, options in
            let queue = PostgresActivityQueue(store: store)
            let name = try await WorkerName.take(
                "box/1", for: queue, interval: .milliseconds(20))
            try await holding(name) {
                try await endHolders(options)
                try await eventually { try await holders(options) == 1 }
            }
            try await eventually { try await holders(options) == 0 }
        }
    }

    @Test func whoFindsItsNameTakenEnds() async throws {
        try await withStore { store, options in
            let queue = PostgresActivityQueue(store: store)
            let name = try await WorkerName.take(
                "box/1", for: queue, interval: .seconds(1), patience: .zero)
            let running = Task { try await name.run() }
            try await endHolders(options)
            let namesake = try await WorkerName.take("box/1", for: queue)
            await #expect(throws: WorkerNameTaken.self) { try await running.value }
            try await holding(namesake) {}
        }
    }

    private func holding(_ name: WorkerName, _ body: () async throws -> Void) async throws {
        let service = Task { try await name.run() }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        service.cancel()
        try await service.value
        try outcome.get()
    }

    private static let heldNames = """
        pg_locks where locktype = 'advisory' and objsubid = 1
            and database = (select oid from pg_database where datname = current_database())
            and (classid::bigint << 32 | objid::bigint)
                = hashtextextended('patchflow/worker/box/1', 0)
        """

    private func holders(_ options: ConnectionOptions) async throws -> Int64 {
        try await withSQL(options) { connection in
            try await connection.query("select count(*) from \(unsafe: Self.heldNames)")[0][0]
        }
    }

    private func endHolders(_ options: ConnectionOptions) async throws {
        try await withSQL(options) { connection in
            let ended = try await connection.query(
                "select pg_terminate_backend(pid) from \(unsafe: Self.heldNames)")
            #expect(ended.count == 1)
        }
    }
}
