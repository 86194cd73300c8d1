package import EventSourcing
import FoundationEssentials
import PatchManagement

/// A history as the domain's own deciders write it: people get roles, assets are scanned, patches
/// are tested, approved and rolled out over simulated hosts. In one value, without store or clock:
/// the same seed gives the same events, byte for byte.
///
/// It keeps the promises of the store (versions, one attempt at a time on an asset, nothing while a
/// rollout is halted), so that an audit of it finds nothing; for tests and benchmarks of that.
package struct SimulatedHistory {
    /// From position 1 on.
    package private(set) var log: [RecordedEvent] = []
    /// What the events name by digest.
    package private(set) var documents: [Digest: Document] = [:]
    package let people: SimulatedPeople

    package internal(set) var now: Timestamp
    var fleet: SimulatedFleet
    var hosts: [AssetRegistration] = []
    var work = SimulatedWork()
    /// How far the coordinator has read.
    var coordinated = 0
    var ledgers: [StreamID: RolloutLedger] = [:]
    private let settings: FleetSettings
    private var states: [StreamID: any Sendable] = [:]
    private var versions: [StreamID: Int] = [:]
    private var ids: UInt64 = 0
    private var draws = 0

    /// Begins with the people, and with one lab host and `assets` others, all of them scanned.
    package init(
        _ settings: FleetSettings, assets: Int,
        at now: Timestamp = Timestamp(seconds: 1_767_268_800)
    ) throws {
        self.settings = settings
        self.now = now
        fleet = SimulatedFleet(settings)
        people = SimulatedPeople()
        try appointPeople()
        try importHosts(assets)
    }

    /// Puts new hosts in the place of the old ones, as if nothing had ever been installed.
    mutating func renewFleet() { fleet = SimulatedFleet(settings) }

    mutating func newID() -> UUID {
        ids += 1
        return .version7(at: now, random: (settings.seed, ids))
    }

    /// Below `bound`, another one each time.
    mutating func draw(below bound: Int) -> Int {
        draws += 1
        return Draw(settings.seed, "history", "\(draws)").below(bound)
    }

    func state<D: Decider>(of stream: StreamID, _: D.Type) -> D.State {
        states[stream] as? D.State ?? D.initialState
    }

    /// Decides, and appends what was decided.
    @discardableResult
    mutating func send<D: Decider>(
        _ command: D.Command, to stream: StreamID, _ decider: D.Type, by actor: Actor,
        documents kept: [Document] = []
    ) throws -> [D.Event] {
        let context = CommandContext(actor: actor, at: now, commandID: newID())
        var state = state(of: stream, D.self)
        let events = try D.decide(command, context, state)
        for event in events { D.evolve(&state, event) }
        states[stream] = state
        for document in kept { documents[document.digest] = document }
        var effects: [(UUID, Effect)] = []
        for (place, event) in events.enumerated() {
            let id = AppendRequest.eventID(commandID: context.commandID, index: place)
            try append(event.payload, id, to: stream, context)
            effects += D.effects(of: event, state).map { (id, $0) }
        }
        work.take(effects, of: stream, at: now)
        return events
    }

    private mutating func append(
        _ payload: any EventPayload, _ id: UUID, to stream: StreamID, _ context: CommandContext
    ) throws {
        let stored = try NewEvent(payload)
        let version = versions[stream, default: 0] + 1
        versions[stream] = version
        log.append(
            RecordedEvent(
                position: Int64(log.count + 1), stream: stream, version: version, id: id,
                type: stored.type, schemaVersion: stored.schemaVersion, occurredAt: context.at,
                recordedAt: now, actor: context.actor, commandID: context.commandID,
                correlationID: context.correlationID, causationID: context.causationID,
                data: stored.data))
    }
}

/// Who acts in a simulated history: one person for each duty.
package struct SimulatedPeople: Sendable {
    package let watcher = actor(1, .vendorWatch)
    package let analyst = actor(2, .analyst)
    package let tester = actor(3, .tester)
    package let securityTester = actor(4, .securityTester)
    package let manager = actor(5, .releaseManager)
    package let approver = actor(6, .approver)

    var all: [Actor] { [watcher, analyst, tester, securityTester, manager, approver] }

    private static func actor(_ number: UInt64, _ role: Role) -> Actor {
        let id = UUID.version7(at: Timestamp(seconds: 1_767_225_600), random: (0, number))
        return Actor(id: StreamID(prefix: "pe", id).text, role: role.rawValue)
    }
}
