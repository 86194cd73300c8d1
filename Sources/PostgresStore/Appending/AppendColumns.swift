internal import EventSourcing
internal import FoundationEssentials
internal import Postgres

// The columns of an AppendBatch, each group as it goes into `append_events`.

struct CommandColumns {
    var id: [UUID] = []
    private var digest: [[UInt8]] = []
    private var correlation: [UUID] = []
    private var events: [Int32] = []

    mutating func add(_ request: AppendRequest) {
        id.append(request.context.commandID)
        digest.append(request.requestDigest.bytes)
        correlation.append(request.context.correlationID)
        events.append(Int32(request.streams.reduce(0) { $0 + $1.events.count }))
    }

    var binds: Query { "\(id), \(digest), \(correlation), \(events)" }
}

struct StreamColumns {
    private var command: [Int32] = []
    var key: [String] = []
    private var expected: [Int32] = []
    private var events: [Int32] = []
    /// How many events of the same command come before this stream's.
    private var offset: [Int32] = []

    mutating func add(
        _ command: Int32, _ stream: StreamID, expected version: Int, events: Int = 0,
        behind offset: Int = 0
    ) {
        self.command.append(command)
        key.append(stream.text)
        expected.append(Int32(version))
        self.events.append(Int32(events))
        self.offset.append(Int32(offset))
    }

    var binds: Query { "\(command), \(key), \(expected), \(events), \(offset)" }
}

struct EventColumns {
    private var command: [Int32] = []
    private var stream: [Int32] = []
    /// How many events of the same command come before this one.
    private var offset: [Int32] = []
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

    mutating func add(
        _ command: Int32, stream: Int32, offset: Int, version: Int, _ event: NewEvent,
        _ context: CommandContext
    ) {
        self.command.append(command)
        self.stream.append(stream)
        self.offset.append(Int32(offset))
        self.version.append(Int32(version))
        id.append(AppendRequest.eventID(commandID: context.commandID, index: offset))
        type.append(event.type)
        schema.append(Int16(event.schemaVersion))
        occurred.append(context.at.postgres)
        actor.append(context.actor.id)
        role.append(context.actor.role)
        behalf.append(context.actor.onBehalfOf)
        causation.append(context.causationID)
        data.append(TextBytes(event.data))
    }

    var binds: Query {
        """
        \(command), \(stream), \(offset), \(version), \(id), \(type), \(schema), \(occurred), \
        \(actor), \(role), \(behalf), \(causation), \(data)
        """
    }
}

struct DocumentColumns {
    private var command: [Int32] = []
    private var digest: [[UInt8]] = []
    private var media: [String] = []
    private var bytes: [[UInt8]] = []

    mutating func add(_ command: Int32, _ document: Document) {
        self.command.append(command)
        digest.append(document.digest.bytes)
        media.append(document.mediaType)
        bytes.append(document.bytes)
    }

    var binds: Query { "\(command), \(digest), \(media), \(bytes)" }
}

struct ClaimColumns {
    private var command: [Int32] = []
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

    var binds: Query { "\(command), \(activity), \(worker), \(fence), \(mode)" }
}

struct TimerUseColumns {
    private var command: [Int32] = []
    private var id: [UUID] = []

    mutating func add(_ command: Int32, _ use: TimerUse) {
        self.command.append(command)
        id.append(use.id)
    }

    var binds: Query { "\(command), \(id)" }
}

struct PermitColumns {
    private var command: [Int32] = []
    private var asset: [String] = []
    private var attempt: [UUID] = []
    private var rollout: [String] = []
    private var batch: [Int32] = []
    private var site: [String] = []

    mutating func add(_ command: Int32, _ permit: Permit) {
        self.command.append(command)
        asset.append(permit.asset.text)
        attempt.append(permit.attempt)
        rollout.append(ControlChange.rolloutScope(permit.rollout))
        batch.append(Int32(permit.batch))
        site.append(ControlChange.siteScope(permit.site))
    }

    var binds: Query { "\(command), \(asset), \(attempt), \(rollout), \(batch), \(site)" }
}

struct ControlColumns {
    private var command: [Int32] = []
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

    var binds: Query { "\(command), \(scope), \(halted), \(released), \(capacity)" }
}

struct AttemptColumns {
    private var command: [Int32] = []
    private var asset: [String] = []
    private var attempt: [UUID] = []

    mutating func add(_ command: Int32, _ asset: StreamID, _ attempt: UUID) {
        self.command.append(command)
        self.asset.append(asset.text)
        self.attempt.append(attempt)
    }

    var binds: Query { "\(command), \(asset), \(attempt)" }
}

struct CancelColumns {
    private var command: [Int32] = []
    private var stream: [String] = []

    mutating func add(_ command: Int32, _ stream: StreamID) {
        self.command.append(command)
        self.stream.append(stream.text)
    }

    var binds: Query { "\(command), \(stream)" }
}

struct ActivityColumns {
    private var command: [Int32] = []
    private var id: [UUID] = []
    private var kind: [String] = []
    private var queue: [String] = []
    private var stream: [String] = []
    private var asset: [String?] = []
    private var data: [TextBytes] = []
    private var delay: [Int64] = []
    private var priority: [Int32] = []

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
    }

    var binds: Query {
        """
        \(command), \(id), \(kind), \(queue), \(stream), \(asset), \(data), \(delay), \(priority)
        """
    }
}

struct TimerColumns {
    private var command: [Int32] = []
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

    var binds: Query { "\(command), \(id), \(stream), \(name), \(due), \(data)" }
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
