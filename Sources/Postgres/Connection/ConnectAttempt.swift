import CLibPQ

/// A PGconn that is made, with the box into which its notice receiver drops what it hears.
struct MadeConnection {
    let connection: OpaquePointer
    let notices: NoticeBox
}

/// Where libpq's notice receiver leaves notices. Confined to the reactor's thread.
final class NoticeBox {
    var receive: (PostgresNotice) -> Void = { _ in }
}

/// Makes one connection without blocking.
///
/// Invariant behind `@unchecked Sendable`: touched only on the reactor's thread.
final class ConnectAttempt: @unchecked Sendable {
    private let reactor: Reactor
    private let options: ConnectionOptions
    private var done: ((Result<Session, PostgresError>) -> Void)?

    private var connection: OpaquePointer?
    private let notices = NoticeBox()
    private var registration: (id: UInt64, descriptor: Int32)?
    private var timer: TimerQueue.ID?
    private var patience: SocketPatience?

    init(reactor: Reactor, options: ConnectionOptions) {
        self.reactor = reactor
        self.options = options
    }

    func start(
        overrides: [(name: String, value: String)],
        _ done: @escaping (Result<Session, PostgresError>) -> Void
    ) {
        reactor.assertOnThread()
        self.done = done
        let keywords = options.keywords + overrides
        let made = withCStrings(keywords.map(\.name)) { names in
            withCStrings(keywords.map(\.value)) { values in
                PQconnectStartParams(names, values, 1)
            }
        }
        guard let made else {
            return end(.failure(PostgresError(.connectionLost, "libpq is out of memory")))
        }
        connection = made
        PQsetNoticeReceiver(
            made,
            { box, result in
                guard let box, let result else { return }
                let notices = Unmanaged<NoticeBox>.fromOpaque(box).takeUnretainedValue()
                notices.receive(PostgresNotice(result))
            }, Unmanaged.passUnretained(notices).toOpaque())
        guard PQstatus(made) != CONNECTION_BAD else { return refuse() }
        let settings = ConnectionSettings(of: made)
        patience = SocketPatience(settings)
        if let limit = settings.connectTimeout(or: options.connectTimeout) {
            timer = reactor.schedule(after: limit) { [self] in
                end(.failure(PostgresError(.timedOut, "no connection within \(limit)")))
            }
        }
        // As libpq says: behave as if PQconnectPoll had last asked for writing.
        wait(for: .write)
    }

    /// Gives up.
    func cancel() {
        end(.failure(PostgresError(.cancelled, "cancelled while connecting")))
    }

    /// The socket may be another one after each step.
    private func wait(for interest: Interest) {
        guard let connection else { return }
        let descriptor = PQsocket(connection)
        guard descriptor >= 0 else { return refuse() }
        let id = reactor.add(self, descriptor: descriptor, interest: interest)
        registration = (id, descriptor)
    }

    private func forgetSocket() {
        guard let registration else { return }
        reactor.remove(registration.id, descriptor: registration.descriptor)
        self.registration = nil
    }

    private func refuse() {
        guard let connection else { return }
        end(.failure(.connection(connection, .connectionLost, effect: .none)))
    }

    private func end(_ result: Result<Session, PostgresError>) {
        guard let done else { return }
        self.done = nil
        forgetSocket()
        if let timer { reactor.cancel(timer) }
        if case .failure = result, let connection { PQfinish(connection) }
        connection = nil
        done(result)
    }
}

extension ConnectAttempt: ReactorSource {
    func ready() {
        guard let connection else { return }
        // Before the step: it may close the socket, and another may then get its number.
        forgetSocket()
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: wait(for: .read)
        case PGRES_POLLING_WRITING: wait(for: .write)
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1
            else { return refuse() }
            patience?.apply(to: PQsocket(connection))
            let made = MadeConnection(connection: connection, notices: notices)
            end(.success(Session(made, reactor: reactor, options: options)))
        default: refuse()
        }
    }
}

/// Calls `body` with a NULL-terminated array of C strings.
private func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
) -> R {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for string in strings {
        starts.append(bytes.count)
        bytes.append(contentsOf: string.utf8CString)
    }
    return bytes.withUnsafeBufferPointer { bytes in
        var pointers = starts.map { bytes.baseAddress?.advanced(by: $0) }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}
