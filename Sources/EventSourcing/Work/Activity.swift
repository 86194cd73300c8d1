package import FoundationEssentials

/// A piece of work to be done in the world, as the command that wants it schedules it.
package struct NewActivity: Sendable, Equatable {
    /// Which kind of worker code runs it, such as `install`.
    package let kind: String
    /// Workers ask for queues by name; a site with workers of its own has a queue of its own.
    package let queue: String
    /// The asset that it touches, if any.
    package let asset: StreamID?
    /// Canonical JSON, for the code of that kind.
    package let data: [UInt8]
    /// Not to be claimed before this much time has passed, by the database's clock.
    package let delay: Duration
    /// Higher ones are claimed first.
    package let priority: Int
    /// The freeze whose end it waits for: lifted earlier, it makes the activity due at once.
    package let parkedBy: String?

    package init(
        kind: String, queue: String = "default", asset: StreamID? = nil, data: [UInt8],
        delay: Duration = .zero, priority: Int = 0, parkedBy: String? = nil
    ) {
        self.kind = kind
        self.queue = queue
        self.asset = asset
        self.data = data
        self.delay = delay
        self.priority = priority
        self.parkedBy = parkedBy
    }
}

/// An activity that a worker has claimed, and the right by which it holds it.
package struct ClaimedActivity: Sendable, Equatable {
    package let id: UUID
    package let kind: String
    package let queue: String
    /// The stream whose event scheduled it, and whose state its result meets.
    package let stream: StreamID
    package let asset: StreamID?
    package let data: [UInt8]
    /// 1 for the first claim.
    package let tries: Int
    package let claim: Claim
    package let correlationID: UUID

    package init(
        id: UUID, kind: String, queue: String, stream: StreamID, asset: StreamID?, data: [UInt8],
        tries: Int, claim: Claim, correlationID: UUID
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.stream = stream
        self.asset = asset
        self.data = data
        self.tries = tries
        self.claim = claim
        self.correlationID = correlationID
    }
}

/// The proof of holding an activity. Its fence is higher than any given out for that asset before.
package struct Claim: Sendable, Equatable, Codable {
    package let activity: UUID
    package let worker: UUID
    package let fence: Int64

    package init(activity: UUID, worker: UUID, fence: Int64) {
        self.activity = activity
        self.worker = worker
        self.fence = fence
    }
}

/// A moment to come back to a stream.
package struct NewTimer: Sendable, Equatable {
    /// What it is for, such as `soak`; a stream has at most one timer of a name, a later one
    /// replaces it.
    package let name: String
    package let due: Timestamp
    /// Canonical JSON for the decider.
    package let data: [UInt8]

    package init(name: String, due: Timestamp, data: [UInt8] = Array("{}".utf8)) {
        self.name = name
        self.due = due
        self.data = data
    }
}

/// A timer whose moment has come.
package struct DueTimer: Sendable, Equatable {
    package let id: UUID
    package let stream: StreamID
    package let name: String
    package let due: Timestamp
    package let data: [UInt8]
    package let correlationID: UUID

    package init(
        id: UUID, stream: StreamID, name: String, due: Timestamp, data: [UInt8],
        correlationID: UUID
    ) {
        self.id = id
        self.stream = stream
        self.name = name
        self.due = due
        self.data = data
        self.correlationID = correlationID
    }
}
