package import FoundationEssentials

/// The core of one kind of stream: what may happen, and what has happened.
///
/// Everything here is pure. Time, ids and the actor arrive in the context; `decide` never reads a
/// clock, draws a random number or walks a set or dictionary in its own order.
package protocol Decider {
    associatedtype Command: Sendable
    associatedtype State: Sendable
    associatedtype Event: DomainEvent
    associatedtype Rejection: DomainRejection

    /// The prefix of this decider's stream ids.
    static var prefix: String { get }
    static var initialState: State { get }

    /// What happens when `command` meets `state`: the events, none when it has happened already.
    static func decide(
        _ command: Command, _ context: CommandContext, _ state: State
    ) throws(Rejection) -> [Event]

    /// The state after `event`. Total: it never refuses what was recorded.
    static func evolve(_ state: inout State, _ event: Event)

    /// The work that follows from `event` by itself, appended in the same transaction. Pure, and a
    /// function of this stream only. `state` is the state after all events of the command.
    static func effects(of event: Event, _ state: State) -> [Effect]
}

extension Decider {
    package static func effects(of event: Event, _ state: State) -> [Effect] { [] }

    /// The fold of `events` over the initial state.
    package static func state(after events: some Sequence<Event>) -> State {
        events.reduce(into: initialState) { evolve(&$0, $1) }
    }
}

/// Who commands, when, and under which id; the same id is the same command, however often it comes.
package struct CommandContext: Sendable, Equatable {
    package let actor: Actor
    package let at: Timestamp
    package let commandID: UUID
    /// The first command of the chain; equal to `commandID` for the first.
    package let correlationID: UUID
    /// The event or activity that led to this command.
    package let causationID: UUID?

    package init(
        actor: Actor, at: Timestamp, commandID: UUID, correlationID: UUID? = nil,
        causationID: UUID? = nil
    ) {
        self.actor = actor
        self.at = at
        self.commandID = commandID
        self.correlationID = correlationID ?? commandID
        self.causationID = causationID
    }
}

/// A refusal by the domain: a closed enum whose cases say what was wrong. Nothing was recorded.
package protocol DomainRejection: Error, Sendable, Equatable {
    /// A short, stable, kebab-case code for programs, such as `requester-may-not-approve`.
    var code: String { get }
    /// One sentence: what is wrong, with the value, and what to do about it.
    var message: String { get }
    /// Decides HTTP status and exit code.
    var kind: RejectionKind { get }
}

package enum RejectionKind: String, Sendable, Equatable {
    /// The input itself can't be right: 422, exit 1.
    case invalid
    /// Not in this state: 409, exit 1.
    case wrongState
    /// Not by this person (separation of duties): 403, exit 4.
    case notAllowed
    /// Made for an older version of the thing: 412, exit 5.
    case stale
    /// There is no such thing: 404, exit 1.
    case notFound
}

/// Something that follows from an event and is committed with it.
package enum Effect: Sendable, Equatable {
    case schedule(NewActivity)
    case start(NewTimer)
    /// Takes back activities and timers of this stream that nobody has claimed; one that a worker
    /// holds runs on, and its result meets the new state.
    case cancelPending
    case control(ControlChange)
    case calendar(CalendarChange)
    /// The attempt on the asset is over: its row and its slots are free.
    case endAttempt(asset: StreamID, attempt: UUID)
}
