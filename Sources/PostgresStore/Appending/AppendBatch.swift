internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

/// Several requests as the arrays that `append_events` takes: one array per column, a row per
/// thing, `cmd` being the number of its request from 1. See sql/functions/append_events.sql.
struct AppendBatch {
    /// Whether some of it may have been sent before, or be there already.
    private(set) var isCareful: Bool
    private var commands = CommandColumns()
    private var streams = StreamColumns()
    private var events = EventColumns()
    private var documents = DocumentColumns()
    private var claims = ClaimColumns()
    private var firedTimers = TimerUseColumns()
    private var permits = PermitColumns()
    private var controls = ControlColumns()
    private var calendars = CalendarColumns()
    private var endedAttempts = AttemptColumns()
    private var cancelled = CancelColumns()
    private var activities = ActivityColumns()
    private var timers = TimerColumns()

    init(_ requests: some Sequence<AppendRequest>, isCareful: Bool) {
        self.isCareful = isCareful
        for request in requests { add(request) }
    }

    private mutating func add(_ request: AppendRequest) {
        commands.add(request, behind: events.count)
        let command = Int32(commands.id.count)
        var index = 0
        for append in request.streams {
            add(command, append.stream, append.expectedVersion, events: append.events.count)
            for (place, event) in append.events.enumerated() {
                events.add(
                    command, stream: Int32(streams.key.count), index: index,
                    version: append.expectedVersion + place + 1, event, request.context)
                index += 1
            }
        }
        for read in request.guards { add(command, read.stream, read.version, events: 0) }
        for document in request.documents { documents.add(command, document) }
        if let claim = request.claim { claims.add(command, claim) }
        if let timer = request.timer { firedTimers.add(command, timer) }
        if let permit = request.permit {
            permits.add(command, permit, at: request.context.at)
        }
        for effect in request.effects { add(command, effect) }
    }

    private mutating func add(
        _ command: Int32, _ stream: StreamID, _ expected: Int, events count: Int
    ) {
        // Only a row can be locked, so that nobody makes the stream meanwhile.
        if expected == 0, count == 0 { isCareful = true }
        streams.add(command, stream, expected: expected, events: count, behind: events.count)
    }

    private mutating func add(_ command: Int32, _ scheduled: ScheduledEffect) {
        switch scheduled.effect {
        case .schedule(let activity): activities.add(command, scheduled, activity)
        case .start(let timer): timers.add(command, scheduled, timer)
        case .cancelPending: cancelled.add(command, scheduled.stream)
        case .control(let change): controls.add(command, change)
        case .calendar(let change): calendars.add(command, change)
        case .endAttempt(let asset, let attempt):
            endedAttempts.add(command, asset, attempt)
        }
    }

    /// What is to be committed one after the other; the last but one is the append, which has an
    /// answer.
    var transactions: [[Query]] {
        isCareful ? [[naming], [call], [.flush]] : [[call], [.flush]]
    }

    /// Where the command stands: its events, and how many of the batch come before them.
    func place(of index: Int) -> (events: Int64, behind: Int64) {
        (Int64(commands.events[index]), Int64(commands.offset[index]))
    }

    var count: Int { commands.id.count }

    /// How many events all of it has.
    var eventCount: Int64 { Int64(events.count) }

    private var naming: Query { "select patchflow.name_streams(\(streams.newKeys))" }

    /// Every array as a bind; the groups without a row are left out.
    private var call: Query {
        var query: Query = "select * from patchflow.append_events(careful => \(isCareful)"
        let rare: [any RareColumns] = [
            documents, claims, firedTimers, permits, controls, calendars, endedAttempts, cancelled,
            activities, timers,
        ]
        for arguments in [commands.arguments, streams.arguments, events.arguments]
            + rare.filter({ !$0.command.isEmpty }).map(\.arguments)
        {
            query.append(", ")
            query.append(arguments)
        }
        query.append(")")
        return query
    }
}

/// What the function answered for one request.
enum AppendStatus: Int16 {
    case appended = 0
    case repeated = 1
    case reused = 2
    case conflict = 3
    case stale = 4
    case halted = 5
    case batchNotReleased = 6
    case assetBusy = 7
    case noSlot = 8
    case outsideWindow = 9
    case frozen = 10
}
