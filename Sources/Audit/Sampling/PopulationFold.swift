internal import EventSourcing
internal import PatchManagement

/// Gathers all there is of one kind, with what became of it and where its events stand.
struct PopulationFold {
    struct Member {
        /// When its first event was recorded, in microseconds since 1970.
        let recordedAt: Int64
        /// Of its events, in order.
        var positions: [Int64]
        /// Place in `names`.
        fileprivate var state: UInt16
    }

    private let population: SamplePopulation
    /// The ids of those in `members`, of a stream or of an event.
    private var ids: [String] = []
    private(set) var members: [Member] = []
    /// How many there must be, counted by another way than `members`: by first events.
    private(set) var begun: Int64 = 0
    private var places: [StreamKey: Int] = [:]
    private var patches: [StreamKey: Patch] = [:]
    private var rollouts: [StreamKey: RolloutState] = [:]
    /// By stream: where the decision was asked for that comes next.
    private var requests: [StreamKey: Int64] = [:]
    private var names: [String] = []

    init(_ population: SamplePopulation) { self.population = population }

    func id(of place: Int) -> String { ids[place] }

    func state(of place: Int) -> String { names[Int(members[place].state)] }

    mutating func read(_ event: EntryView) {
        switch population {
        case .deployments:
            if event.stream.prefix == StreamKey.deployment { readDeployment(event) }
        case .patches:
            if event.stream.prefix == StreamKey.patch { readPatch(event) }
        case .rollouts:
            if event.stream.prefix == StreamKey.rollout { readRollout(event) }
        case .approvals: readDecision(event)
        }
    }

    // MARK: Streams

    /// The place of the event's stream among the members.
    private mutating func place(of event: EntryView) -> Int {
        if event.version == 1 { begun += 1 }
        if let place = places[event.stream] {
            members[place].positions.append(event.position)
            return place
        }
        places[event.stream] = members.count
        return add(event.stream.description, event, [event.position])
    }

    private mutating func add(_ id: String, _ event: EntryView, _ positions: [Int64]) -> Int {
        ids.append(id)
        members.append(
            Member(recordedAt: event.recordedAt, positions: positions, state: name("open")))
        return members.count - 1
    }

    private mutating func name(_ state: String) -> UInt16 {
        if let known = names.firstIndex(of: state) { return UInt16(known) }
        names.append(state)
        return UInt16(names.count - 1)
    }

    /// One that can't be read stays in the population, under a state of its own.
    private mutating func readDeployment(_ event: EntryView) {
        let place = place(of: event)
        if isUnreadable(place) { return }
        do {
            guard let kind = DeploymentKind(event.type) else {
                throw EventCodingError.unknownType(event.typeText)
            }
            try kind.withCurrentForm(of: event) { readOutcome($0, kind, of: place) }
        } catch {
            members[place].state = name("unreadable")
        }
    }

    /// Whatever brings an outcome says so in the same way.
    private mutating func readOutcome(_ event: EntryView, _ kind: DeploymentKind, of place: Int) {
        // Until it returns, an absent asset has no outcome.
        if kind == .returnAwaited {
            members[place].state = name("open")
            return
        }
        let data = JSONMembers(event.data)
        guard var change = data.members("change") else { return }
        let outcome = change.text("after").map { String(decoding: $0, as: UTF8.self) }
        members[place].state = name(outcome ?? "open")
    }

    private mutating func readPatch(_ event: EntryView) {
        let place = place(of: event)
        guard let read = Self.decode(PatchEvent.self, event) else {
            members[place].state = name("unreadable")
            return
        }
        var patch = patches[event.stream] ?? PatchDecider.initialState
        PatchDecider.evolve(&patch, read)
        patches[event.stream] = patch
        if !isUnreadable(place) { members[place].state = name(patch.state?.rawValue ?? "open") }
    }

    private mutating func readRollout(_ event: EntryView) {
        let place = place(of: event)
        guard let read = Self.decode(RolloutEvent.self, event) else {
            members[place].state = name("unreadable")
            return
        }
        var rollout = rollouts[event.stream] ?? RolloutDecider.initialState
        RolloutDecider.evolve(&rollout, read)
        rollouts[event.stream] = rollout
        if !isUnreadable(place) { members[place].state = name(rollout.phase?.rawValue ?? "open") }
    }

    private func isUnreadable(_ place: Int) -> Bool { state(of: place) == "unreadable" }

    static func decode<Event: DomainEvent>(_: Event.Type, _ event: EntryView) -> Event? {
        do {
            return try Event(
                type: event.typeText, schemaVersion: Int(event.schemaVersion),
                data: Array(event.data))
        } catch {
            return nil
        }
    }

    // MARK: Decisions

    private mutating func readDecision(_ event: EntryView) {
        switch event.stream.prefix {
        case StreamKey.patch:
            if event.isOf("ApprovalRequested") { requests[event.stream] = event.position }
            if event.isOf("PatchApproved") { decided(event, "patch approved") }
            if event.isOf("PatchRejected") { decided(event, "patch rejected") }
        case StreamKey.rollout:
            if event.isOf("RolloutApprovalRequested") { requests[event.stream] = event.position }
            if event.isOf("RolloutApproved") { decided(event, "rollout approved") }
            if event.isOf("RolloutRejected") { decided(event, "rollout rejected") }
        default: break
        }
    }

    private mutating func decided(_ event: EntryView, _ state: String) {
        begun += 1
        let id = event.id.description
        let asked = requests.removeValue(forKey: event.stream)
        let place = add(id, event, (asked.map { [$0] } ?? []) + [event.position])
        members[place].state = name(state)
    }
}
