internal import EventSourcing
internal import FoundationEssentials
private import Logging
internal import Postgres
private import Synchronization

/// Merges what waits to be appended and keeps a few connections busy (group commit).
///
/// A batch is one transaction whose commit doesn't wait for the flush, so the sequencing lock is
/// short, followed by an empty flushing transaction; nothing is acknowledged before that one has
/// returned. Commit records are flushed in the order of positions, so what is durable is always a
/// prefix of the log.
///
/// A batch begins where it becomes due: on the thread of the sender that makes it large enough, or
/// where the one before was answered. So the database works while further senders are still making
/// their requests.
final class Appender: Sendable {
    private struct Pending {
        let request: AppendRequest
        let continuation: CheckedContinuation<AppendReceipt, any Error>
    }

    private struct Contents {
        var waiting: [Pending] = []
        /// Streams in a batch that is under way: no other batch touches them meanwhile.
        var busy: Set<StreamID> = []
        var isRunning = false
        var isStopped = false
        /// Those that carry no batch.
        var idle = (0..<Appender.lanes).map { _ in Lane() }
        /// Batches whose append the database hasn't answered yet; some wait for the sequencing lock.
        var appending = 0
        /// A look at what waits is to come.
        var isSweepDue = false
        /// Requests without an answer.
        var open = 0
        var share = LogShare()
        var flush = FlushTime()

        var isFlushLong: Bool { flush.isLong(amongOthers: share.isCrowded) }

        /// How many lanes may carry a batch now: the third one pays only where it saves a flush. Among
        /// other processes, a lane more halves the batches of this one, and each costs the database its
        /// fixed share; only a long flush is worth that.
        var spare: Int {
            let worthwhile =
                switch (isFlushLong, share.isCrowded) {
                case (true, false): 3
                case (true, true), (false, false): 2
                case (false, true): 1
                }
            return idle.count - (Appender.lanes - worthwhile)
        }
    }

    private static let lanes = 3

    private let options: ConnectionOptions
    private let contents = Mutex(Contents())
    private let ends = LocalBell()
    private let limit = 20_000
    private let largestBatch = 256
    /// As few as this go into one batch, also while another lane is idle.
    private let smallestShare = 8
    /// How long a batch is tried again after the connection broke, before its senders are told.
    private let patience: Duration
    private let appended: @Sendable (_ work: Bool) -> Void
    private let logger = Logger(label: "patchflow.appender")

    /// - Parameter appended: Called after each durable batch; `work` when it scheduled some.
    init(
        options: ConnectionOptions, patience: Duration,
        appended: @escaping @Sendable (_ work: Bool) -> Void
    ) {
        var options = options
        options.cancellable = false
        self.options = options
        self.patience = patience
        self.appended = appended
    }

    /// - Throws: see `EventStore.append`.
    func append(_ request: AppendRequest) async throws -> AppendReceipt {
        try EntryLimit.check(request)
        return try await withCheckedThrowingContinuation { continuation in
            enum Next { case refuse(EventStoreError), begin, sweep, wait }
            let next: Next = contents.withLock { contents in
                if contents.isStopped {
                    return .refuse(EventStoreError(.unavailable, "shutting down"))
                }
                if contents.waiting.count >= limit {
                    return .refuse(
                        EventStoreError(.overloaded, "\(limit) appends wait already"))
                }
                contents.waiting.append(Pending(request: request, continuation: continuation))
                contents.open += 1
                guard contents.isRunning else { return .wait }
                if contents.waiting.count >= enough(contents) { return .begin }
                if contents.isSweepDue { return .wait }
                contents.isSweepDue = true
                return .sweep
            }
            switch next {
            case .refuse(let refusal): continuation.resume(throwing: refusal)
            case .begin: begin()
            case .sweep: sweep()
            case .wait: break
            }
        }
    }

    /// How many that wait are worth a batch before others have come. Senders that were answered
    /// together come back together. Where the flush takes long, it is to begin early, and those who
    /// come meanwhile share it; where it doesn't, fewer and larger batches cost less.
    private func enough(_ contents: Contents) -> Int {
        contents.isFlushLong ? max(smallestShare, contents.open / 4) : largestBatch
    }

    /// Serves until the task is cancelled; what is under way then is finished first.
    func run() async {
        contents.withLock { $0.isRunning = true }
        begin()
        let forever = LocalBell()
        await forever.wait(past: forever.rings)
        let left = contents.withLock { contents in
            contents.isStopped = true
            defer { contents.waiting = [] }
            return contents.waiting
        }
        for pending in left {
            pending.continuation.resume(throwing: EventStoreError(.unavailable, "shutting down"))
        }
        await close()
    }

    /// Waits for the lanes, also in a task that was cancelled, and closes their connections.
    private func close() async {
        let closing = Task { [self] in
            for _ in 0..<Self.lanes {
                while true {
                    let seen = ends.rings
                    if let lane = contents.withLock({ $0.idle.popLast() }) {
                        await lane.connection?.close()
                        break
                    }
                    await ends.wait(past: seen)
                }
            }
        }
        await closing.value
    }

    /// Sends what waits after a batch was answered. Its senders are ready to come back, but haven't
    /// run yet: where the flush is short, they are let in first, as a batch of half the size costs
    /// the database nearly as much as a whole one.
    private func beginNext() {
        enum Next { case begin, sweep, wait }
        let next: Next = contents.withLock { contents in
            if contents.isFlushLong { return .begin }
            if contents.isSweepDue { return .wait }
            contents.isSweepDue = true
            return .sweep
        }
        switch next {
        case .begin: begin()
        case .sweep: sweep()
        case .wait: break
        }
    }

    /// Looks at what waits once whoever is ready to run now has had his turn.
    private func sweep() {
        Task(executorPreference: Reactor.shared) { [self] in
            contents.withLock { $0.isSweepDue = false }
            begin()
        }
    }

    /// Sends what waits, as far as lanes may carry it.
    private func begin() {
        while let (batch, lane) = contents.withLock({ take(from: &$0) }) {
            // Up to its first wait it runs here and now. What has begun is brought to its end, also
            // when the process is told to stop.
            Task.immediate(executorPreference: Reactor.shared) { [self] in
                let turn = AppendTurn()
                var lane = lane
                await carryOut(batch, &lane, turn, isCareful: false)
                finish(batch, lane, turn)
                beginNext()
            }
        }
    }

    private func take(from contents: inout Contents) -> ([Pending], Lane)? {
        guard contents.isRunning, !contents.waiting.isEmpty, contents.spare > 0,
            let lane = contents.idle.last,
            contents.appending < contents.share.mostAppending
        else { return nil }
        let batch = takeBatch(from: &contents)
        guard !batch.isEmpty else { return nil }
        contents.idle.removeLast()
        contents.appending += 1
        return (batch, lane)
    }

    /// The oldest waiting requests, none of which meet on a stream, in order.
    private func takeBatch(from contents: inout Contents) -> [Pending] {
        var taken: [Pending] = []
        var left: [Pending] = []
        // A request that must wait holds back later ones on its streams.
        var closed = contents.busy
        // What the requests of one batch are judged by is the state before the batch. So one
        // that relies on a stream, or on control, never shares it with one that changes that.
        var written: Set<StreamID> = []
        var controls: (relied: Bool, changed: Bool) = (false, false)
        // Activities and timers: only one of several that use one up can be right.
        var used: Set<UUID> = []
        var looked = 0
        // What waits is shared out among the lanes that may take it, so that one encodes while the
        // database works for the other.
        let lanes =
            contents.isFlushLong
            ? 1 : min(contents.spare, contents.share.mostAppending - contents.appending)
        let most = min(largestBatch, max(smallestShare, contents.waiting.count / lanes))
        for pending in contents.waiting {
            if taken.count == most || looked == 4 * largestBatch { break }
            looked += 1
            let request = pending.request
            let streams = request.streams.lazy.map(\.stream)
            let changesControl = request.changesControl
            if streams.contains(where: closed.contains)
                || request.guards.contains(where: { written.contains($0.stream) })
                || (request.permit != nil && controls.changed)
                || (changesControl && controls.relied)
                || request.uses.contains(where: used.contains)
            {
                left.append(pending)
            } else {
                taken.append(pending)
                contents.busy.formUnion(streams)
                written.formUnion(streams)
                used.formUnion(request.uses)
                controls.relied = controls.relied || request.permit != nil
                controls.changed = controls.changed || changesControl
            }
            closed.formUnion(streams)
        }
        contents.waiting.replaceSubrange(0..<looked, with: left)
        return taken
    }

    private func finish(_ batch: [Pending], _ lane: Lane, _ turn: AppendTurn) {
        pass(turn)
        contents.withLock { contents in
            // The last one is taken first: one without a connection when there is no other.
            contents.idle.insert(
                lane, at: lane.connection == nil ? 0 : contents.idle.endIndex)
            contents.open -= batch.count
            for pending in batch {
                for stream in pending.request.streams { contents.busy.remove(stream.stream) }
            }
        }
        ends.ring()
    }

    private func pass(_ turn: AppendTurn) {
        guard turn.release() else { return }
        contents.withLock { $0.appending -= 1 }
        begin()
    }

    // MARK: One batch

    private struct Lane {
        var connection: Connection?
    }

    /// Sends the batch until every sender has an answer. Sending it again after a lost connection,
    /// or a flush that was cut short, is safe: a command that was committed then is answered as
    /// repeated (I9).
    ///
    /// - Parameter isCareful: Whether some of it may have been sent before, or be there already.
    private func carryOut(
        _ batch: [Pending], _ lane: inout Lane, _ turn: AppendTurn, isCareful: Bool
    ) async {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        var isCareful = isCareful
        var inDoubt = false
        var isRetry = false
        while true {
            let failure: PostgresError
            do throws(PostgresError) {
                try await send(batch, &lane, turn, isCareful: isCareful)
                return
            } catch {
                failure = error
            }
            inDoubt = inDoubt || failure.mayHaveTakenEffect
            if !isCareful, !failure.isPassing {
                isCareful = true
                continue
            }
            if failure.isPassing || (batch.count == 1 && failure.isTwin) {
                if failure.isConnectionLoss || failure.code == .closed { lane.connection = nil }
                if clock.now < deadline {
                    if !isRetry {
                        logger.warning("appending again", metadata: ["error": "\(failure)"])
                    }
                    isRetry = true
                    isCareful = true
                    // Others may have a connection that works.
                    pass(turn)
                    try? await Task.sleep(for: .milliseconds(100))
                    continue
                }
                let code: EventStoreError.Code = inDoubt ? .inDoubt : .unavailable
                for pending in batch {
                    pending.continuation.resume(
                        throwing: EventStoreError(code, failure.description))
                }
                return
            }
            // One of them is bad: find it without failing its neighbours.
            if batch.count == 1 {
                batch[0].continuation.resume(
                    throwing: EventStoreError(.failed, failure.description))
                return
            }
            logger.warning(
                "a batch was refused and is halved",
                metadata: ["commands": "\(batch.count)", "error": "\(failure)"])
            let half = batch.count / 2
            await carryOut(Array(batch[..<half]), &lane, turn, isCareful: isCareful)
            await carryOut(Array(batch[half...]), &lane, turn, isCareful: isCareful)
            return
        }
    }

    private func send(
        _ batch: [Pending], _ lane: inout Lane, _ turn: AppendTurn, isCareful: Bool
    ) async throws(PostgresError) {
        let connection = try await connect(&lane)
        let sent = AppendBatch(batch.lazy.map(\.request), isCareful: isCareful)
        let transactions = sent.transactions
        let appendGroup = transactions.count - 2
        var outcomes = await connection.pipeline(transactions) { group in
            guard group == appendGroup else { return }
            turn.answer()
            self.pass(turn)
        }
        let flush = outcomes.removeLast()
        // What counts is whether the append took place, though rows may not have been made before.
        let answer = try outcomes.removeLast().get()
        // Without this one the batch is committed but perhaps not durable.
        do throws(PostgresError) {
            try flush.get().expectFlushed()
        } catch {
            var error = error
            error.effect = .unknown
            throw error
        }
        guard let row = answer[0].first else {
            throw PostgresError(.protocolViolation, "append_events answered nothing")
        }
        let verdicts = try AppendVerdicts(row, to: sent)
        let flushed = turn.answered.map { ContinuousClock.now - $0 }
        contents.withLock { contents in
            contents.share.take(verdicts.positions)
            if let flushed { contents.flush.take(flushed) }
        }
        let work = batch.contains { !$0.request.effects.isEmpty }
        appended(work)
        for (index, pending) in batch.enumerated() {
            pending.continuation.resume(with: verdicts.result(of: index))
        }
    }

    private func connect(_ lane: inout Lane) async throws(PostgresError) -> Connection {
        if let connection = lane.connection, !connection.isClosed { return connection }
        do {
            let connection = try await Connection.open(options)
            lane.connection = connection
            return connection
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.connectionLost, "\(error)")
        }
    }
}
