/// Who has which connection of a pool, who waits, and what is to be done next.
///
/// A value without any waiting of its own: the pool holds it under a lock and does what it says.
struct PoolState {
    struct Idle {
        let handle: Connection.Handle
        let since: ContinuousClock.Instant
    }

    struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<PoolTicket, any Error>
    }

    enum Acquisition {
        case use(Idle)
        /// Open a new connection; its place is taken already.
        case open
        case wait(UInt64)
        case refuse(PostgresError)
    }

    let maximum: Int
    let queueLimit: Int
    private var idle: [Idle] = []
    private var waiters: [Waiter] = []
    private var lastWaiter: UInt64 = 0
    /// Open connections and those being opened, idle ones included.
    private(set) var total = 0
    private(set) var isClosed = false

    init(maximum: Int, queueLimit: Int) {
        self.maximum = maximum
        self.queueLimit = queueLimit
    }

    var idleCount: Int { idle.count }
    var brokenCount: Int { idle.count { $0.handle.session.isClosed } }
    var waiterCount: Int { waiters.count }

    mutating func acquire() -> Acquisition {
        if isClosed { return .refuse(PostgresError(.closed, "the pool is closed")) }
        // The last one given back is the warmest.
        while let candidate = idle.popLast() {
            if !candidate.handle.session.isClosed { return .use(candidate) }
            total -= 1
        }
        if total < maximum {
            total += 1
            return .open
        }
        guard waiters.count < queueLimit else {
            return .refuse(
                PostgresError(
                    .poolExhausted,
                    "all \(maximum) connections are in use and \(waiters.count) callers wait"))
        }
        lastWaiter += 1
        return .wait(lastWaiter)
    }

    mutating func add(_ waiter: Waiter) {
        waiters.append(waiter)
    }

    mutating func removeWaiter(_ id: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index)
    }

    enum Handover {
        case give(Waiter, PoolTicket)
        case drop(Connection.Handle)
        case nothing
    }

    /// A connection is free again.
    mutating func giveBack(
        _ handle: Connection.Handle, now: ContinuousClock.Instant
    ) -> Handover {
        if isClosed || handle.session.isClosed {
            return lose(handle)
        }
        if !waiters.isEmpty {
            return .give(waiters.removeFirst(), .connection(handle))
        }
        idle.append(Idle(handle: handle, since: now))
        return .nothing
    }

    /// A connection is gone, or could not be opened: its place goes to who waits longest.
    mutating func lose(_ handle: Connection.Handle?) -> Handover {
        if !waiters.isEmpty, !isClosed {
            return .give(waiters.removeFirst(), .place)
        }
        total -= 1
        return handle.map { .drop($0) } ?? .nothing
    }

    /// Idle connections above `minimum` that nobody needed since `deadline`, and broken ones.
    mutating func reap(minimum: Int, idleSince deadline: ContinuousClock.Instant)
        -> [Connection.Handle]
    {
        var kept: [Idle] = []
        var reaped: [Connection.Handle] = []
        for candidate in idle {
            let spare = total - reaped.count > minimum && candidate.since < deadline
            if candidate.handle.session.isClosed || spare {
                reaped.append(candidate.handle)
            } else {
                kept.append(candidate)
            }
        }
        idle = kept
        total -= reaped.count
        return reaped
    }

    mutating func close() -> (idle: [Connection.Handle], waiters: [Waiter]) {
        isClosed = true
        defer {
            total -= idle.count
            idle = []
            waiters = []
        }
        return (idle.map(\.handle), waiters)
    }
}

/// What somebody who waited gets.
enum PoolTicket: Sendable {
    case connection(Connection.Handle)
    /// The right to open a connection.
    case place
}
