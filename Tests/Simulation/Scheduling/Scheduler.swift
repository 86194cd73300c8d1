import EventSourcing
import FoundationEssentials
import Support
import Synchronization

/// One thread, one clock and one source of chance for all that is simulated: it holds what any
/// process could do next and draws what happens. So every seed is another interleaving, and the same
/// seed is the same one.
final class Scheduler: Sendable {
    private struct Ready {
        let job: UnownedJob
        let process: SimulatedProcess
    }

    private struct Sleeper {
        let id: Int
        let due: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var random: SeededRandom
        var ready: [Ready] = []
        /// The next to wake last.
        var sleepers: [Sleeper] = []
        var lastSleeper = 0
        var ids: UInt64 = 0
        var steps = 0
        /// By number: processes that are stopped, and go on later.
        var stopped: Set<Int> = []
        /// Processes that were killed.
        var dead: Set<Int> = []
        var lastProcess = 0
    }

    private let state: Mutex<State>
    /// What a process' own clock showed at the beginning.
    private let started = ContinuousClock.now
    private let origin: Timestamp

    init(at moment: Timestamp, random: SeededRandom) {
        origin = moment
        state = Mutex(State(now: moment, random: random))
    }

    var now: Timestamp { state.withLock { $0.now } }
    /// How many jobs have run.
    var steps: Int { state.withLock { $0.steps } }
    /// The clock of a process, which nobody sets.
    var instant: ContinuousClock.Instant { started + (now - origin) }

    func draw<Value>(_ body: (inout SeededRandom) -> Value) -> Value {
        state.withLock { body(&$0.random) }
    }

    func chance(perMille: Int) -> Bool {
        perMille > 0 && draw { $0.below(1000) } < perMille
    }

    func newID() -> UUID {
        state.withLock { state in
            state.ids += 1
            return .version7(at: state.now, random: (0, state.ids))
        }
    }

    func nextProcess() -> Int {
        state.withLock { state in
            state.lastProcess += 1
            return state.lastProcess
        }
    }

    // MARK: Processes

    func take(_ job: UnownedJob, of process: SimulatedProcess) {
        state.withLock { $0.ready.append(Ready(job: job, process: process)) }
    }

    func stop(_ process: SimulatedProcess) {
        state.withLock { _ = $0.stopped.insert(process.number) }
    }

    func goOn(_ process: SimulatedProcess) {
        state.withLock { _ = $0.stopped.remove(process.number) }
    }

    /// What is left of it to be tidied up is no part of the story any more.
    func forget(_ process: SimulatedProcess) {
        state.withLock { state in
            state.dead.insert(process.number)
            state.stopped.remove(process.number)
        }
    }

    // MARK: Time

    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    return continuation.resume(throwing: CancellationError())
                }
                state.withLock { state in
                    let due = state.now + max(duration, .zero)
                    let place = state.sleepers.lastIndex { $0.due > due }.map { $0 + 1 } ?? 0
                    state.sleepers.insert(
                        Sleeper(id: id, due: due, continuation: continuation), at: place)
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    return nil
                }
                return state.sleepers.remove(at: place)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// When the next sleeper wakes.
    var nextWake: Timestamp? { state.withLock { $0.sleepers.last?.due } }

    func advance(to moment: Timestamp) {
        let woken = state.withLock { state in
            state.now = max(state.now, moment)
            var woken: [Sleeper] = []
            while let last = state.sleepers.last, last.due <= state.now {
                woken.append(state.sleepers.removeLast())
            }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    // MARK: Steps

    /// Runs one of the jobs that could run now.
    ///
    /// - Returns: false when there is none.
    func step() -> Bool {
        tidyUp()
        let next = state.withLock { state -> Ready? in
            guard !state.ready.isEmpty else { return nil }
            if state.stopped.isEmpty {
                state.steps += 1
                return state.ready.remove(at: state.random.below(state.ready.count))
            }
            let places = state.ready.indices.filter {
                !state.stopped.contains(state.ready[$0].process.number)
            }
            guard !places.isEmpty else { return nil }
            state.steps += 1
            return state.ready.remove(at: places[state.random.below(places.count)])
        }
        guard let next else { return false }
        next.job.runSynchronously(on: next.process.asUnownedTaskExecutor())
        return true
    }

    /// Lets the tasks of killed processes end. They have no effect any more, and as libraries use
    /// threads of their own for it, when they come is not for chance to see.
    private func tidyUp() {
        while true {
            let next = state.withLock { state -> Ready? in
                guard !state.dead.isEmpty else { return nil }
                let place = state.ready.firstIndex { state.dead.contains($0.process.number) }
                return place.map { state.ready.remove(at: $0) }
            }
            guard let next else { return }
            next.job.runSynchronously(on: next.process.asUnownedTaskExecutor())
        }
    }
}
