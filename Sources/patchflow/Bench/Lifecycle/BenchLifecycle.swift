internal import EventSourcing

/// The smallest patch that there can be: seven states, one event each. The benchmarks drive it
/// through the same command bus, store and workers as the real ones.
enum BenchLifecycle: Decider {
    static let prefix = "bl"
    static let states = [
        "identified", "assessed", "approved", "scheduled", "deployed", "verified", "documented",
    ]

    struct State: Sendable {
        var reached = 0
        /// Whether reaching a state schedules the work towards the next.
        var isWorked = false
    }

    enum Command: Sendable {
        /// Reach the state of that number, from 1.
        case reach(Int, worked: Bool)
    }

    struct Reached: EventPayload {
        static let type = "BenchStateReached"
        let state: String
        let number: Int
        let worked: Bool
        let note: String
    }

    enum Event: DomainEvent {
        case reached(Reached)

        var payload: any EventPayload {
            switch self {
            case .reached(let payload): payload
            }
        }

        init(_ payload: Reached) { self = .reached(payload) }

        init(type: String, schemaVersion: Int, data: [UInt8]) throws {
            guard type == Reached.type else { throw EventCodingError.unknownType(type) }
            self = .reached(try .decode(schemaVersion: schemaVersion, data: data))
        }
    }

    enum Rejection: DomainRejection {
        case outOfOrder(Int, reached: Int)

        var code: String { "out-of-order" }
        var kind: RejectionKind { .wrongState }
        var message: String {
            switch self {
            case .outOfOrder(let number, let reached):
                "state \(number) can't be reached from state \(reached)"
            }
        }
    }

    static let initialState = State()

    static func decide(
        _ command: Command, _ context: CommandContext, _ state: State
    ) throws(Rejection) -> [Event] {
        switch command {
        case .reach(let number, let worked):
            guard number == state.reached + 1, number <= states.count else {
                throw .outOfOrder(number, reached: state.reached)
            }
            return [
                Event(
                    Reached(
                        state: states[number - 1], number: number, worked: worked,
                        note: number == 1 ? firstNote : ""))
            ]
        }
    }

    static func evolve(_ state: inout State, _ event: Event) {
        switch event {
        case .reached(let payload):
            state.reached = payload.number
            state.isWorked = payload.worked
        }
    }

    static func effects(of event: Event, _ state: State) -> [Effect] {
        switch event {
        case .reached(let payload):
            guard payload.worked, payload.number < states.count else { return [] }
            return [.schedule(NewActivity(kind: "advance", data: Array("\(payload.number)".utf8)))]
        }
    }

    /// The first event is as large as the peers'.
    private static let firstNote = String(repeating: "openssl 3.0.15-1~deb12u1 ", count: 12)
}
