/// A piece of work that is due, delayed or held: `GET /activities`.
package struct ActivityResource: Codable, Sendable, Equatable {
    package let id: String
    package let kind: String
    package let stream: String
    /// `delayed`, `due` or `claimed`.
    package let state: String
    /// Claims so far.
    package let attempt: Int
    package let worker: String?
    package let fence: Int64?
    package let dueAt: String
    package let leaseUntil: String?
    /// Why it was put back.
    package let lastReason: String?

    package init(
        id: String, kind: String, stream: String, state: String, attempt: Int,
        worker: String? = nil, fence: Int64? = nil, dueAt: String, leaseUntil: String? = nil,
        lastReason: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.stream = stream
        self.state = state
        self.attempt = attempt
        self.worker = worker
        self.fence = fence
        self.dueAt = dueAt
        self.leaseUntil = leaseUntil
        self.lastReason = lastReason
    }
}

/// A worker that has a lease: `GET /workers`.
package struct WorkerResource: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    /// `live` or `expired`.
    package let state: String
    /// Activities that it holds.
    package let held: Int
    package let startedAt: String
    package let leaseUntil: String

    package init(
        id: String, name: String, state: String, held: Int, startedAt: String, leaseUntil: String
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.held = held
        self.startedAt = startedAt
        self.leaseUntil = leaseUntil
    }
}
