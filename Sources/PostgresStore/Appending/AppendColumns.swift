internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

// The columns of an AppendBatch, each group as it goes into `append_events`. A group that is empty
// is left out, which spares both sides its arrays.

struct CommandColumns {
    var id: [UUID] = []
    private var digest: [[UInt8]] = []
    private var correlation: [UUID] = []
    private(set) var events: [Int32] = []
    /// How many events of the batch come before the command's.
    private(set) var offset: [Int32] = []

    mutating func add(_ request: AppendRequest, behind offset: Int32) {
        id.append(request.context.commandID)
        digest.append(request.requestDigest.bytes)
        correlation.append(request.context.correlationID)
        events.append(Int32(request.streams.reduce(0) { $0 + $1.events.count }))
        self.offset.append(offset)
    }

    var arguments: Query {
        """
        c_id => \(id), c_digest => \(digest), c_correlation => \(correlation), \
        c_events => \(events), c_offset => \(offset)
        """
    }
}

struct StreamColumns {
    private var command: [Int32] = []
    private(set) var key: [String] = []
    private var expected: [Int32] = []
    private var events: [Int32] = []
    /// How many events of the batch come before this stream's.
    private var offset: [Int32] = []

    mutating func add(
        _ command: Int32, _ stream: StreamID, expected version: Int, events: Int,
        behind offset: Int32
    ) {
        self.command.append(command)
        key.append(stream.text)
        expected.append(Int32(version))
        self.events.append(Int32(events))
        self.offset.append(offset)
    }

    /// Those that must not exist yet.
    var newKeys: [String] { zip(key, expected).lazy.filter { $0.1 == 0 }.map(\.0) }

    var arguments: Query {
        """
        s_cmd => \(command), s_key => \(key), s_expected => \(expected), s_events => \(events), \
        s_offset => \(offset)
        """
    }
}

struct EventColumns {
    private var command: [Int32] = []
    /// Its place among the batch's streams, from 1.
    private var stream: [Int32] = []
    private var version: [Int32] = []
    private var id: [UUID] = []
    private var type: [String] = []
    private var schema: [Int16] = []
    private var occurred: [PostgresTimestamp] = []
    private var actor: [String] = []
    private var role: [String] = []
    private var behalf: [String?] = []
    private var causation: [UUID?] = []
    private var data: [TextBytes] = []

    var count: Int32 { Int32(command.count) }

    /// - Parameter index: Its place among the events of its command, from 0.
    mutating func add(
        _ command: Int32, stream: Int32, index: Int, version: Int, _ event: NewEvent,
        _ context: CommandContext
    ) {
        self.command.append(command)
        self.stream.append(stream)
        self.version.append(Int32(version))
        id.append(AppendRequest.eventID(commandID: context.commandID, index: index))
        type.append(event.type)
        schema.append(Int16(event.schemaVersion))
        occurred.append(context.at.postgres)
        actor.append(context.actor.id)
        role.append(context.actor.role)
        behalf.append(context.actor.onBehalfOf)
        causation.append(context.causationID)
        data.append(TextBytes(event.data))
    }

    var arguments: Query {
        """
        e_cmd => \(command), e_s => \(stream), e_version => \(version), \
        e_id => \(id), e_type => \(type), e_schema => \(schema), e_occurred => \(occurred), \
        e_actor => \(actor), e_role => \(role), e_behalf => \(behalf), \
        e_causation => \(causation), e_data => \(data)
        """
    }
}

/// A group that most batches have no row of.
protocol RareColumns {
    /// The number of its request for each row.
    var command: [Int32] { get }
    var arguments: Query { get }
}

struct DocumentColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var digest: [[UInt8]] = []
    private var media: [String] = []
    private var bytes: [[UInt8]] = []

    mutating func add(_ command: Int32, _ document: Document) {
        self.command.append(command)
        digest.append(document.digest.bytes)
        media.append(document.mediaType)
        bytes.append(document.bytes)
    }

    var arguments: Query {
        "d_cmd => \(command), d_sha256 => \(digest), d_media => \(media), d_bytes => \(bytes)"
    }
}

struct ClaimColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var activity: [UUID] = []
    private var worker: [UUID] = []
    private var fence: [Int64] = []
    private var mode: [Int16] = []

    mutating func add(_ command: Int32, _ use: ClaimUse) {
        self.command.append(command)
        activity.append(use.claim.activity)
        worker.append(use.claim.worker)
        fence.append(use.claim.fence)
        let number: Int16 =
            switch use.mode {
            case .hold: 0
            case .complete: 1
            case .rescue: 2
            }
        mode.append(number)
    }

    var arguments: Query {
        """
        f_cmd => \(command), f_activity => \(activity), f_worker => \(worker), \
        f_fence => \(fence), f_mode => \(mode)
        """
    }
}

struct TimerUseColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var id: [UUID] = []

    mutating func add(_ command: Int32, _ use: TimerUse) {
        self.command.append(command)
        id.append(use.id)
    }

    var arguments: Query {
        "t_cmd => \(command), t_id => \(id)"
    }
}

struct PermitColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var asset: [String] = []
    private var attempt: [UUID] = []
    private var rollout: [String] = []
    private var batch: [Int32] = []
    private var site: [String] = []
    private var calendar: [Int32?] = []
    /// One on each line.
    private var freezeScopes: [String] = []
    /// By the clock of whoever asks.
    private var asked: [PostgresTimestamp] = []

    mutating func add(_ command: Int32, _ permit: Permit, at moment: Timestamp) {
        self.command.append(command)
        asset.append(permit.asset.text)
        attempt.append(permit.attempt)
        rollout.append(ControlChange.rolloutScope(permit.rollout))
        batch.append(Int32(permit.batch))
        site.append(ControlChange.siteScope(permit.site))
        calendar.append(permit.calendar.map(Int32.init))
        freezeScopes.append(permit.freezeScopes.joined(separator: "\n"))
        asked.append(moment.postgres)
    }

    var arguments: Query {
        """
        p_cmd => \(command), p_asset => \(asset), p_attempt => \(attempt), \
        p_rollout => \(rollout), p_batch => \(batch), p_site => \(site), \
        p_calendar => \(calendar), p_freeze_scopes => \(freezeScopes), p_at => \(asked)
        """
    }
}

struct CalendarColumns: RareColumns {
    private(set) var command: [Int32] = []
    /// Of the row of control that the change locks.
    private var scope: [String] = []
    private var change: [TextBytes] = []

    mutating func add(_ command: Int32, _ change: CalendarChange) {
        self.command.append(command)
        scope.append(change.scope)
        self.change.append(TextBytes(change.stored))
    }

    var arguments: Query {
        "w_cmd => \(command), w_scope => \(scope), w_change => \(change)"
    }
}

struct ControlColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var scope: [String] = []
    private var halted: [Bool?] = []
    private var released: [Int32?] = []
    private var capacity: [Int32?] = []

    mutating func add(_ command: Int32, _ change: ControlChange) {
        self.command.append(command)
        scope.append(change.scope)
        halted.append(change.halted)
        released.append(change.releasedBatch.map(Int32.init))
        capacity.append(change.capacity.map(Int32.init))
    }

    var arguments: Query {
        """
        k_cmd => \(command), k_scope => \(scope), k_halted => \(halted), \
        k_released => \(released), k_capacity => \(capacity)
        """
    }
}

struct AttemptColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var asset: [String] = []
    private var attempt: [UUID] = []

    mutating func add(_ command: Int32, _ asset: StreamID, _ attempt: UUID) {
        self.command.append(command)
        self.asset.append(asset.text)
        self.attempt.append(attempt)
    }

    var arguments: Query {
        "x_cmd => \(command), x_asset => \(asset), x_attempt => \(attempt)"
    }
}

struct CancelColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var stream: [String] = []

    mutating func add(_ command: Int32, _ stream: StreamID) {
        self.command.append(command)
        self.stream.append(stream.text)
    }

    var arguments: Query {
        "z_cmd => \(command), z_stream => \(stream)"
    }
}

struct ActivityColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var id: [UUID] = []
    private var kind: [String] = []
    private var queue: [String] = []
    private var stream: [String] = []
    private var asset: [String?] = []
    private var data: [TextBytes] = []
    private var delay: [Int64] = []
    private var priority: [Int32] = []
    private var parked: [String?] = []

    mutating func add(_ command: Int32, _ scheduled: ScheduledEffect, _ activity: NewActivity) {
        self.command.append(command)
        id.append(scheduled.activityID)
        kind.append(activity.kind)
        queue.append(activity.queue)
        stream.append(scheduled.stream.text)
        asset.append(activity.asset?.text)
        data.append(TextBytes(activity.data))
        delay.append(activity.delay.wholeMicroseconds)
        priority.append(Int32(activity.priority))
        parked.append(activity.parkedBy)
    }

    var arguments: Query {
        """
        a_cmd => \(command), a_id => \(id), a_kind => \(kind), a_queue => \(queue), \
        a_stream => \(stream), a_asset => \(asset), a_data => \(data), a_delay => \(delay), \
        a_priority => \(priority), a_parked => \(parked)
        """
    }
}

struct TimerColumns: RareColumns {
    private(set) var command: [Int32] = []
    private var id: [UUID] = []
    private var stream: [String] = []
    private var name: [String] = []
    private var due: [PostgresTimestamp] = []
    private var data: [TextBytes] = []

    mutating func add(_ command: Int32, _ scheduled: ScheduledEffect, _ timer: NewTimer) {
        self.command.append(command)
        id.append(scheduled.timerID)
        stream.append(scheduled.stream.text)
        name.append(timer.name)
        due.append(timer.due.postgres)
        data.append(TextBytes(timer.data))
    }

    var arguments: Query {
        """
        n_cmd => \(command), n_id => \(id), n_stream => \(stream), n_name => \(name), \
        n_due => \(due), n_data => \(data)
        """
    }
}

/// UTF-8 that is bound as `text` without becoming a String first.
struct TextBytes: PostgresEncodable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static var postgresType: PostgresType { String.postgresType }

    func encode(into buffer: inout BindBuffer) {
        bytes.withUnsafeBytes { buffer.write($0) }
    }
}
