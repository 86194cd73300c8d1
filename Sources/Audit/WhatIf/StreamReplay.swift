internal import EventSourcing

/// One stream, replayed twice side by side: as it was, and as the changed policy has it. Once a
/// decision comes out otherwise, what follows in the log is of another course, and says nothing.
struct StreamReplay<D: Decider> {
    private(set) var recorded = D.initialState
    private(set) var changed = D.initialState
    /// The position from which on it would have taken another course.
    private(set) var isOtherFrom: Int64?
    /// An event of it can't be read here.
    private(set) var isUnreadable = false

    /// What was asked for: of the stream as it was, and as it would have been.
    typealias Asked = (recorded: D.Command, changed: D.Command)

    enum Comparison {
        /// Even by the policy of then the events are not what comes out.
        case notReproduced
        case refused(D.Rejection)
        case decided([D.Event])
    }

    /// Decides anew what was recorded as `events`. What was asked isn't in the log, so it must be one
    /// of `possible`: that which leads to exactly these events.
    func compare(
        _ possible: [Asked], _ context: CommandContext, _ events: [D.Event]
    ) -> Comparison {
        for asked in possible {
            guard case .decided(events) = Self.decide(asked.recorded, context, recorded) else {
                continue
            }
            return Self.decide(asked.changed, context, changed)
        }
        return .notReproduced
    }

    /// What a timer would have brought about that was never due in history; nil for nothing.
    func due(_ command: D.Command, _ context: CommandContext) -> [D.Event]? {
        guard case .decided(let events) = Self.decide(command, context, changed), !events.isEmpty
        else { return nil }
        return events
    }

    private static func decide(
        _ command: D.Command, _ context: CommandContext, _ state: D.State
    ) -> Comparison {
        do {
            return .decided(try D.decide(command, context, state))
        } catch {
            return .refused(error)
        }
    }

    /// - Parameter altered: The same events with the numbers of the changed policy.
    mutating func follow(_ events: [D.Event], altered: [D.Event]) {
        for event in events { D.evolve(&recorded, event) }
        for event in altered { D.evolve(&changed, event) }
    }

    mutating func takesAnotherCourse(from position: Int64) {
        if isOtherFrom == nil { isOtherFrom = position }
    }

    mutating func canNotBeRead(from position: Int64) {
        isUnreadable = true
        takesAnotherCourse(from: position)
    }
}

/// What one command left in one stream: events side by side in the log.
struct RecordedDecision {
    private(set) var events: [RecordedEvent]

    init(_ event: RecordedEvent) { events = [event] }

    var first: RecordedEvent { events[0] }
    var stream: StreamID { first.stream }
    var position: Int64 { first.position }

    var context: CommandContext {
        CommandContext(
            actor: first.actor, at: first.occurredAt, commandID: first.commandID,
            correlationID: first.correlationID, causationID: first.causationID)
    }

    /// Takes up `event` if the same command has left it.
    mutating func take(_ event: RecordedEvent) -> Bool {
        guard event.stream == stream, event.commandID == first.commandID else { return false }
        events.append(event)
        return true
    }
}
