import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Support
import Synchronization

@testable import EventSourcing

/// One run of an installation from its seed: processes, hosts and people, and whatever happens to
/// them. It lets time pass, starts anew what has died, and looks at the log from outside.
struct Story {
    let seed: UInt64
    let system: SimulatedSystem
    var installation: Installation
    var hosts: [AssetRegistration] = []
    var patches: [StreamID] = []
    var rollouts: [StreamID] = []
    var schedules: [StreamID] = []
    /// Processes that are down or stopped, and until when.
    private var absent: [(until: Timestamp, process: SimulatedProcess, isDead: Bool)] = []
    private var folded: [StreamID: (version: Int, state: any Sendable)] = [:]

    var scheduler: Scheduler { system.scheduler }
    var now: Timestamp { scheduler.now }
    var store: InMemoryStore { system.store }
    var log: [RecordedEvent] { store.withState { $0.log } }

    struct Stuck: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter prologue: What has happened before; nil begins with nothing.
    init(
        seed: UInt64, after prologue: Prologue?, workers: Int = 2, weather: Weather = .calm,
        bug: PlantedBug? = nil
    ) {
        self.seed = seed
        let start = prologue?.now ?? Timestamp(seconds: 1_767_268_800)
        let scheduler = Scheduler(at: start + .seconds(1), random: SeededRandom(seed: seed))
        let fleet = prologue?.fleet ?? SimulatedFleet(FleetSettings(seed: seed, faults: .none))
        system = SimulatedSystem(scheduler, fleet: fleet, weather: weather, bug: bug)
        if let prologue {
            system.store.withState { $0 = prologue.state }
            system.with { $0.testimony = prologue.testimony }
            hosts = prologue.hosts
            patches = prologue.patches
        }
        installation = Installation(system, workers: workers)
    }

    func draw<Value>(_ body: (inout SeededRandom) -> Value) -> Value { scheduler.draw(body) }
    func pick<Value>(_ values: [Value]) -> Value { draw { $0.pick(values) } }
    func chance(_ percent: Int) -> Bool { draw { $0.chance(percent) } }

    // MARK: What the log says

    mutating func state<D: Decider>(of stream: StreamID, _: D.Type) -> D.State {
        let known = folded[stream]
        let events = store.withState { state in
            state.streams[stream, default: []].dropFirst(known?.version ?? 0).map { state.log[$0] }
        }
        var state = known?.state as? D.State ?? D.initialState
        for event in events {
            guard
                let read = try? D.Event(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            else { preconditionFailure("\(event.type) can't be read") }
            D.evolve(&state, read)
        }
        if !events.isEmpty { folded[stream] = ((known?.version ?? 0) + events.count, state) }
        return state
    }

    mutating func patch(_ id: StreamID) -> Patch { state(of: id, PatchDecider.self) }
    mutating func rollout(_ id: StreamID) -> RolloutState { state(of: id, RolloutDecider.self) }

    // MARK: Time

    /// Lets everything go on until nothing is left to happen by itself, until `moment`, or until
    /// `isDone`, which is asked whenever the log has grown.
    ///
    /// - Throws: `Stuck` when something goes round in circles.
    mutating func run(
        until moment: Timestamp? = nil, mostSteps: Int = 250_000,
        _ isDone: (inout Story) -> Bool = { _ in false }
    ) throws {
        var seen = -1
        for _ in 0..<mostSteps {
            bury()
            let head = store.withState { $0.log.count }
            if head != seen {
                seen = head
                if isDone(&self) { return }
            }
            if scheduler.step() { continue }
            if let moment, now >= moment { return }
            if isQuiet {
                guard let next = nextMoment else {
                    if let moment { sleepOver(until: moment) }
                    return
                }
                let end = min(next, moment ?? next)
                if end - now > .seconds(60) {
                    sleepOver(until: end)
                    continue
                }
            }
            let next = [scheduler.nextWake, absent.map(\.until).min(), moment].compactMap(\.self)
                .min()
            guard let next else { throw stuck("nobody would ever wake") }
            scheduler.advance(to: next)
        }
        throw stuck("it was still busy after \(mostSteps) steps")
    }

    /// Lets everything go on until `isOver`, which is asked after every step, or `moment`.
    mutating func wait(until moment: Timestamp, _ isOver: () -> Bool) throws {
        for _ in 0..<100_000 {
            bury()
            if isOver() || now >= moment { return }
            if scheduler.step() { continue }
            let next = [scheduler.nextWake, absent.map(\.until).min(), moment].compactMap(\.self)
                .min()
            guard let next else { throw stuck("nobody would ever wake") }
            scheduler.advance(to: next)
        }
        throw stuck("nobody answered")
    }

    func stuck(_ words: String) -> Stuck {
        let (log, waiting) = store.withState { ($0.log, Array($0.activities.values)) }
        let last = log.suffix(12).map { "  \($0.position) \($0.type) \($0.stream)" }
        let work = waiting.map { row in
            "  \(row.activity.kind) of \(row.stream), try \(row.tries), "
                + (row.claim.map { "held by \($0.worker.text)" } ?? "due \(row.availableAt)")
        }
        return Stuck(
            description: "\(words), at \(now); the activities are\n"
                + work.sorted().prefix(5).joined(separator: "\n") + "\nand the log ends with\n"
                + last.joined(separator: "\n"))
    }

    /// Those that died come back a while later, and those that were stopped go on.
    private mutating func bury() {
        let (deaths, stops) = system.with { contents in
            defer { (contents.deaths, contents.stops) = ([], []) }
            return (contents.deaths, contents.stops)
        }
        for process in deaths {
            let pause = draw { Duration.seconds(1 + $0.below(40)) }
            absent.append((now + pause, process, true))
        }
        for process in stops {
            let pause = draw { Duration.seconds(1 + $0.below(60)) }
            absent.append((now + pause, process, false))
        }
        guard !absent.isEmpty else { return }
        for entry in absent where entry.until <= now {
            if entry.isDead {
                installation.restart(entry.process)
            } else {
                scheduler.goOn(entry.process)
            }
        }
        let now = now
        absent.removeAll { $0.until <= now }
    }

    /// Nothing is under way, and nothing is due: everybody only looks again and again.
    private var isQuiet: Bool {
        guard absent.isEmpty else { return false }
        let now = now
        return store.withState { state in
            state.checkpoints["coordinator", default: 0] == Int64(state.log.count)
                && state.activities.values.allSatisfy { $0.claim == nil && $0.availableAt > now }
                && state.timers.values.allSatisfy { $0.due > now }
        }
    }

    private var nextMoment: Timestamp? {
        store.withState { state in
            (state.activities.values.map(\.availableAt) + state.timers.values.map(\.due)).min()
        }
    }

    /// A long time in which nothing would happen but that everybody looks: they are shut down for
    /// it, as over a weekend.
    private mutating func sleepOver(until moment: Timestamp) {
        installation.restartAll()
        absent = []
        scheduler.advance(to: moment)
    }

    /// See `SimulatedSystem.failOver`.
    mutating func failOver(to standby: InMemoryState) {
        for process in installation.workers + [installation.server] { system.kill(process) }
        while scheduler.step() {}
        system.failOver(to: standby)
        folded = [:]
        absent = []
        installation.restartAll()
    }
}
