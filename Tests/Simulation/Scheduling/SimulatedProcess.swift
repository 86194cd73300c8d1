import EventSourcing
import Orchestration
import Synchronization

/// A process of patchflow: its tasks run where and when the scheduler lets them, and all of them end
/// with it.
///
/// Being killed is being cut off: nothing that it does from then on has an effect anywhere, since
/// every way out asks `checkAlive` first. That its tasks are cancelled as well only tidies up.
final class SimulatedProcess: TaskExecutor {
    private struct Life {
        var isDead = false
        var tasks: [Task<Void, Never>] = []
    }

    let name: String
    let number: Int
    let scheduler: Scheduler
    private let life = Mutex(Life())

    init(_ name: String, on scheduler: Scheduler) {
        self.name = name
        self.scheduler = scheduler
        number = scheduler.nextProcess()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.take(UnownedJob(job), of: self)
    }

    func start(_ work: @Sendable @escaping () async -> Void) {
        let task = Task(executorPreference: self) { await work() }
        life.withLock { $0.tasks.append(task) }
    }

    var isDead: Bool { life.withLock { $0.isDead } }

    /// - Throws: `CancellationError` once it was killed.
    func checkAlive() throws {
        if isDead { throw CancellationError() }
    }

    func kill() {
        let tasks = life.withLock { life in
            life.isDead = true
            defer { life.tasks = [] }
            return life.tasks
        }
        scheduler.forget(self)
        for task in tasks { task.cancel() }
    }

    var surroundings: Surroundings {
        Surroundings(
            now: { [scheduler] in scheduler.now }, newID: { [scheduler] in scheduler.newID() },
            sleep: { [scheduler] in try await scheduler.sleep(for: $0) },
            instant: { [scheduler] in scheduler.instant })
    }
}
