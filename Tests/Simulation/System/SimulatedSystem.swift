import Application
import EventSourcing
import FoundationEssentials
import Orchestration
import PatchManagement
import SimulatedFleet
import Support
import Synchronization

/// How much goes wrong around the processes. Of 1,000 calls each.
struct Weather: Sendable {
    /// Appends that fail and leave nothing.
    var aborted = 0
    /// Appends that are committed and whose answer never comes.
    var answerLost = 0
    /// Reads and calls of the queue that fail.
    var unavailable = 0
    /// Claims, renewals and releases that are done and whose answer never comes.
    var queueAnswerLost = 0
    /// Calls that take up to three seconds.
    var slow = 0
    /// Effects at which the process dies.
    var deadly = 0
    /// Effects at which it is stopped for longer than its lease, and goes on.
    var stopping = 0
    /// Orders that reach a host twice.
    var duplicated = 0
    /// The process that reaches this effect dies there.
    var deathAt: Int?

    static let calm = Weather()
}

/// What lies outside the processes: the store, the hosts, the faults of both, and what they would
/// testify to.
final class SimulatedSystem: Sendable {
    let scheduler: Scheduler
    let store: InMemoryStore
    let bug: PlantedBug?
    private let contents: Mutex<Contents>

    struct Contents {
        var fleet: SimulatedFleet
        var weather: Weather
        /// Effects so far: appends, claims, orders to hosts, and the answers to them.
        var effects = 0
        var testimony = Testimony()
        var deaths: [SimulatedProcess] = []
        var stops: [SimulatedProcess] = []
        /// What ticks of schedules plan, as the use cases would find it.
        var plannable: [RolloutPlanner.Request] = []
    }

    init(
        _ scheduler: Scheduler, fleet: SimulatedFleet, weather: Weather = .calm,
        bug: PlantedBug? = nil
    ) {
        self.scheduler = scheduler
        self.bug = bug
        store = InMemoryStore { scheduler.now }
        contents = Mutex(Contents(fleet: fleet, weather: weather))
    }

    func with<Value>(_ body: (inout Contents) throws -> Value) rethrows -> Value {
        try contents.withLock { try body(&$0) }
    }

    var weather: Weather { with { $0.weather } }
    var fleet: SimulatedFleet { with { $0.fleet } }
    var testimony: Testimony { with { $0.testimony } }

    /// Something of `process` takes or has just taken effect outside of it; it may die or be stopped
    /// right there.
    ///
    /// - Throws: `CancellationError` when it has died.
    func effect(of process: SimulatedProcess) throws {
        try process.checkAlive()
        let (dies, stops) = with { contents in
            contents.effects += 1
            let weather = contents.weather
            let dies =
                weather.deathAt == contents.effects || scheduler.chance(perMille: weather.deadly)
            return (dies, !dies && scheduler.chance(perMille: weather.stopping))
        }
        if dies { kill(process) }
        if stops {
            scheduler.stop(process)
            with { $0.stops.append(process) }
        }
        try process.checkAlive()
    }

    func kill(_ process: SimulatedProcess) {
        guard !process.isDead else { return }
        process.kill()
        with { $0.deaths.append(process) }
        bug?.afterDeath(of: process, self)
    }

    /// - Throws: `CancellationError`.
    func travel(_ process: SimulatedProcess) async throws {
        let isSlow = scheduler.chance(perMille: weather.slow)
        let delay = isSlow ? scheduler.draw { Duration.milliseconds($0.below(3000)) } : .zero
        try await scheduler.sleep(for: delay)
        try process.checkAlive()
    }

    /// The answers that were given, and what was sent that could have an effect: those who gave
    /// and sent them would swear to it.
    struct Testimony {
        struct Acknowledged {
            let commandID: UUID
            let receipt: AppendReceipt
            let events: Int
            /// A failover came after it, and took it along.
            var isLost = false
        }

        var acknowledged: [Acknowledged] = []
        /// Every fence that ever was given out.
        var fences: Set<Int64> = []
        /// What cannot both be true of what was answered, with the id of the invariant.
        var contradictions: [String] = []
        /// Of every event that ever was durable, those with an intent: when it was.
        var intents: [String: Timestamp] = [:]
    }
}
