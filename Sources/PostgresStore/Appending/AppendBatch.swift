internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

/// Several requests as the arrays that `append_events` takes: one array per column, a row per
/// thing, `cmd` being the number of its request from 1. See sql/functions/append_events.sql.
struct AppendBatch {
    private var commands = CommandColumns()
    private var streams = StreamColumns()
    private var events = EventColumns()
    private var documents = DocumentColumns()
    private var claims = ClaimColumns()
    private var firedTimers = TimerUseColumns()
    private var permits = PermitColumns()
    private var controls = ControlColumns()
    private var endedAttempts = AttemptColumns()
    private var cancelled = CancelColumns()
    private var activities = ActivityColumns()
    private var timers = TimerColumns()

    init(_ requests: some Sequence<AppendRequest>) {
        for request in requests { add(request) }
    }

    private mutating func add(_ request: AppendRequest) {
        commands.add(request)
        let command = Int32(commands.id.count)
        var index = 0
        for append in request.streams {
            streams.add(
                command, append.stream, expected: append.expectedVersion,
                events: append.events.count, behind: index)
            for (place, event) in append.events.enumerated() {
                events.add(
                    command, stream: Int32(streams.key.count), offset: index,
                    version: append.expectedVersion + place + 1, event, request.context)
                index += 1
            }
        }
        for read in request.guards { streams.add(command, read.stream, expected: read.version) }
        for document in request.documents { documents.add(command, document) }
        if let claim = request.claim { claims.add(command, claim) }
        if let timer = request.timer { firedTimers.add(command, timer) }
        if let permit = request.permit { permits.add(command, permit) }
        for effect in request.effects { add(command, effect) }
    }

    private mutating func add(_ command: Int32, _ scheduled: ScheduledEffect) {
        switch scheduled.effect {
        case .schedule(let activity): activities.add(command, scheduled, activity)
        case .start(let timer): timers.add(command, scheduled, timer)
        case .cancelPending: cancelled.add(command, scheduled.stream)
        case .control(let change): controls.add(command, change)
        case .endAttempt(let asset, let attempt):
            endedAttempts.add(command, asset, attempt)
        }
    }

    /// The call, with every array as a bind; the order is that of the function's parameters.
    var query: Query {
        var query: Query = "select * from patchflow.append_events("
        query.append(commands.binds)
        for binds in [
            streams.binds, events.binds, documents.binds, claims.binds, firedTimers.binds,
            permits.binds, controls.binds, endedAttempts.binds, cancelled.binds, activities.binds,
            timers.binds,
        ] {
            query.append(", ")
            query.append(binds)
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
}
