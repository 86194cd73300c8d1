import EventSourcing
import FoundationEssentials
import SimulatedFleet
import Support

@testable import PatchManagement

/// Everything around the domain, in one pure value: a log with the store's rules, a queue, workers,
/// the coordinator, a clock and a simulated fleet. One seeded scheduler chooses what happens next,
/// so every run is another interleaving, and the same seed is the same run.
struct World {
    var log: [RecordedEvent] = []
    private var states: [StreamID: any Sendable] = [:]
    private var versions: [StreamID: Int] = [:]
    private var commands = Set<UUID>()
    var documents: [Digest: Document] = [:]
    var dispatch = Dispatch()
    var fleet: SimulatedFleet
    var now = Timestamp(seconds: 1_767_268_800)
    var random: SeededRandom
    var ledgers: [StreamID: RolloutLedger] = [:]
    /// The position up to which the coordinator has read.
    var coordinated = 0
    /// What workers are doing, and when they are done with it.
    var happenings: [Happening] = []
    /// Of 100 claims, so many end with the worker's death or its sleep.
    var crashPercent = 0
    /// How hosts are, for those who ask them.
    var prober: Prober = { _, _, _ in .none(detail: "nobody asks in this world") }
    private var ids: UInt64 = 0

    init(faults: String = "none", random: SeededRandom) throws {
        fleet = SimulatedFleet(
            FleetSettings(seed: random.seed, faults: try FaultProfile(faults)))
        self.random = random
    }

    /// Makes a new fleet of it, with the same hosts as on their first day.
    mutating func setFaults(_ text: String) throws {
        fleet = SimulatedFleet(
            FleetSettings(seed: random.seed, faults: try FaultProfile(text)))
    }

    mutating func newID() -> UUID {
        ids += 1
        return .version7(at: now, random: (0, ids))
    }

    func state<D: Decider>(of stream: StreamID, _: D.Type) -> D.State {
        states[stream] as? D.State ?? D.initialState
    }

    func patch(_ id: StreamID) -> Patch { state(of: id, PatchDecider.self) }
    func rollout(_ id: StreamID) -> RolloutState { state(of: id, RolloutDecider.self) }
    func deployment(_ asset: StreamID, _ rollout: StreamID) -> DeploymentState {
        state(of: .deployment(of: asset, in: rollout), DeploymentDecider.self)
    }

    func context(_ actor: Actor, _ id: UUID, cause: UUID? = nil) -> CommandContext {
        CommandContext(actor: actor, at: now, commandID: id, causationID: cause)
    }

    /// What goes with a command, as in the command bus.
    struct Options {
        var claim: ClaimUse?
        var timer: UUID?
        var permit: Permit?
        var documents: [Document] = []
    }

    /// Decides and appends, whole or not at all, with the store's checks in the store's order.
    @discardableResult
    mutating func send<D: Decider>(
        _ command: D.Command, to stream: StreamID, _ decider: D.Type, _ context: CommandContext,
        _ options: Options = Options()
    ) throws -> [D.Event] {
        if commands.contains(context.commandID) { return [] }
        var state = state(of: stream, D.self)
        let events = try D.decide(command, context, state)
        for event in events { D.evolve(&state, event) }
        var effects: [ScheduledEffect] = []
        for (place, event) in events.enumerated() {
            let id = AppendRequest.eventID(commandID: context.commandID, index: place)
            for effect in D.effects(of: event, state) {
                effects.append(
                    ScheduledEffect(
                        stream: stream, eventID: id, index: effects.count, effect: effect))
            }
        }
        try dispatch.check(options)
        try dispatch.take(effects, options, at: now)
        dispatch.schedule(effects, options, at: now)
        for document in options.documents { documents[document.digest] = document }
        for (place, event) in events.enumerated() {
            try append(event.payload, to: stream, place, context)
        }
        states[stream] = state
        commands.insert(context.commandID)
        return events
    }

    private mutating func append(
        _ payload: any EventPayload, to stream: StreamID, _ place: Int, _ context: CommandContext
    ) throws {
        let stored = try NewEvent(payload)
        let version = versions[stream, default: 0] + 1
        versions[stream] = version
        log.append(
            RecordedEvent(
                position: Int64(log.count + 1), stream: stream, version: version,
                id: AppendRequest.eventID(commandID: context.commandID, index: place),
                type: stored.type, schemaVersion: stored.schemaVersion, occurredAt: context.at,
                recordedAt: now, actor: context.actor, commandID: context.commandID,
                correlationID: context.correlationID, causationID: context.causationID,
                data: stored.data))
    }

    /// An event of `stream` as the domain reads it.
    func events<D: Decider>(of stream: StreamID, _: D.Type) throws -> [D.Event] {
        try log.filter { $0.stream == stream }.map {
            try D.Event(type: $0.type, schemaVersion: $0.schemaVersion, data: $0.data)
        }
    }

    func types(of stream: StreamID) -> [String] {
        log.filter { $0.stream == stream }.map(\.type)
    }
}
