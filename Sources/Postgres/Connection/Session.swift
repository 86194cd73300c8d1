import CLibPQ
import Synchronization

/// One connection to a server: a queue of requests, of which one is current.
///
/// Invariant behind `@unchecked Sendable`: all mutable state, the PGconn included, is touched
/// only on the thread of `reactor`; `closed` is atomic, `backendPID` never changes.
final class Session: @unchecked Sendable {
    let reactor: Reactor
    let options: ConnectionOptions
    let backendPID: Int32
    private let closed = Atomic<Bool>(false)

    let connection: OpaquePointer
    var statements: StatementCache
    /// Prepared statements that had to make room, still to be deallocated.
    var discarded: [String] = []
    /// What the server said since the last result was taken.
    var notices: [PostgresNotice] = []
    private let canceller: Canceller
    private let noticeBox: NoticeBox

    private var descriptor: Int32
    private var registration: UInt64 = 0
    private var interest: Interest = .read
    private var queue: [Request] = []
    private var current: Request?
    private var lease: Lease?
    private var end: PostgresError?
    private var listeners: [UInt64: @Sendable (ChannelMessage?, PostgresError?) -> Void] = [:]
    private var lastListener: UInt64 = 0
    private var paused = false

    /// Takes over a connection that is made. On the reactor's thread.
    init(_ made: MadeConnection, reactor: Reactor, options: ConnectionOptions) {
        self.reactor = reactor
        self.options = options
        connection = made.connection
        noticeBox = made.notices
        backendPID = PQbackendPID(made.connection)
        canceller = Canceller(made.connection)
        statements = StatementCache(limit: options.preparedStatementLimit)
        descriptor = PQsocket(made.connection)
        noticeBox.receive = { [unowned self] in self.notices.append($0) }
        registration = reactor.add(self, descriptor: descriptor, interest: .read)
    }

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// True while the current request is being cancelled at its caller's wish.
    var isCancelling: Bool { current?.state == .cancelling }

    /// True when nothing runs or waits and no transaction is open.
    var isClean: Bool {
        end == nil && current == nil && queue.isEmpty && lease == nil
            && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    // MARK: Requests

    func submit(_ request: Request) {
        reactor.assertOnThread()
        if let end {
            var error = end
            error.effect = .none
            return finish(request, error)
        }
        if request.lease?.isEnded == true || request.loan?.isEnded == true {
            return finish(
                request, PostgresError(.closed, "the lease of this connection has ended"))
        }
        queue.append(request)
        pump()
    }

    func cancel(_ request: Request) {
        switch request.state {
        case .queued:
            guard let index = queue.firstIndex(where: { $0 === request }) else { return }
            queue.remove(at: index)
            finish(request, PostgresError(.cancelled, "cancelled before it was sent"))
        case .running:
            request.state = .cancelling
            canceller.cancel { [self] in
                reactor.perform { [self] in settle(after: request) }
            }
        case .cancelling, .finished: return
        }
    }

    /// Goes on with a request that was paused.
    func resume(_ request: Request) {
        guard current === request, end == nil else { return }
        paused = false
        progress()
    }

    private func pump() {
        while current == nil, end == nil, let request = dequeue() {
            if request.cancellable, request.cancelled.load(ordering: .acquiring) {
                finish(request, PostgresError(.cancelled, "cancelled before it was sent"))
                continue
            }
            current = request
            request.state = .running
            if let acquired = request.acquires { lease = acquired }
            do {
                try request.exchange.start(self)
                progress()
            } catch {
                fail(error)
            }
        }
    }

    /// While somebody holds the lease, only his requests run.
    private func dequeue() -> Request? {
        guard let lease else { return queue.isEmpty ? nil : queue.removeFirst() }
        guard let index = queue.firstIndex(where: { $0.lease === lease }) else { return nil }
        return queue.remove(at: index)
    }

    /// Sends what is to be sent and takes what has arrived.
    func progress() {
        reactor.assertOnThread()
        guard end == nil else { return }
        var wanted: Interest = .read
        switch PQflush(connection) {
        case 0: break
        case 1: wanted.insert(.write)
        default: return lose()
        }
        if let request = current, !paused {
            do {
                switch try request.exchange.advance(self) {
                case .waiting: break
                case .paused: paused = true
                case .done:
                    guard PQstatus(connection) == CONNECTION_OK else { return lose() }
                    complete(request)
                    return
                }
            } catch {
                return fail(error)
            }
            // Answers may have made room for more to be sent (a COPY, a long pipeline).
            if PQflush(connection) == 1 {
                wanted.insert(.write)
            } else {
                wanted.remove(.write)
                request.exchange.flushed()
            }
        }
        if paused { wanted.remove(.read) }
        guard wanted != interest else { return }
        interest = wanted
        reactor.change(registration, descriptor: descriptor, interest: wanted)
    }

    private func complete(_ request: Request) {
        paused = false
        restoreInterest()
        let mustSettle = request.state == .cancelling
        finish(request, nil)
        if mustSettle {
            // The connection stays taken until the cancel request has arrived, so that it can't
            // hit the next statement. `settle` goes on from here.
            if request.cancelDelivered { settle(after: request) }
        } else {
            current = nil
            pump()
        }
    }

    /// The server has got the cancel request. Once the answers are in too, one harmless round
    /// trip catches the signal if it came late; what it does to that statement is of no interest.
    private func settle(after request: Request) {
        request.cancelDelivered = true
        guard current === request, request.state == .finished, end == nil else { return }
        let harmless = PipelineExchange([["select"]]) { _ in }
        current = Request(harmless, lease: nil, cancellable: false)
        do {
            try harmless.start(self)
            progress()
        } catch {
            fail(error)
        }
    }

    private func restoreInterest() {
        guard interest != .read, end == nil else { return }
        interest = .read
        reactor.change(registration, descriptor: descriptor, interest: .read)
    }

    private func finish(_ request: Request, _ error: PostgresError?) {
        guard request.state != .finished else { return }
        if let released = request.releases {
            released.end()
            if lease === released { lease = nil }
        }
        if error != nil, let acquired = request.acquires, lease === acquired { lease = nil }
        request.state = .finished
        request.exchange.finish(error)
    }

    // MARK: The end

    private func fail(_ error: PostgresError) {
        PQstatus(connection) == CONNECTION_OK ? terminate(error) : lose()
    }

    private func lose() {
        terminate(.connection(connection, .connectionLost, effect: .unknown))
    }

    func close() {
        terminate(PostgresError(.closed, "the connection was closed", effect: .unknown))
    }

    private func terminate(_ error: PostgresError) {
        reactor.assertOnThread()
        guard end == nil else { return }
        end = error
        closed.store(true, ordering: .releasing)
        reactor.remove(registration, descriptor: descriptor)
        noticeBox.receive = { _ in }
        PQfinish(connection)

        if let request = current { finish(request, error) }
        current = nil
        var unsent = error
        unsent.effect = .none
        for request in queue { finish(request, unsent) }
        queue = []
        for listener in listeners.values { listener(nil, unsent) }
        listeners = [:]
    }

    // MARK: Messages of NOTIFY

    /// `listener` gets each message, and nil with the reason when the connection has ended.
    func addListener(
        _ listener: @escaping @Sendable (ChannelMessage?, PostgresError?) -> Void
    ) -> UInt64 {
        lastListener += 1
        if let end { listener(nil, end) } else { listeners[lastListener] = listener }
        return lastListener
    }

    func removeListener(_ id: UInt64) {
        listeners[id] = nil
    }

    private func deliverMessages() {
        while end == nil, let raw = PQnotifies(connection) {
            let message = ChannelMessage(
                channel: String(cString: raw.pointee.relname),
                payload: String(cString: raw.pointee.extra), senderPID: raw.pointee.be_pid)
            PQfreemem(raw)
            for listener in listeners.values { listener(message, nil) }
        }
    }
}

extension Session: ReactorSource {
    func ready() {
        guard end == nil else { return }
        var alive = PQconsumeInput(connection) == 1
        if alive, PQsslInUse(connection) == 1 {
            // TLS holds back decrypted bytes that epoll can't see. One record is at most 16 kB,
            // and each call takes at least 8 kB.
            for _ in 0..<3 where alive { alive = PQconsumeInput(connection) == 1 }
        }
        // What came before the end, for example the server's last words, is taken all the same.
        progress()
        deliverMessages()
        if !alive, end == nil { lose() }
    }
}

/// A message of NOTIFY. A hint: lost while nobody is connected.
package struct ChannelMessage: Sendable, Hashable {
    package let channel: String
    package let payload: String
    /// The process id of the server process that sent it.
    package let senderPID: Int32
}
