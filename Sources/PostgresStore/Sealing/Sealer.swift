internal import EventSourcing
package import Logging
internal import Postgres
internal import ServiceLifecycle
package import Signing
internal import TransparencyLog

/// Seals the log: makes an entry of each event, grows the Merkle tree by its hash, stores tiles and
/// head in one durable commit, and only then has the head signed (I11).
///
/// An event may be read a moment before it is durable. The sealer's own commit comes after it in
/// the write-ahead log, and waits for the flush: what is signed is durable. Several sealers may run;
/// one of them leads, and whoever only thinks so is refused by `seal_log`.
package struct Sealer: Service {
    package struct Settings: Sendable {
        /// From one head to the next while there is news: less than the 400 ms that are promised.
        package var interval: Duration = .milliseconds(250)
        /// How long it waits for the bell.
        package var poll: Duration = .milliseconds(200)
        /// How long it stands still after a halt before it looks again.
        package var pauseAfterHalt: Duration = .seconds(5)
        /// Events for one head at most: a log that was never sealed comes in steps.
        package var largestStep: Int64 = 65_536

        package init() {}
    }

    /// How long after a halt was said it is said again.
    private static let reminder: Duration = .seconds(600)

    private let store: PostgresEventStore
    private let tables: SealedTables
    private let signer: CheckpointSigner
    private let settings: Settings
    private let logger: Logger

    /// - Parameter store: Must run, for its bell.
    package init(
        store: PostgresEventStore, signer: CheckpointSigner, settings: Settings = Settings(),
        logger: Logger
    ) {
        self.store = store
        self.signer = signer
        self.settings = settings
        self.logger = logger
        tables = SealedTables(store: store)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var said: (halt: SealingHalt, at: ContinuousClock.Instant)?
            while !Task.isCancelled {
                do {
                    try await PostgresSubscriptionStore(store: store).lead("sealer") {
                        try await lead()
                    }
                } catch let halt as SealingHalt {
                    let now = ContinuousClock.now
                    if halt != said?.halt || said.map({ now - $0.at > Self.reminder }) == true {
                        logger.critical("sealing stands still: \(halt)")
                        said = (halt, now)
                    }
                    try? await Task.sleep(for: settings.pauseAfterHalt)
                } catch {
                    if Task.isCancelled { return }
                    logger.warning("the sealer starts anew", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: settings.poll)
                }
            }
        }
    }

    private func lead() async throws {
        var options = store.pool.options
        // What has begun to commit is waited for, also when the process is told to stop.
        options.cancellable = false
        let connection = try await Connection.open(options)
        do {
            var tree = try await resume(on: connection)
            while !Task.isCancelled {
                let seen = store.eventBell.rings
                let next = ContinuousClock.now + settings.interval
                let old = tree.size
                try await seal(&tree, on: connection)
                if tree.size == old {
                    await wait(past: seen)
                } else if tree.size - old < settings.largestStep {
                    try await Task.sleep(until: next)
                }
            }
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Takes up the tree where it was left, and has the stored head signed if it isn't: the process
    /// before may have ended between the two. The signer is asked about a signed one as well, so that
    /// a database that was set back is found before anything is built on it.
    private func resume(on connection: Connection) async throws -> TileBuilder {
        let stored = try await tables.latest()
        let tiles = TileSet(
            try await tables.tiles(TileID.edges(ofTreeOf: stored.head.size)))
        let tree: TileBuilder
        do {
            tree = try TileBuilder(size: stored.head.size, from: tiles)
        } catch {
            throw SealingHalt.tilesMissing(error)
        }
        guard tree.head == stored.head else { throw SealingHalt.tilesDiffer(stored: stored.head) }
        let remembered = try await offThePool { try signer.remembered() }
        if remembered == nil {
            if stored.head.size > 0 { throw SealingHalt.memoryGone(stored: stored.head) }
            try await offThePool { try signer.goOn(from: .empty) }
        }
        guard stored.head.size > 0 || (remembered?.size ?? 0) > 0 else { return tree }
        try await tables.flush(on: connection)
        let note = try await sign(stored.head)
        if !stored.isSigned { try await tables.store(note, of: stored.head, on: connection) }
        return tree
    }

    /// Takes the log to a new head, if there is news.
    private func seal(_ tree: inout TileBuilder, on connection: Connection) async throws {
        let leaves = try await leaves(after: tree.size, on: connection)
        guard !leaves.isEmpty else { return }
        var next = tree
        let tiles = next.append(leaves)
        let head = next.head
        guard try await tables.store(tiles, head, after: tree.size, on: connection) else {
            throw EventStoreError(.unavailable, "another sealer has led meanwhile")
        }
        let note = try await sign(head)
        try await tables.store(note, of: head, on: connection)
        tree = next
        logger.debug("sealed", metadata: ["size": "\(head.size)"])
    }

    /// The hashes of the next events, read row by row.
    private func leaves(
        after position: Int64, on connection: Connection
    ) async throws -> [TreeHash] {
        // Not a join, which might be planned to read all streams for a few events.
        let rows = connection.stream(
            """
            select \(unsafe: EventRow.columns),
                (select s.key from patchflow.streams s where s.id = e.stream_id)
            from patchflow.events e
            where e.position > \(position) and e.position <= \(position + settings.largestStep)
            order by e.position
            """)
        var leaves: [TreeHash] = []
        for try await row in rows {
            let expected = position + Int64(leaves.count) + 1
            guard try row.decode(Int64.self, at: 0) == expected else {
                throw SealingHalt.eventMissing(position: expected)
            }
            do {
                leaves.append(try LogEntry(EventRow.event(row)).leafHash)
            } catch let error as LogEntryError {
                throw SealingHalt.eventUnsealable(position: expected, "\(error)")
            } catch let error as EventStoreError where error.code == .corrupted {
                throw SealingHalt.eventUnsealable(position: expected, error.message)
            }
        }
        return leaves
    }

    /// The note of a head that is stored durably.
    private func sign(_ head: TreeHead) async throws -> SignedNote {
        while true {
            let last = try await offThePool { try signer.remembered() } ?? .empty
            // There is no proof of shrinking; the signer will say so.
            let proof =
                last.size > head.size
                ? ConsistencyProof(oldSize: last.size, newSize: head.size, hashes: [])
                : try await proof(from: last.size, to: head.size)
            do {
                return try await offThePool { try signer.sign(head, proof) }
            } catch is SignerMovedOn {
                // Another process with the same files led a moment ago.
                continue
            } catch let refused as SigningRefused {
                throw SealingHalt.refused(
                    refused.refusal, stored: refused.offered, remembered: refused.remembered)
            }
        }
    }

    private func proof(from old: Int64, to new: Int64) async throws -> ConsistencyProof {
        do {
            return try await tables.proof(from: old, to: new)
        } catch let error as TileError {
            throw SealingHalt.tilesMissing(error)
        }
    }

    private func wait(past seen: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await store.eventBell.wait(past: seen) }
            group.addTask { try? await Task.sleep(for: settings.poll) }
            await group.next()
            group.cancelAll()
        }
    }
}
