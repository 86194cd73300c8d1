import CLibPQ

/// Asks the server to cancel what a connection is doing.
///
/// Invariant behind `@unchecked Sendable`: a PGcancel never changes and libpq allows its use from
/// any thread; it is freed once, in `deinit`, and a thread that uses it holds a reference.
final class Canceller: @unchecked Sendable {
    private let handle: OpaquePointer?

    init(_ connection: OpaquePointer) {
        handle = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// PQcancel connects and blocks, so it gets a thread of its own. `done` is called on that
    /// thread when the server has dealt with the request, or when it couldn't be reached: then
    /// the connection itself will break as well.
    func cancel(_ done: @escaping @Sendable () -> Void) {
        startThread(name: "pg-cancel") { [self] in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
                _ = PQcancel(handle, message.baseAddress, 256)
            }
            done()
        }
    }
}
