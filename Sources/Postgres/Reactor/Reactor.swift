import CLibPQ
import Glibc
import Synchronization

/// One thread that waits for all sockets of its connections (epoll), and on which Swift tasks run.
///
/// The cost of asynchronous libpq is the hop between threads, not libpq. Code that does much
/// with the database runs below `withTaskExecutorPreference(reactor)`: it then shares the thread
/// with the sockets and never hops. CPU-heavy or blocking work must leave again, with
/// `withTaskExecutorPreference(globalConcurrentExecutor)`, since it would hold up every connection.
///
/// A reactor lives as long as the process; most processes need only `Reactor.shared`.
///
/// Invariant behind `@unchecked Sendable`: `sources`, `timers`, `local` and `lastSource` are
/// touched only on the reactor's own thread; everything that other threads may touch is `inbox`
/// (a mutex), `threadID` (an atomic) and descriptors that never change.
package final class Reactor: TaskExecutor, @unchecked Sendable {
    package static let shared = Reactor(name: "postgres")

    private enum Item {
        case job(UnownedJob)
        case work(@Sendable () -> Void)
    }

    private struct Inbox {
        var items: [Item] = []
        var sleeping = false
    }

    private let epoll: Int32
    private let wakeUp: Int32
    private let inbox = Mutex(Inbox())
    private let threadID = Atomic<UInt>(0)

    private var local: [Item] = []
    private var sources: [UInt64: any ReactorSource] = [:]
    private var lastSource: UInt64 = 0
    private var timers = TimerQueue()

    /// Starts the thread. `name` is what `ps -L` shows, at most 15 bytes.
    package init(name: String) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "epoll_create1 failed with errno \(errno)")
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(wakeUp >= 0, "eventfd failed with errno \(errno)")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: 0))
        let added = epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event)
        precondition(added == 0, "epoll_ctl failed with errno \(errno)")
        startThread(name: name) { self.loop() }
    }

    // MARK: Work from any thread

    package func enqueue(_ job: consuming ExecutorJob) {
        post(.job(UnownedJob(job)))
    }

    var isCurrentThread: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `work` on the reactor's thread: at once when called there, else soon and in order.
    func perform(_ work: @escaping @Sendable () -> Void) {
        if isCurrentThread {
            work()
        } else {
            post(.work(work))
        }
    }

    private func post(_ item: Item) {
        if isCurrentThread {
            local.append(item)
            return
        }
        let mustWake = inbox.withLock { inbox in
            inbox.items.append(item)
            defer { inbox.sleeping = false }
            return inbox.sleeping
        }
        if mustWake {
            var one: UInt64 = 1
            // EAGAIN means that the counter is full, so the thread wakes up anyway.
            _ = write(wakeUp, &one, 8)
        }
    }

    // MARK: On the reactor's thread only

    /// Calls `source.ready` whenever `descriptor` is ready, until `remove`.
    func add(_ source: any ReactorSource, descriptor: Int32, interest: Interest) -> UInt64 {
        assertOnThread()
        lastSource += 1
        sources[lastSource] = source
        control(EPOLL_CTL_ADD, descriptor, interest, lastSource)
        return lastSource
    }

    func change(_ id: UInt64, descriptor: Int32, interest: Interest) {
        control(EPOLL_CTL_MOD, descriptor, interest, id)
    }

    /// `descriptor` may be closed already: the kernel has then forgotten it by itself.
    func remove(_ id: UInt64, descriptor: Int32) {
        assertOnThread()
        guard sources.removeValue(forKey: id) != nil else { return }
        var event = epoll_event()
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> TimerQueue.ID
    {
        assertOnThread()
        return timers.add(at: .now + delay, action)
    }

    func cancel(_ timer: TimerQueue.ID) {
        assertOnThread()
        timers.cancel(timer)
    }

    func assertOnThread() {
        assert(isCurrentThread, "connection state was touched outside of its reactor's thread")
    }

    private func control(_ operation: Int32, _ fd: Int32, _ interest: Interest, _ id: UInt64) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: id))
        let status = epoll_ctl(epoll, operation, fd, &event)
        precondition(status == 0, "epoll_ctl on descriptor \(fd) failed with errno \(errno)")
    }

    private func loop() {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        var batch: [Item] = []
        while true {
            inbox.withLock { inbox in
                local.append(contentsOf: inbox.items)
                inbox.items.removeAll(keepingCapacity: true)
            }
            swap(&batch, &local)
            for item in batch { run(item) }
            batch.removeAll(keepingCapacity: true)
            let now = ContinuousClock.now
            while let action = timers.popDue(now) { action() }

            let timeout = timeoutBeforeSleep(now)
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout)
            inbox.withLock { $0.sleeping = false }
            precondition(count >= 0 || errno == EINTR, "epoll_wait failed with errno \(errno)")
            for event in events.prefix(Int(max(count, 0))) { dispatch(event) }
        }
    }

    private func run(_ item: Item) {
        switch item {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .work(let work): work()
        }
    }

    /// Milliseconds for epoll_wait: 0 when there is work, -1 without a deadline.
    private func timeoutBeforeSleep(_ now: ContinuousClock.Instant) -> Int32 {
        guard local.isEmpty else { return 0 }
        let idle = inbox.withLock { inbox in
            inbox.sleeping = inbox.items.isEmpty
            return inbox.sleeping
        }
        guard idle else { return 0 }
        guard let deadline = timers.nextDeadline else { return -1 }
        let wait = max(.zero, now.duration(to: deadline)).components
        let milliseconds = wait.seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(min(milliseconds, 60_000))
    }

    private func dispatch(_ event: epoll_event) {
        guard event.data.u64 != 0 else {
            var count: UInt64 = 0
            _ = read(wakeUp, &count, 8)
            return
        }
        // A source removed by an earlier event of the same batch is not called any more.
        sources[event.data.u64]?.ready()
    }
}

/// Something that waits for a descriptor. `ready` is called on the reactor's thread.
protocol ReactorSource: AnyObject {
    func ready()
}

/// What a source waits for; hang-ups and errors are always reported.
struct Interest: OptionSet {
    let rawValue: UInt32

    static let read = Interest(rawValue: EPOLLIN.rawValue)
    static let write = Interest(rawValue: EPOLLOUT.rawValue)
}

/// Starts a detached thread that runs `body` once.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    final class Box {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Box(name, body)).toOpaque()
    let status = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
            pthread_setname_np(pthread_self(), String(box.name.prefix(15)))
            box.body()
            return nil
        }, argument)
    precondition(status == 0, "pthread_create failed with errno \(status)")
    pthread_detach(thread)
}
