internal import EventSourcing
package import Logging
internal import Postgres
internal import ServiceLifecycle
package import TransparencyLog

/// Has witnesses cosign the log's checkpoints, beside the sealer and never in its way: a witness that
/// is slow, dead or hostile delays nobody but itself.
///
/// The newest checkpoint is offered to all witnesses at the same moments, so that those which answer
/// cosign the same ones, and a quorum comes together. Of each witness one answer is waited for at a
/// time; whoever was busy goes on with what is newest then. What was cosigned while this process died
/// is asked for again: a witness says by itself what it has cosigned last.
package struct CosignatureCollector: Service {
    package struct Settings: Sendable {
        /// From one offer to the next.
        package var interval: Duration = .seconds(1)
        /// How long a witness that could not be reached is left alone, doubled each time.
        package var firstPause: Duration = .seconds(1)
        package var longestPause: Duration = .seconds(60)

        package init() {}
    }

    private let store: PostgresEventStore
    private let witnesses: [any CheckpointWitness]
    private let settings: Settings
    private let logger: Logger

    package init(
        store: PostgresEventStore, witnesses: [any CheckpointWitness],
        settings: Settings = Settings(), logger: Logger
    ) {
        self.store = store
        self.witnesses = witnesses
        self.settings = settings
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            // Of several processes one asks; the others wait for its end.
            while !Task.isCancelled {
                do {
                    try await PostgresSubscriptionStore(store: store).lead("cosignatures") {
                        try await offer()
                    }
                } catch {
                    if Task.isCancelled { return }
                    logger.warning(
                        "asking witnesses starts anew", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: settings.interval)
                }
            }
        }
    }

    /// Offers the newest checkpoint again and again; who has cosigned it knows that.
    private func offer() async throws {
        let tables = SealedTables(store: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var offers: [AsyncStream<SealedCheckpoint>.Continuation] = []
            for witness in witnesses {
                let (stream, continuation) = AsyncStream.makeStream(
                    of: SealedCheckpoint.self, bufferingPolicy: .bufferingNewest(1))
                offers.append(continuation)
                var asking = AskedWitness(
                    witness: witness, tables: tables, settings: settings, logger: logger)
                group.addTask {
                    for await checkpoint in stream { await asking.ask(for: checkpoint) }
                }
            }
            group.addTask { [offers] in
                defer { for offer in offers { offer.finish() } }
                while !Task.isCancelled {
                    if let newest = try await tables.signed(nil) {
                        for offer in offers { offer.yield(newest) }
                    }
                    try await Task.sleep(for: settings.interval)
                }
            }
            try await group.waitForAll()
        }
    }
}

/// One witness, and how it stands with it.
private struct AskedWitness {
    let witness: any CheckpointWitness
    let tables: SealedTables
    let settings: CosignatureCollector.Settings
    let logger: Logger

    /// What it has cosigned last, as far as this process knows.
    private var cosignedSize: Int64?
    /// How long it is left alone after the next failure.
    private var pause: Duration
    private var askAgainAt = ContinuousClock.now
    private var said: (gist: String, at: ContinuousClock.Instant)?

    /// How long after something was said it is said again.
    private static let reminder: Duration = .seconds(600)

    init(
        witness: any CheckpointWitness, tables: SealedTables,
        settings: CosignatureCollector.Settings, logger: Logger
    ) {
        self.witness = witness
        self.tables = tables
        self.settings = settings
        self.logger = logger
        pause = settings.firstPause
    }

    /// Asks it, unless it has cosigned this one, or is left alone for a while.
    mutating func ask(for checkpoint: SealedCheckpoint) async {
        guard checkpoint.size != cosignedSize, ContinuousClock.now >= askAgainAt else { return }
        do {
            let note = try SignedNote(Array(checkpoint.note.utf8))
            if note.signatures.contains(where: { witness.key.verifies($0, of: note.text) }) {
                cosignedSize = checkpoint.size
                return
            }
            switch try await outcome(note, of: checkpoint.size) {
            case .cosigned(let signature):
                guard try await tables.add(signature, to: checkpoint.size, checkpoint.root) else {
                    throw EventStoreError(
                        .failed, "the checkpoint of \(checkpoint.size) is gone, which was cosigned")
                }
                recovered(at: checkpoint.size)
            case .refused(let words): fail(.critical, "cosigns nothing of this log: \(words)")
            case .unavailable(let words): fail(.warning, "can't be asked: \(words)")
            case .send: preconditionFailure("an outcome is none before the last answer")
            }
        } catch {
            if Task.isCancelled { return }
            fail(.warning, "can't be asked: \(error)")
        }
    }

    private func outcome(
        _ note: SignedNote, of size: Int64
    ) async throws -> CosignatureRequest.Step {
        var request = CosignatureRequest(
            of: note, size: size, witness: witness.key, knownSize: cosignedSize)
        var step = request.first
        while case .send(let oldSize) = step {
            let proof = try await tables.proof(from: oldSize, to: size)
            let reply = try await witness.add(
                AddCheckpointRequest(oldSize: oldSize, proof: proof.hashes, note: note))
            step = request.next(after: reply)
        }
        return step
    }

    private mutating func recovered(at size: Int64) {
        if said != nil {
            logger.notice(
                "a witness cosigns again", metadata: ["witness": "\(witness.key.name)"])
        }
        said = nil
        cosignedSize = size
        pause = settings.firstPause
    }

    private mutating func fail(_ level: Logger.Level, _ words: String) {
        let now = ContinuousClock.now
        // The log grows meanwhile: the same with other sizes is the same.
        let gist = words.filter { !$0.isNumber }
        if gist != said?.gist || said.map({ now - $0.at > Self.reminder }) == true {
            let name = "\(witness.key.name) at \(witness.address)"
            logger.log(level: level, "the witness \(name) \(words). Sealing goes on without it")
            said = (gist, now)
        }
        // From there on it says by itself what it knows.
        cosignedSize = nil
        askAgainAt = now + pause
        pause = min(pause * 2, settings.longestPause)
    }
}
