import EventSourcing
import FoundationEssentials

@testable import PatchManagement

/// One stream in the making: commands go in, events and timers come out, and every event goes
/// through its stored form on the way.
struct StreamStory<D: Decider> {
    private(set) var state = D.initialState
    private(set) var events: [D.Event] = []
    /// Started and neither fired nor taken back, by name.
    private(set) var timers: [String: Timestamp] = [:]
    var now = PatchStory.origin
    private var commands: UInt64 = 1000

    var types: [String] { events.map { type(of: $0.payload).type } }

    /// - Parameter timer: The one that brought the command; it is spent when the command is taken.
    @discardableResult
    mutating func tell(
        _ command: D.Command, by actor: Actor, timer: String? = nil
    ) throws -> [D.Event] {
        commands += 1
        let context = CommandContext(actor: actor, at: now, commandID: uuid(commands))
        let decided = try D.decide(command, context, state)
        if let timer { timers[timer] = nil }
        for event in decided {
            let stored = try NewEvent(event.payload)
            let read = try D.Event(
                type: stored.type, schemaVersion: stored.schemaVersion, data: stored.data)
            precondition(read == event, "\(stored.type) is not read as it was written")
            precondition(stored.data.count < 60_000, "\(stored.type) is too long for the log")
            D.evolve(&state, read)
            events.append(read)
        }
        for event in decided {
            for effect in D.effects(of: event, state) {
                switch effect {
                case .start(let timer): timers[timer.name] = timer.due
                case .cancelPending: timers = [:]
                case .schedule, .control, .calendar, .endAttempt: break
                }
            }
        }
        return decided
    }

    /// The rejection that `command` meets; nil when it is accepted. Nothing changes.
    func refusal(of command: D.Command, by actor: Actor) -> D.Rejection? {
        do {
            _ = try D.decide(
                command, CommandContext(actor: actor, at: now, commandID: uuid(7)), state)
            return nil
        } catch {
            return error
        }
    }

    mutating func pass(days: Int) { now = now + .seconds(days * 86_400) }
}
